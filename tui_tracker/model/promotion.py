"""What a promotion means: which versions move, and how the candidate differs from the version it is to
replace.

Pure functions from values to values; texts are as the store has them, not yet cleaned for a screen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from logger.store.registry import LIVE_STAGES, NO_STAGE, ModelVersion, StageChange
from tui_tracker.model.direction import direction_of

Verdict = Literal["better", "worse"]


@dataclass(frozen=True)
class RunValues:
    """What a run was given and what came out of it."""

    params: Mapping[str, str]
    metrics: Mapping[str, float]
    """the latest value of each"""


@dataclass(frozen=True)
class ParamDifference:
    """A param that the two runs do not share; None where a run has no such param."""

    name: str
    holder: str | None
    candidate: str | None


@dataclass(frozen=True)
class MetricDifference:
    """A metric of either run; None where a run has no such metric."""

    name: str
    holder: float | None
    candidate: float | None
    delta: float | None
    """candidate minus holder; None where one is missing or NaN, or both are the same infinity"""
    verdict: Verdict | None
    """of the candidate; None where they are equal, or the metric's name does not tell which way is better"""


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the version that it is compared with."""

    metrics: tuple[MetricDifference, ...]
    """those with a verdict first, then by name"""
    params: tuple[ParamDifference, ...]
    """only those that differ, by name"""
    shared_params: int
    """how many params have the same value in both"""

    def count(self, verdict: Verdict) -> int:
        """How many metrics are better, or worse."""
        return sum(metric.verdict == verdict for metric in self.metrics)


def compare(candidate: RunValues, holder: RunValues) -> Comparison:
    """The metrics of both, and the params that differ."""
    names = sorted(candidate.params.keys() | holder.params.keys())
    params = [ParamDifference(name, holder.params.get(name), candidate.params.get(name)) for name in names]
    differing = tuple(param for param in params if param.holder != param.candidate)
    metrics = [
        difference(name, holder.metrics.get(name), candidate.metrics.get(name))
        for name in candidate.metrics.keys() | holder.metrics.keys()
    ]
    metrics.sort(key=lambda metric: (metric.verdict is None, metric.delta is None, metric.name))
    return Comparison(tuple(metrics), differing, len(params) - len(differing))


def difference(name: str, holder: float | None, candidate: float | None) -> MetricDifference:
    """One metric of a candidate beside that of the holder."""
    delta = None if holder is None or candidate is None else candidate - holder
    if delta is None or math.isnan(delta):
        return MetricDifference(name, holder, candidate, None, None)
    direction = direction_of(name)
    verdict: Verdict | None = None
    if delta and direction is not None:
        verdict = "better" if (delta > 0) == (direction == "higher") else "worse"
    return MetricDifference(name, holder, candidate, delta, verdict)


def consequences(changes: Sequence[StageChange], versions: Sequence[ModelVersion]) -> list[str]:
    """One sentence for each version that moves, and for each stage that is left without a version or shared.

    `versions` are all versions of the model, as they are before the changes.
    """
    if not changes:
        return ["Nothing changes: it is there already"]
    sentences = [_sentence(change) for change in changes]
    after = {found.version: found.stage for found in versions}
    after.update({change.version: change.after for change in changes})
    for stage in LIVE_STAGES:
        before = [found.version for found in versions if found.stage == stage]
        holders = sorted(number for number, place in after.items() if place == stage)
        if before and not holders:
            sentences.append(f"{stage} is left without a version")
        elif len(holders) > 1 and any(change.after == stage for change in changes):
            sentences.append(f"{stage} is then shared by {_listing(holders)}")
    return sentences


def _sentence(change: StageChange) -> str:
    if change.after in LIVE_STAGES:
        origin = "" if change.before == NO_STAGE else f" (from {change.before})"
        return f"v{change.version} becomes {change.after}{origin}"
    if change.after == NO_STAGE:
        return f"v{change.version} leaves {change.before} and has no stage"
    origin = "" if change.before == NO_STAGE else f" from {change.before}"
    return f"v{change.version} moves{origin} to {change.after}"


def _listing(numbers: Sequence[int]) -> str:
    names = [f"v{number}" for number in numbers]
    return f"{', '.join(names[:-1])} and {names[-1]}"
