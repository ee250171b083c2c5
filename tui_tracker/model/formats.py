"""How numbers, spans of time, sizes and moments are written: short, with few widths, the same everywhere.

Everything takes plain numbers and gives plain ASCII text: a number of at most `NUMBER_WIDTH` characters.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

NUMBER_WIDTH = 10
# Measurements keep this many digits; more are noise to the eye, fewer hide that one run is better.
# Between a mean and its standard deviation.
SPREAD = "±"
_DIGITS = 4
_PLAIN_MIN = 1e-3
_PLAIN_MAX = 1e7
_INTEGER_MAX = 1e9
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
# Each unit of an age, its length and where the next begins, in seconds.
_AGE_UNITS = (("s", 1, _MINUTE), ("m", _MINUTE, _HOUR), ("h", _HOUR, _DAY), ("d", _DAY, 2 * _YEAR))
_SIZES = ("kB", "MB", "GB", "TB", "PB", "EB")


def number(value: float | None) -> str:
    """A measurement in four significant digits: `0.9421`, `12.34`, `1.230e-5`, `nan`, `-inf`; None is empty.

    Whole numbers below 10^9 are exact and have no point.
    """
    if value is None:
        return ""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    size = abs(value)
    if value == int(value) and size < _INTEGER_MAX:
        return str(int(value))
    if _PLAIN_MIN <= size < _PLAIN_MAX:
        leading = math.floor(math.log10(size)) + 1
        return f"{value:.{max(_DIGITS - leading, 0)}f}"
    return _scientific(value)


def _scientific(value: float) -> str:
    """`1.230e-5`; fewer digits where the exponent has three."""
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    power = int(exponent)
    if abs(power) >= 100:
        mantissa = f"{value:.1e}".partition("e")[0]
    return f"{mantissa}e{power}"


def signed(value: float | None) -> str:
    """A difference: as `number`, with its sign; `0` has none."""
    text = number(value)
    return f"+{text}" if value is not None and value > 0 else text


def spread(mean: float, deviation: float | None) -> str:
    """`0.942±0.013`: a mean to the place that its standard deviation leaves certain; the mean alone without one."""
    if deviation is None or not math.isfinite(deviation) or deviation <= 0 or not math.isfinite(mean):
        return number(mean)
    digits = max(1 - math.floor(math.log10(deviation)), 0)
    if digits > _DIGITS + 1 or abs(mean) >= _PLAIN_MAX or deviation >= _PLAIN_MAX:
        return f"{number(mean)}{SPREAD}{number(deviation)}"
    return f"{mean:.{digits}f}{SPREAD}{deviation:.{digits}f}"


def count(value: int) -> str:
    """`12,381`."""
    return f"{value:,}"


def counted(number: int, noun: str) -> str:
    """`1 run`, `12,381 runs`."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float | None) -> str:
    """`0.4s`, `45s`, `12m`, `2h 05m`, `3d 04h`, `412d`; below zero (a clock that was set back) is `0s`."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 10:
        return f"{max(seconds, 0):.1f}s" if seconds >= 0.05 else "0s"
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < _DAY:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02}m"
    days = whole // _DAY
    return f"{days}d {whole % _DAY // _HOUR:02}h" if days < 100 else f"{days}d"


def age(then: float | None, now: float) -> str:
    """How long ago, in one unit: `now`, `45s`, `12m`, `3h`, `16d`, `2y`; a moment to come is `in 3h`."""
    if then is None or not math.isfinite(then):
        return ""
    ago = now - then
    text = _one_unit(abs(ago))
    if text == "now" or ago >= 0:
        return text
    return f"in {text}"


def _one_unit(seconds: float) -> str:
    if seconds < 5:
        return "now"
    for unit, length, end in (
        ("s", 1, _MINUTE),
        ("m", _MINUTE, _HOUR),
        ("h", _HOUR, _DAY),
        ("d", _DAY, 2 * _YEAR),
    ):
        if seconds < end:
            return f"{int(seconds // length)}{unit}"
    years = int(seconds // _YEAR)
    return f"{years}y" if years < 1000 else ">999y"


def size(octets: float) -> str:
    """A number of bytes: `512 B`, `1.4 MB`, `12 GB`."""
    if octets < 1000:
        return f"{int(octets)} B"
    scaled = float(octets)
    for unit in _SIZES:
        scaled /= 1000
        if scaled < 999.5:
            return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{scaled:.0f} {unit}"
    return f"{scaled:.0f} {_SIZES[-1]}"


def moment(then: float | None) -> str:
    """A local time to the minute, `2026-10-01 12:00`; `?` where the calendar does not reach."""
    if then is None:
        return ""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(then))
    except (OverflowError, OSError, ValueError):
        return "?"


def clock_time(then: float | None) -> str:
    """A local time of day, `12:00:07`; `?` where the calendar does not reach."""
    if then is None:
        return ""
    try:
        return time.strftime("%H:%M:%S", time.localtime(then))
    except (OverflowError, OSError, ValueError):
        return "?"


def place(path: Path) -> str:
    """A path as people write it, with `~` for their home."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
