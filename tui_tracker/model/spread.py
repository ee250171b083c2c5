"""How the values of a group spread: quartiles, whiskers, outliers.

Quartiles are interpolated linearly between the values around them (type 7 of Hyndman and Fan, "Sample quantiles in
statistical packages", The American Statistician 50 (1996)); whiskers end at the farthest values within one and a half
times the distance of the quartiles from them (Tukey, "Exploratory Data Analysis", 1977).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui_tracker.model.variables import Variable

_REACH = 1.5


@dataclass(frozen=True)
class Spread:
    """The values of one group; all numbers are of the values' own unit."""

    low: float
    """where the lower whisker ends"""
    first: float
    median: float
    third: float
    high: float
    """where the upper whisker ends"""
    outliers: tuple[float, ...]
    """ascending"""


@dataclass(frozen=True)
class Group:
    """Runs that share the value of a variable."""

    label: str
    """cleaned"""
    places: tuple[int, ...]
    """of its runs that have the measured value, in the sample"""
    values: tuple[float, ...]
    """what these measured"""

    @property
    def spread(self) -> Spread:
        return spread(self.values)


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value, none of them NaN."""
    ordered = sorted(values)
    first, median, third = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    reach = (third - first) * _REACH
    inner = [value for value in ordered if first - reach <= value <= third + reach]
    outliers = tuple(value for value in ordered if value < first - reach or value > third + reach)
    return Spread(min(inner[0], first), first, median, third, max(inner[-1], third), outliers)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that a share of the ascending values lies below."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    return ordered[below] * (1 - part) + ordered[above] * part


def groups_of(measured: Variable, by: Variable) -> list[Group]:
    """The runs that have both, by the values of `by`, in their order; those without any as a last group."""
    members: dict[float, list[int]] = {}
    for place, (value, group) in enumerate(zip(measured.numbers, by.numbers, strict=True)):
        if not math.isnan(value):
            members.setdefault(math.inf if math.isnan(group) else group, []).append(place)
    return [
        Group(
            "none" if group == math.inf else by.text(members[group][0]),
            tuple(members[group]),
            tuple(measured.numbers[place] for place in members[group]),
        )
        for group in sorted(members)
    ]
