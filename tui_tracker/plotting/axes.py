"""Axes: scales from values to dots, limits that show the data, and ticks at round places.

Every function takes and gives plain floats; x values of time axes are seconds.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting.words import DAY, HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MARGIN = 0.04
"""Share of the range left free above and below the data."""

LARGEST = sys.float_info.max
"""The end of the numbers: limits do not go beyond it."""

TINIEST = 5e-324
"""The least positive number, where logarithmic limits end."""

SMALLEST = 1e-300
"""Ranges narrower than this are widened: below it differences of floats lose their meaning."""

CLIP_PERCENTILES = (1.0, 99.0)
"""The part of the values that is looked at when outliers are clipped."""

CLIP_REACH = 1.5
"""A value is an outlier when it lies further than this many clipped ranges beyond the clipped range."""

YEAR = 365 * DAY
"""Seconds of a year without a leap day."""

TIME_STEPS = (
    *(SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 30, 61, 91, 182, 365)),
)


@dataclass(frozen=True)
class Scale:
    """Maps values to dots 0 .. dots - 1 along one axis."""

    low: float
    """The value at dot 0."""
    high: float
    """The value at the last dot; above `low`."""
    dots: int
    """How many dots the axis has."""
    log: bool = False
    """Logarithmic to base 10: both limits are positive, values must be."""

    def positions(self, values: Floats) -> Floats:
        """Return where values lie, in dots: fractional, and outside 0 .. dots - 1 where they are off the
        axis."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return (np.log10(values) - low) * ((self.dots - 1) / (high - low))
        # Halved first, so that a range from -1e308 to 1e308 does not overflow.
        span = self.high / 2 - self.low / 2
        return (values / 2 - self.low / 2) / span * (self.dots - 1)

    def position(self, value: float) -> float:
        """Return where one value lies, in dots."""
        return float(self.positions(np.array([value], dtype=np.float64))[0])

    def value(self, position: float) -> float:
        """Return the value at a dot, the inverse of `position`."""
        share = position / max(1, self.dots - 1)
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + (high - low) * share))
        return self.low * (1 - share) + self.high * share


def widen(low: float, high: float, log: bool = False) -> tuple[float, float]:
    """Return limits that differ: a flat line gets room on both sides of it."""
    if log:
        if math.log10(high) - math.log10(low) >= 1e-9:
            return low, high
        return max(low / 2, TINIEST), min(high * 2, LARGEST)
    room = max(abs(low), abs(high)) * 1e-12
    if high / 2 - low / 2 > max(room, SMALLEST):
        return low, high
    reach = abs(low) * 0.05 or 0.5
    return max(low - reach, -LARGEST), min(high + reach, LARGEST)


def pad(low: float, high: float, log: bool = False) -> tuple[float, float]:
    """Return limits with a margin around the data, in the scale's own measure."""
    if log:
        factor = 10 ** ((math.log10(high) - math.log10(low)) * MARGIN)
        return max(low / factor, TINIEST), min(high * factor, LARGEST)
    room = (high / 2 - low / 2) * (2 * MARGIN)
    return max(low - room, -LARGEST), min(high + room, LARGEST)


def clipped(values: Floats) -> tuple[float, float]:
    """Return the range of finite `values` (not empty) without outliers.

    The middle of the values, from the 1st to the 99th percentile, decides: an end of the full range that
    reaches further than `CLIP_REACH` times that range beyond it is replaced by the percentile, otherwise it
    stays.
    """
    low, high = float(np.min(values)), float(np.max(values))
    inner_low, inner_high = (float(q) for q in np.percentile(values, CLIP_PERCENTILES))
    reach = (inner_high - inner_low) * CLIP_REACH
    if not reach > 0:
        return low, high
    return (
        low if low >= inner_low - reach else inner_low,
        high if high <= inner_high + reach else inner_high,
    )


def ticks(low: float, high: float, count: int, log: bool = False) -> list[float]:
    """Return about `count` round places within the limits, ascending: steps of 1, 2 or 5 times a power of
    ten."""
    if count < 1:
        return []
    return _log_ticks(low, high, count) if log else _linear_ticks(low, high, count)


def _linear_ticks(low: float, high: float, count: int) -> list[float]:
    rough = (high / count - low / count) or SMALLEST
    power = 10.0 ** math.floor(math.log10(rough))
    if power == 0 or not math.isfinite(power):
        return [low, high]
    steps = [n * power for n in (0.5, 1, 2, 5, 10)]
    chosen = next((place for place, step in enumerate(steps) if step >= rough * 0.999), len(steps) - 1)
    if not math.isfinite(steps[chosen]):
        return [low, high]
    found = _multiples(low, high, steps[chosen])
    # One place alone tells no distance: where there is room for two, take the next finer step.
    if len(found) < 2 <= count:
        found = _multiples(low, high, steps[max(chosen - 1, 0)])
    return found


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 1000:  # the limits are too close together for floats to hold the steps
        return [low, high]
    # Decimal steps such as 0.1 are not exact: dividing by the inverse gives 0.3 and not 0.30000000000000004.
    inverse = 1 / step
    exact = inverse > 1 and math.isfinite(inverse) and abs(inverse - round(inverse)) < 1e-6 * inverse
    return [n / round(inverse) if exact else n * step for n in range(first, last + 1)]


def _log_ticks(low: float, high: float, count: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.log10(high) - math.log10(low)
    if decades >= 1.5:
        stride = max(1, math.ceil(decades / count))
        exponents = (n for n in range(first, last + 1) if n % stride == 0)
        found = [float(f"1e{n}") for n in exponents if -308 <= n <= 308]
    else:
        powers = range(max(first, -307), min(last, 307) + 1)
        found = [float(f"{digit}e{n}") for n in powers for digit in (1, 2, 5)]
    found = [tick for tick in found if low <= tick <= high]
    return found if len(found) >= 3 else [tick for tick in _linear_ticks(low, high, count) if tick > 0]


def duration_ticks(low: float, high: float, count: int) -> list[float]:
    """Return round places on an axis of elapsed seconds: whole seconds, minutes, hours, days or years."""
    if count < 1:
        return []
    rough = (high - low) / count
    if rough < SECOND:
        return ticks(low, high, count)
    if rough > YEAR:
        return [place * YEAR for place in ticks(low / YEAR, high / YEAR, count)]
    chosen = next(place for place, step in enumerate(TIME_STEPS) if step >= rough * 0.999)
    found = _multiples(low, high, TIME_STEPS[chosen])
    # As on other axes: where there is room for two places, one alone is too few.
    if len(found) < 2 <= count and chosen > 0:
        found = _multiples(low, high, TIME_STEPS[chosen - 1])
    return found


def wall_ticks(low: float, high: float, count: int) -> list[float]:
    """Return round places of local time on an axis of epoch seconds."""
    offset = _utc_offset(low)
    return [tick - offset for tick in duration_ticks(low + offset, high + offset, count)]


def _utc_offset(seconds: float) -> float:
    try:
        offset = datetime.fromtimestamp(seconds).astimezone().utcoffset()
    except (OverflowError, OSError, ValueError):
        return 0.0
    return offset.total_seconds() if offset else 0.0
