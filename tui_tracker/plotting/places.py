"""Places on an axis as a person writes them: `1200`, `1e-3`, `90s`, `1h30m`, `14:30`, `2026-10-01 14:30`."""

from __future__ import annotations

import math
import re
from datetime import datetime

from tui_tracker.plotting.spec import XAxis
from tui_tracker.plotting.words import DAY, HOUR, MINUTE, SECOND

_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_DURATION = re.compile(r"-?(?:\d+(?:\.\d+)?[dhms])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def parse_place(text: str, axis: XAxis = XAxis.STEP) -> float:
    """Return the place that a text names on an axis, in its unit. Raises ValueError, one sentence."""
    text = text.strip()
    try:
        place = float(text.replace("_", ""))
    except ValueError:
        found = _duration(text) if axis is XAxis.RELATIVE else _moment(text) if axis is XAxis.WALL else None
        if found is None:
            raise ValueError(f"{text!r} is not {_wanted(axis)}") from None
        place = found
    if not math.isfinite(place):
        raise ValueError(f"{text!r} is not {_wanted(axis)}")
    return place


def write_place(place: float, axis: XAxis = XAxis.STEP) -> str:
    """Return a place so that `parse_place` understands it; nothing for an infinite one."""
    if not math.isfinite(place):
        return ""
    if axis is XAxis.WALL:
        try:
            return datetime.fromtimestamp(place).isoformat(" ", "seconds")
        except (OverflowError, OSError, ValueError):
            return repr(place)
    written = f"{place:.10g}"
    return f"{written}s" if axis is XAxis.RELATIVE and "e" not in written else written


def _wanted(axis: XAxis) -> str:
    if axis is XAxis.RELATIVE:
        return "a time such as 90s or 1h30m"
    return "a time such as 14:30 or 2026-10-01 14:30" if axis is XAxis.WALL else "a number"


def _duration(text: str) -> float | None:
    joined = text.replace(" ", "")
    if not _DURATION.fullmatch(joined):
        return None
    seconds = sum(float(count) * _UNITS[unit] for count, unit in _PART.findall(joined))
    return -seconds if joined.startswith("-") else seconds


def _moment(text: str) -> float | None:
    try:
        if _CLOCK.fullmatch(text):
            today = datetime.now().date().isoformat()
            return datetime.fromisoformat(f"{today} {text:0>5}").timestamp()
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
