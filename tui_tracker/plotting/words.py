"""Numbers, durations and times as short text for axes and readouts.

Imports nothing heavy. Every function takes plain floats; times are seconds.
"""

from __future__ import annotations

import math
from datetime import datetime
from itertools import pairwise

SECOND, MINUTE, HOUR, DAY = 1.0, 60.0, 3600.0, 86400.0


def format_number(value: float, digits: int = 4) -> str:
    """Return a value short: at most `digits` significant digits, k and M for thousands, bare exponents.

    0.94213 -> 0.9421, 12500 -> 12.5k, 0.001 -> 1e-3, 0.00123 -> 0.00123, nan -> nan, 12345678 -> 12.35M
    """
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    size = abs(value)
    if size == 0:
        return "0"
    if 1e-3 <= size < 10_000:
        plain = _trim(f"{float(f'{value:.{digits}g}'):.{digits + 3}f}")
        return min(plain, _exponent(value, digits), key=len) if size < 1e-2 else plain
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
    if not 1e-2 < largest < 1e13 or smallest < 1e-6:
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


def format_duration(seconds: float, units: int = 2) -> str:
    """Return elapsed seconds in their largest units: 42s, 12m30s, 3h, 2d4h; fractions below ten seconds."""
    if not math.isfinite(seconds):
        return format_number(seconds)
    sign, size = "-" if seconds < 0 else "", abs(seconds)
    if size < 10 and size != round(size):
        return f"{sign}{format_number(size, 3)}s"
    rest = round(size)
    parts: list[str] = []
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")):
        whole, rest = divmod(rest, int(unit))
        if whole or parts:
            parts.append(f"{whole}{name}" if whole else "")
    return sign + ("".join(parts[:units]) or "0s")


def format_durations(places: list[float]) -> list[str]:
    """Return labels of elapsed seconds, in as many units as it takes to tell neighbours apart."""
    for units in (2, 3, 4):
        labels = [format_duration(place, units) for place in places]
        if len(set(labels)) == len(set(places)):
            return labels
    return [f"{label}s" for label in format_ticks(places)]


def format_wall(seconds: float, span: float) -> str:
    """Return an epoch time as local clock time, as exact as an axis of `span` seconds needs."""
    if span < 10 * MINUTE:
        return _clock(seconds, "%H:%M:%S")
    if span < 2 * DAY:
        return _clock(seconds, "%H:%M")
    if span < 300 * DAY:
        return _clock(seconds, "%b %-d" if span > 7 * DAY else "%b %-d %H:%M")
    return _clock(seconds, "%Y-%m-%d")


def format_walls(places: list[float], span: float) -> list[str]:
    """Return labels of epoch times on an axis of `span` seconds, exact enough to tell neighbours apart."""
    labels = [format_wall(place, span) for place in places]
    for pattern in ("%b %-d %H:%M", "%H:%M:%S", "%H:%M:%S.%f"):
        if len(set(labels)) == len(set(places)):
            break
        labels = [_clock(place, pattern) for place in places]
    if all("." in label for label in labels):  # microseconds are more than any axis here can tell apart
        shorter = [label[:-3] for label in labels]
        labels = shorter if len(set(shorter)) == len(set(labels)) else labels
    return labels


def _clock(seconds: float, pattern: str) -> str:
    try:
        moment = datetime.fromtimestamp(seconds)
    except (OverflowError, OSError, ValueError):
        return format_number(seconds)
    # The day without its zero: strftime has no portable way to say so.
    return moment.strftime(pattern.replace("%-d", str(moment.day)))
