"""Axes: scales from values to dots, limits that show the data, ticks at round places, and their short labels.

Every function takes and gives plain floats; x values of time axes are seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MARGIN = 0.04
"""Share of the range left free above and below the data."""

SMALLEST = 1e-300
"""Ranges narrower than this are widened: below it differences of floats lose their meaning."""

CLIP_PERCENTILES = (1.0, 99.0)
"""The part of the values that is looked at when outliers are clipped."""

CLIP_REACH = 1.5
"""A value is an outlier when it lies further than this many clipped ranges beyond the clipped range."""

SECOND, MINUTE, HOUR, DAY = 1.0, 60.0, 3600.0, 86400.0

TIME_STEPS = (
    *(SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 30, 91, 182, 365)),
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
        return (low / 2, high * 2) if math.log10(high) - math.log10(low) < 1e-9 else (low, high)
    room = max(abs(low), abs(high)) * 1e-12
    if high / 2 - low / 2 > max(room, SMALLEST):
        return low, high
    reach = abs(low) * 0.05 or 0.5
    return max(low - reach, -1.7e308), min(high + reach, 1.7e308)


def pad(low: float, high: float, log: bool = False) -> tuple[float, float]:
    """Return limits with a margin around the data, in the scale's own measure."""
    if log:
        factor = 10 ** ((math.log10(high) - math.log10(low)) * MARGIN)
        return low / factor, high * factor
    room = (high / 2 - low / 2) * 2 * MARGIN
    if not math.isfinite(room):
        return low, high
    return low - room, high + room


def clipped(values: Floats) -> tuple[float, float]:
    """Return the range of finite `values` (not empty) without outliers.

    The middle of the values, from the 1st to the 99th percentile, decides: an end of the full range that
    reaches further than `CLIP_REACH` times that range beyond it is replaced by the percentile, otherwise it
    stays.
    """
    low, high = float(values.min()), float(values.max())
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
    step = next((n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.999), 10 * power)
    return _multiples(low, high, step)


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
    return found if len(found) >= 3 else _linear_ticks(low, high, count)


def duration_ticks(low: float, high: float, count: int) -> list[float]:
    """Return round places on an axis of elapsed seconds: whole seconds, minutes, hours or days."""
    rough = (high - low) / max(1, count)
    if rough < SECOND or rough > TIME_STEPS[-1]:
        return ticks(low, high, count)
    return _multiples(low, high, next(step for step in TIME_STEPS if step >= rough * 0.999))


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


def format_number(value: float, digits: int = 4) -> str:
    """Return a value short: at most `digits` significant digits, thousands as k and M, powers of ten without
    padding.

    0.94213 -> 0.9421, 12500 -> 12.5k, 0.001 -> 0.001, 0.00012 -> 1.2e-4, nan -> nan, 12345678 -> 12.35M
    """
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    size = abs(value)
    if size == 0:
        return "0"
    if 1e-3 <= size < 10_000:
        return _trim(f"{float(f'{value:.{digits}g}'):.{digits + 3}f}")
    rounded = float(f"{value:.{max(digits, 3)}g}")
    for factor, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if factor <= abs(rounded) < factor * 1000:
            return f"{rounded / factor:.{max(digits, 3)}g}{suffix}"
    return _exponent(value, digits)


def _exponent(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{_trim(mantissa)}e{int(exponent)}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def format_ticks(places: list[float]) -> list[str]:
    """Return labels with as many digits as it takes to tell neighbours apart, the same number of decimals
    each."""
    if len(places) < 2:
        return [format_number(place) for place in places]
    steps = [abs(b - a) for a, b in pairwise(places)]
    largest, smallest = max(abs(place) for place in places), min(steps)
    if smallest <= 0 or largest / smallest > 1e7:
        return _distinct(places)
    if max(steps) > smallest * 1.5:  # a logarithmic axis: each label stands for itself
        return [format_number(place, 3) for place in places]
    factor, suffix = next(
        ((f, s) for f, s in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if f * 10 <= largest < f * 1e4),
        (1.0, ""),
    )
    if not 1e-4 < largest < 1e13 or smallest < 1e-6:
        return _distinct(places)
    decimals = max(0, -math.floor(math.log10(smallest / factor) + 1e-9))
    labels = [f"{place / factor:.{decimals}f}" for place in places]
    return [label + suffix if float(label) else "0" for label in labels]


def _distinct(places: list[float]) -> list[str]:
    for digits in range(2, 17):
        labels = [format_number(place, digits) for place in places]
        if len(set(labels)) == len(places):
            return labels
    return [repr(place) for place in places]


def format_duration(seconds: float) -> str:
    """Return elapsed seconds in the two largest units: 42s, 12m30s, 3h, 2d4h; fractions below ten seconds."""
    if not math.isfinite(seconds):
        return format_number(seconds)
    sign, size = "-" if seconds < 0 else "", abs(seconds)
    if size < 10 and size != round(size):
        return f"{sign}{format_number(size, 3)}s"
    size = float(round(size))
    units = ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"))
    for (unit, name), (below, below_name) in pairwise(units):
        if size >= unit:
            rest = int(size % unit // below)
            return f"{sign}{int(size // unit)}{name}" + (f"{rest}{below_name}" if rest else "")
    return f"{sign}{int(size)}s"


def format_wall(seconds: float, span: float) -> str:
    """Return an epoch time as local clock time, as exact as an axis of `span` seconds needs."""
    try:
        moment = datetime.fromtimestamp(seconds)
    except (OverflowError, OSError, ValueError):
        return format_number(seconds)
    if span < 10 * MINUTE:
        return f"{moment:%H:%M:%S}"
    if span < 2 * DAY:
        return f"{moment:%H:%M}"
    if span < 300 * DAY:
        return f"{moment:%b} {moment.day}" if span > 7 * DAY else f"{moment:%b} {moment.day} {moment:%H:%M}"
    return f"{moment:%Y-%m-%d}"
