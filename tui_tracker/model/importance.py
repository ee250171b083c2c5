"""Which params matter to a metric: each by itself, by rank correlation; see `model.correlation` for what is computed.

A param that changes together with another shares its strength: nothing here tells which of them is the cause.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from logger.store.fields import Field
from tui_tracker.model import formats
from tui_tracker.model.correlation import epsilon_squared, spearman, spearman_interval
from tui_tracker.model.variables import Variable

# Of fewer runs even a rank correlation of 0.7 may be chance.
FEWEST_RUNS = 8
# With fewer runs to a category on average, the categories explain anything.
FEWEST_IN_CATEGORY = 2
METHOD = (
    "numbers: Spearman's rank correlation, with its 95% interval; "
    "categories: root of the variance of ranks between them, less what chance puts there (epsilon squared)"
)
SHORT_METHOD = "numbers: Spearman's ρ with its 95% interval; categories: √ε² of the ranks"


@dataclass(frozen=True)
class Importance:
    """How strongly one param goes with the metric."""

    field: Field
    label: str
    """cleaned"""
    runs: int
    """how many have both"""
    values: int
    """how many different values the param has among these"""
    strength: float | None
    """from 0 to 1; None where it cannot be said"""
    rho: float | None = None
    """of a param of numbers: the signed correlation"""
    interval: tuple[float, float] | None = None
    """its 95% interval"""
    reason: str = ""
    """why there is no strength"""

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0; of categories: whether anything is left after chance is taken away."""
        if self.interval is None:
            return bool(self.strength)
        return self.interval[0] > 0 or self.interval[1] < 0


@dataclass(frozen=True)
class Importances:
    """The params of some runs, the strongest first; those of which nothing can be said last."""

    metric: str
    """cleaned"""
    runs: int
    """how many have the metric"""
    rows: tuple[Importance, ...]
    problem: str = ""
    """why there are no rows: one sentence"""


def importances(metric: Variable, params: Sequence[Variable]) -> Importances:
    """Of each param how strongly it goes with the metric; with too few runs, a sentence that says so."""
    known = metric.known
    problem = ""
    if not known:
        problem = f"No run here has {metric.label}."
    elif not metric.is_numeric:
        problem = f"{metric.label} is no number in every run that has it: choose a metric."
    elif known < FEWEST_RUNS:
        problem = (
            f"{formats.count(known)} {'run has' if known == 1 else 'runs have'} {metric.label}:"
            f" of fewer than {FEWEST_RUNS} nothing sensible can be said."
        )
    elif metric.is_constant:
        problem = f"{metric.label} is the same in all {known} runs: nothing can explain it."
    elif not params:
        problem = "These runs have no params."
    if problem:
        return Importances(metric.label, known, (), problem)
    rows = sorted((_importance(metric, param) for param in params), key=_order)
    return Importances(metric.label, known, tuple(rows))


def _order(row: Importance) -> tuple[bool, float, str]:
    return row.strength is None, -(row.strength or 0.0), row.label


def _importance(metric: Variable, param: Variable) -> Importance:
    pairs = [
        (x, y)
        for x, y in zip(param.numbers, metric.numbers, strict=True)
        if not math.isnan(x) and not math.isnan(y)
    ]
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    values = len(set(xs))
    reason = _reason(param, xs, ys, values)
    if reason:
        return Importance(param.field, param.label, len(pairs), values, None, reason=reason)
    if not param.is_numeric:
        share = epsilon_squared(xs, ys)
        strength = None if share is None else math.sqrt(share)
        return Importance(param.field, param.label, len(pairs), values, strength)
    rho = spearman(xs, ys)
    assert rho is not None  # neither is constant
    return Importance(
        param.field, param.label, len(pairs), values, abs(rho), rho, spearman_interval(rho, len(pairs))
    )


def _reason(param: Variable, xs: Sequence[float], ys: Sequence[float], values: int) -> str:
    """Why nothing can be said of a param."""
    if len(xs) < FEWEST_RUNS:
        return f"only {len(xs)} runs have it"
    if values < 2:
        return "the same in all"
    if len(set(ys)) < 2:
        return "the metric is the same in all that have it"
    if not param.is_numeric and values * FEWEST_IN_CATEGORY > len(xs):
        return f"{values} values in {len(xs)} runs"
    return ""
