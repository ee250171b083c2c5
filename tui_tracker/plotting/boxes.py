"""A box plot: a row for each group of runs, along the values of a metric.

From the first to the third quartile a box with the median in it, whiskers to the farthest values that are no outliers,
and a mark for each outlier. A group too small for quartiles shows its values themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.model.spread import Group
from tui_tracker.model.variables import Variable
from tui_tracker.plotting import axes, picture, roles, words
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.grid import Grid, fit
from tui_tracker.plotting.picture import Axes, Picture

if TYPE_CHECKING:
    from tui_tracker.plotting.canvas import Frame

FEWEST = 5
"""Values from which a group has quartiles worth drawing."""

MOST_ROWS = 5
"""Rows of a group where there is room."""

ROWS_OF_TALL = 4
"""Rows of a group from which its box is three rows high."""

LOOK = {"level": "─", "low": "├", "high": "┤", "box": "░", "median": "┃", "outlier": "∘", "value": "●"}
ASCII_LOOK = {"level": "-", "low": "|", "high": "|", "box": "=", "median": "#", "outlier": "o", "value": "x"}


@dataclass(frozen=True)
class Boxes:
    """What is drawn."""

    measured: Variable
    by: Variable
    groups: tuple[Group, ...]
    log: bool = False
    ascii_only: bool = False


def draw(boxes: Boxes, width: int, height: int) -> Picture:
    """The picture in so many cells; `spots` has the name of each group, None where it found no room."""
    if width < picture.MIN_WIDTH or height < picture.MIN_HEIGHT:
        return picture.message(width, height, "no room")
    values = np.array(
        [value for group in boxes.groups for value in group.values if value > 0 or not boxes.log]
    )
    if not len(values):
        return picture.message(width, height, f"no run has {boxes.measured.label} here")
    limits = axes.pad(*axes.widen(float(values.min()), float(values.max()), boxes.log), boxes.log)
    grid = Grid(width, height)
    rows = height - 3
    every = max(1, min(MOST_ROWS, rows // max(len(boxes.groups), 1)))
    shown = boxes.groups[: rows // every]
    laid = _axes(boxes, shown, limits, width, height - 1, every)
    picture.lay_axes(grid, laid, 1, boxes.ascii_only)
    frame = laid.frame
    scale = Scale(*limits, frame.width, boxes.log)
    spots: list[tuple[int, int] | None] = []
    for place, group in enumerate(shown):
        row = 1 + _row(place, every)
        _box(grid, frame, scale, boxes, group, row, roles.series_role(place))
        if every >= ROWS_OF_TALL:
            for beside in (row - 1, row + 1):
                _box(grid, frame, scale, boxes, group, beside, roles.series_role(place), only_body=True)
        spots.append((0, row))
    spots += [None] * (len(boxes.groups) - len(shown))
    title = f"{boxes.measured.label} by {boxes.by.label}"
    picture.write_title(grid, title, _notes(boxes, len(shown)), boxes.ascii_only)
    return Picture(grid.spans(), tuple(spots), frame.left - 1)


def _row(place: int, every: int) -> int:
    return place * every + every // 2


def _axes(
    boxes: Boxes, shown: Sequence[Group], limits: tuple[float, float], width: int, height: int, every: int
) -> Axes:
    labels = [f"{group.label} ({len(group.values)})" for group in shown]
    label_width = min(max(len(fit(label, width)) for label in labels), width // 3)
    canvas_width, canvas_height = width - label_width - 1, height - 2
    places = axes.ticks(*limits, max(2, canvas_width // picture.CELLS_PER_X_TICK), boxes.log)
    across = Scale(*limits, canvas_width, boxes.log)
    y_ticks = tuple(
        (canvas_height - _row(place, every) - 0.5, _cut(group, label_width, boxes.ascii_only))
        for place, group in enumerate(shown)
    )
    x_ticks = picture.placed(across, places, words.format_ticks(places))
    return picture.axes_at(width, height, label_width, x_ticks, y_ticks, boxes.ascii_only)


def _cut(group: Group, width: int, ascii_only: bool) -> str:
    """A group's name with its number of runs, which is not cut."""
    count = f" ({len(group.values)})"
    return "".join(fit(group.label, max(width - len(count), 1), ascii_only)) + count


def _box(
    grid: Grid,
    frame: Frame,
    scale: Scale,
    boxes: Boxes,
    group: Group,
    row: int,
    role: int,
    *,
    only_body: bool = False,
) -> None:
    """One row of a group; `only_body` leaves out what lies beside its box."""
    look = ASCII_LOOK if boxes.ascii_only else LOOK
    values = tuple(value for value in group.values if value > 0 or not boxes.log)

    def put(value: float, character: str) -> None:
        grid.put(row, frame.left + round(scale.position(value)), character, role)

    if len(values) < FEWEST:
        for value in () if only_body else values:
            put(value, look["value"])
        return
    spread = Group(group.label, (), values).spread
    low, first, third, high = (
        frame.left + round(scale.position(value))
        for value in (spread.low, spread.first, spread.third, spread.high)
    )
    if not only_body:
        for column in range(low, high + 1):
            grid.put(row, column, look["level"], role)
        grid.put(row, low, look["low"], role)
        grid.put(row, high, look["high"], role)
        for value in spread.outliers:
            put(value, look["outlier"])
    for column in range(first, third + 1):
        grid.put(row, column, look["box"], role)
    put(spread.median, look["median"])


def _notes(boxes: Boxes, shown: int) -> list[str]:
    runs = sum(len(group.values) for group in boxes.groups)
    hidden = sum(value <= 0 for group in boxes.groups for value in group.values) if boxes.log else 0
    missing = len(boxes.measured.values) - runs
    notes = [f"{runs:,} runs"]
    notes += [f"{missing:,} without a value"] if missing else []
    notes += [f"{hidden:,} not > 0 hidden"] if hidden else []
    notes += [f"showing {shown} of {len(boxes.groups)} groups"] if shown < len(boxes.groups) else []
    notes += ["log"] if boxes.log else []
    return notes
