"""A variable along an axis: limits, places and ticks, of numbers, times, durations or categories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.model.variables import Variable
from tui_tracker.plotting import axes, words
from tui_tracker.plotting.axes import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BESIDE = 0.6
"""How far the axis goes on beyond the first and the last category."""


@dataclass(frozen=True, eq=False)
class VariableAxis:
    """What lies where along one axis."""

    variable: Variable
    log: bool = False
    """whether numbers are on a logarithmic scale; of categories it says nothing"""

    @cached_property
    def values(self) -> Floats:
        """One a run, NaN where it has no place on the axis."""
        values = np.array(self.variable.numbers, dtype=np.float64)
        if self.is_log:
            values[~(values > 0)] = np.nan
        return values

    @property
    def is_log(self) -> bool:
        return self.log and self.variable.is_numeric

    @cached_property
    def limits(self) -> tuple[float, float] | None:
        """The ends of the axis with a margin; None where nothing is on it."""
        found = self.values[np.isfinite(self.values)]
        if not len(found):
            return None
        if not self.variable.is_numeric:
            return -BESIDE, len(self.variable.categories) - 1 + BESIDE
        low, high = axes.widen(float(found.min()), float(found.max()), self.is_log)
        return axes.pad(low, high, self.is_log)

    def scale(self, dots: int) -> Scale | None:
        """From values to dots along the axis; None where nothing is on it."""
        return None if self.limits is None else Scale(*self.limits, dots, self.is_log)

    def ticks(self, count: int) -> tuple[list[float], list[str]]:
        """About `count` places and what they are called, cleaned."""
        if self.limits is None:
            return [], []
        low, high = self.limits
        if not self.variable.is_numeric:
            stride = max(1, -(-len(self.variable.categories) // max(count, 1)))
            places = list(range(0, len(self.variable.categories), stride))
            return [float(place) for place in places], [self.variable.categories[place] for place in places]
        if self.variable.field.type == "time":
            places_found = axes.wall_ticks(low, high, count)
            return places_found, words.format_walls(places_found, high - low)
        if self.variable.field.type == "duration" and not self.is_log:
            places_found = [place for place in axes.duration_ticks(low, high, count) if place >= 0]
            return places_found, words.format_durations(places_found)
        places_found = axes.ticks(low, high, count, self.is_log)
        return places_found, words.format_ticks(places_found)
