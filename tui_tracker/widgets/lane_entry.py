"""One version as an entry of a lane: as many lines as there is room for, none longer than told."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from logger.store.registry import ModelVersion
from tui_tracker.model import formats
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.promotion import MetricDifference
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.run_line import MARK

MOST_LINES = 3
_LONGEST = 120
_VERDICTS = {"better": ("▲", "$success"), "worse": ("▼", "$error"), None: ("", QUIET)}


@dataclass(frozen=True)
class EntryRoom:
    """How much of a version there is room for."""

    width: int
    """cells"""
    lines: int
    """1: number, aliases and age; 2: the telling metric too; 3: the run too"""


def entry_height(room: EntryRoom, *, has_metric: bool) -> int:
    """How many lines `lane_entry` gives."""
    return room.lines if has_metric else min(room.lines, MOST_LINES - 1)


def lane_entry(
    version: ModelVersion, metric: MetricDifference | None, room: EntryRoom, now: float, *, marked: bool
) -> Content:
    """`metric` is the most telling one, against the version in Production where that is another."""
    lines = [_title(version, room.width, now, marked=marked)]
    values = _metric(metric, room.width) if metric is not None else None
    origin = Content.styled(
        fit(clean(version.run_name or version.source or "no run", _LONGEST), room.width), QUIET
    )
    if room.lines >= MOST_LINES:
        lines += [origin, *([values] if values else [])]
    elif room.lines == 2:
        lines.append(values or origin)
    return Content("\n").join(lines)


def _title(version: ModelVersion, width: int, now: float, *, marked: bool) -> Content:
    number = f"v{version.version}"
    age = formats.age(version.created, now)
    mark = MARK if marked else ""
    used = width_of(mark) + len(number)
    aliases = clean(" ".join(f"@{alias}" for alias in version.aliases), _LONGEST)
    with_age = width - used - 1 - len(age) >= min(width_of(aliases) + 1, 8) if aliases else True
    room = max(width - used - (len(age) + 1 if with_age else 0), 0)
    middle = fit(f" {aliases}" if aliases else "", room)
    pieces: list[tuple[str, str] | str] = [
        (mark, "bold $accent"),
        (number, "bold $foreground"),
        (middle, "$accent"),
    ]
    if with_age:
        pieces += [" ", (age, QUIET)]
    return Content.assemble(*pieces)


def _metric(metric: MetricDifference, width: int) -> Content:
    value = formats.number(metric.candidate) or "—"
    arrow, style = _VERDICTS[metric.verdict]
    delta = f" {arrow}{formats.signed(metric.delta)}" if arrow else ""
    name = clean(metric.name, _LONGEST)
    room = width - len(value) - len(delta) - 1
    if room < 4 and delta:
        delta = f" {arrow}"
        room = width - len(value) - len(delta) - 1
    pieces: list[tuple[str, str] | str] = []
    if room > 0:
        pieces += [(fit(name, min(width_of(name), room)), QUIET), " "]
    return Content.assemble(*pieces, (value, "$foreground"), (delta, style))
