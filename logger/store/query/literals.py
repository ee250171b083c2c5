"""Numbers, durations and moments as people write them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)", re.IGNORECASE | re.ASCII
)
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[wdhms])\s*)+", re.IGNORECASE | re.ASCII)
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[wdhms])", re.IGNORECASE | re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d(\.\d{3}|\.\d{6})?)?(z|[+-]\d\d:\d\d)?", re.IGNORECASE | re.ASCII)
# From here on a number means milliseconds: as seconds it would lie in the year 5138, as milliseconds in 1973.
_MILLISECONDS_FROM = 1e11


@dataclass(frozen=True)
class Moment:
    """A point in time, known to some precision."""

    start: float
    """Epoch seconds, UTC."""
    span: float
    """Seconds: how long what was written lasts, a day for a date; 0 for an instant."""


def number(text: str) -> float | None:
    """`1e-3`, `.5`, `-2`, `inf`, `nan`; None for anything else."""
    return float(text) if _NUMBER.fullmatch(text) else None


def duration(text: str) -> float | None:
    """`2h`, `1h30m`, `1h 30m` or plain seconds, as seconds; None for anything else."""
    if not _DURATION.fullmatch(text):
        seconds = number(text)
        return None if seconds is None or math.isnan(seconds) else seconds
    return sum(float(amount) * _UNITS[unit.lower()] for amount, unit in _DURATION_PART.findall(text))


def moment(text: str, now: float) -> Moment | None:
    """`now`, `30d ago`, `today`, `yesterday`, a local ISO date or date and time, a number; else None."""
    text = text.strip().lower()
    if text == "now":
        return Moment(now, 0.0)
    if text in ("today", "yesterday"):
        midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return _day(midnight - timedelta(days=text == "yesterday"))
    if text.endswith("ago") and _DURATION.fullmatch(text[:-3].rstrip()):
        return Moment(now - (duration(text[:-3].rstrip()) or 0.0), 0.0)
    epoch = number(text)
    if epoch is not None and not math.isnan(epoch):
        return Moment(epoch / 1000, 0.001) if abs(epoch) >= _MILLISECONDS_FROM else Moment(epoch, 0.0)
    return _iso(text)


def continues(text: str, word: str) -> bool:
    """Whether an unquoted value goes on with the next word: `1h 30m`, `30d ago`, `2026-10-01 12:00`."""
    if _DURATION.fullmatch(text):
        return word.lower() == "ago" or bool(_DURATION.fullmatch(word))
    return bool(_DATE.fullmatch(text) and _CLOCK.fullmatch(word))


def _day(midnight: datetime) -> Moment:
    # Days are 23 or 25 hours long where the clocks change.
    start = midnight.timestamp()
    return Moment(start, (midnight + timedelta(days=1)).timestamp() - start)


def _iso(text: str) -> Moment | None:
    date, clock = text[:10], text[11:]
    if not _DATE.fullmatch(date):
        return None
    try:
        if len(text) == 10:
            return _day(datetime.fromisoformat(date))
        if text[10] not in "t " or not _CLOCK.fullmatch(clock):
            return None
        start = datetime.fromisoformat(f"{date}T{clock.replace('z', '+00:00')}").timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return Moment(start, _precision(clock))


def _precision(clock: str) -> float:
    """How long `12:00`, `12:00:30` or `12:00:30.500` lasts, in seconds; a zone makes no difference."""
    digits = re.split("[z+-]", clock)[0]
    return {5: 60.0, 8: 1.0}.get(len(digits), 0.001)
