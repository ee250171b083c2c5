"""Ranges of variables that choose runs: those inside of every range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from logger.store.fields import Field
from tui_tracker.model.variables import Variable

End = Literal["low", "high"]
# Of numbers with more different values, a range moves by so many equal parts of them.
STEPS = 20


@dataclass(frozen=True)
class Brush:
    """Of each axis with a range, its ends: places among the stops of the variable."""

    ranges: Mapping[Field, tuple[int, int]] = field(default_factory=dict)

    def range_of(self, variable: Variable) -> tuple[float, float] | None:
        """The values that are let through, ends included; None where all are."""
        found, stops = self.ranges.get(variable.field), stops_of(variable)
        if found is None or not stops:
            return None
        last = len(stops) - 1
        return stops[min(found[0], last)], stops[min(found[1], last)]

    def moved(self, variable: Variable, end: End, by: int) -> Brush:
        """With one end of a range moved by so many stops, not beyond the other end; a range of everything is none."""
        last = len(stops_of(variable)) - 1
        if last < 1:
            return self
        low, high = self.ranges.get(variable.field, (0, last))
        low, high = min(low, last), min(high, last)
        if end == "low":
            low = min(max(low + by, 0), high)
        else:
            high = max(min(high + by, last), low)
        others = {known: ends for known, ends in self.ranges.items() if known != variable.field}
        return replace(
            self, ranges=others if (low, high) == (0, last) else {**others, variable.field: (low, high)}
        )

    def without(self, variable: Variable) -> Brush:
        return replace(
            self, ranges={known: ends for known, ends in self.ranges.items() if known != variable.field}
        )

    def inside(self, variables: Sequence[Variable], runs: int) -> list[bool]:
        """One a run: whether it is in the range of every variable; what has no value is in no range."""
        kept = [True] * runs
        for variable in variables:
            ends = self.range_of(variable)
            if ends is not None:
                low, high = ends
                kept = [
                    keep and not math.isnan(number) and low <= number <= high
                    for keep, number in zip(kept, variable.numbers, strict=True)
                ]
        return kept


def stops_of(variable: Variable) -> list[float]:
    """Where the ends of a range can be, ascending: at each value, or at equally many values from each other."""
    different = sorted({number for number in variable.numbers if not math.isnan(number)})
    if len(different) <= STEPS + 1:
        return different
    return [different[(len(different) - 1) * step // STEPS] for step in range(STEPS + 1)]
