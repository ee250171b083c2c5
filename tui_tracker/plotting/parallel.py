"""Parallel coordinates: an upright axis for each variable, and a line for each run through what it has of them.

Runs outside of a range that is brushed are drawn faintly, below the others. What a run does not have lies on a row
of its own below the axis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from logger.store.fields import Field
from tui_tracker.model.brush import Brush
from tui_tracker.model.variables import Variable
from tui_tracker.plotting import picture, roles
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.grid import Grid, fit, merge
from tui_tracker.plotting.picture import Picture
from tui_tracker.plotting.ramp import Colouring, colouring
from tui_tracker.plotting.raster import BLANK, BRAILLE, characters
from tui_tracker.plotting.variable_axis import VariableAxis
from tui_tracker.plotting.words import format_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Codes = NDArray[np.uint32]
    Parts = NDArray[np.uint16]

LABEL_ROWS = 1
"""Rows above the lines: the variables' names."""
MOST_TICKS = 9
LEAST_APART = 10
"""Cells between axes below which they are not told apart."""


@dataclass(frozen=True)
class Parallel:
    """What is drawn, of the same runs in the same order."""

    variables: tuple[Variable, ...]
    colour: Variable | None = None
    brush: Brush = field(default_factory=Brush)
    chosen: int = 0
    """the axis that stands out"""
    log: frozenset[Field] = frozenset()
    """the variables on logarithmic axes"""
    ascii_only: bool = False
    inside: tuple[bool, ...] | None = None
    """one a run: whether it is in every range, also of axes that are not in view; None: of those that are"""


def draw(parallel: Parallel, width: int, height: int) -> Picture:
    """The picture in so many cells; `spots` has the uppermost cell of each axis. Takes milliseconds."""
    if width < picture.MIN_WIDTH or height < picture.MIN_HEIGHT + LABEL_ROWS:
        return picture.message(width, height, "no room")
    axes = [VariableAxis(variable, variable.field in parallel.log) for variable in parallel.variables]
    if len(axes) < 2:
        return picture.message(
            width, height, "parallel coordinates need two variables that differ: a chooses them"
        )
    runs = len(parallel.variables[0].values)
    colours = colouring(parallel.colour, runs, parallel.ascii_only)
    title = parallel.colour.label if parallel.colour is not None else ""
    margin = picture.legend_width(colours, width, title)
    grid = Grid(width, height)
    room = width - margin
    columns = [1 + round(place * (room - 3) / (len(axes) - 1)) for place in range(len(axes))]
    kept = parallel.inside or parallel.brush.inside(parallel.variables, runs)
    inside = np.array(kept, dtype=bool)
    rows = height - 1 - LABEL_ROWS - 1
    _lay_lines(grid, axes, columns, rows, inside, colours, parallel.ascii_only)
    for place, (axis, column) in enumerate(zip(axes, columns, strict=True)):
        _write_axis(grid, axis, parallel, place, column, rows, _room(columns, place))
    if margin:
        picture.write_legend(grid, width - margin, height - 1, title, colours, parallel.ascii_only)
    picture.write_title(grid, f"{runs:,} runs", _notes(parallel, inside), parallel.ascii_only)
    return Picture(grid.spans(), tuple((column, 1 + LABEL_ROWS) for column in columns))


def fitting(width: int) -> int:
    """How many axes can be told apart in so many cells."""
    return max(2, width // LEAST_APART)


def _notes(parallel: Parallel, inside: Bools) -> list[str]:
    if not parallel.brush.ranges:
        return []
    return [f"{int(inside.sum()):,} inside"]


def _heights(axis: VariableAxis, rows: int) -> Floats:
    """One a run: its height in dots above the lowest of the lines' dots; that of missing values is below it."""
    dots = rows * 4 - 4
    values = axis.values
    ends = _ends(axis)
    if ends is None:
        return np.ones(len(values))
    if ends[0] == ends[1]:
        heights = np.where(np.isfinite(values), (dots - 1) / 2, np.nan)
    else:
        heights = Scale(*ends, dots, axis.is_log).positions(values)
    # The lowest row of cells is that of missing values.
    return np.where(np.isfinite(heights), heights + 4, 1.0)


def _ends(axis: VariableAxis) -> tuple[float, float] | None:
    found = axis.values[np.isfinite(axis.values)]
    return (float(found.min()), float(found.max())) if len(found) else None


def _lay_lines(
    grid: Grid,
    axes: list[VariableAxis],
    columns: list[int],
    rows: int,
    inside: Bools,
    colours: Colouring,
    ascii_only: bool,
) -> None:
    heights = np.stack([_heights(axis, rows) for axis in axes])
    codes: Codes = np.full((rows, grid.width), BLANK, dtype=np.uint32)
    parts: Parts = np.full((rows, grid.width), roles.TEXT, dtype=np.uint16)
    steps = np.array(colours.steps)
    steps[steps < 0] = len(colours.keys) - 1
    layers: list[tuple[Bools, int]] = [(~inside, roles.GRIDLINE)]
    layers += [(inside & (steps == place), key.role) for place, key in enumerate(colours.keys)]
    for chosen, role in layers:
        if chosen.any():
            dots = _dots(heights[:, chosen], columns, rows, grid.width)
            marker = "." if ascii_only else BRAILLE
            merge(codes, parts, characters(_cells(dots) if ascii_only else dots, marker), role)
    grid.lay(1 + LABEL_ROWS, 0, codes, parts)


def _cells(dots: Bools) -> Bools:
    """Which cells any dot is set in."""
    up, across = dots.shape
    counted: Bools = dots.reshape(up // 4, 4, across // 2, 2).sum(axis=(1, 3)) > 0
    return counted


def _dots(heights: Floats, columns: list[int], rows: int, width: int) -> Bools:
    """Dots of straight lines from axis to axis, `rows` * 4 x `width` * 2, row 0 the lowest."""
    up, across = rows * 4, width * 2
    changes = np.zeros((up + 1) * across, dtype=np.int64)
    for place in range(len(columns) - 1):
        start, end = columns[place] * 2 + 1, columns[place + 1] * 2
        passed = np.arange(start, end + 1)
        # Each dot column shows the part of the line from half a column before it to half a column behind it.
        edges = np.clip((np.append(passed - 0.5, end + 0.5) - start) / (end - start), 0, 1)
        lines = heights[place][:, None] + (heights[place + 1] - heights[place])[:, None] * edges[None, :]
        lows = np.rint(np.minimum(lines[:, :-1], lines[:, 1:])).astype(np.int64)
        highs = np.rint(np.maximum(lines[:, :-1], lines[:, 1:])).astype(np.int64)
        # Neighbouring parts would share a dot where the line is steep.
        highs = np.where(highs > lows, highs - 1, highs)
        where = np.broadcast_to(passed, lows.shape)
        changes += np.bincount((lows * across + where).ravel(), minlength=len(changes))
        changes -= np.bincount(((highs + 1) * across + where).ravel(), minlength=len(changes))
    filled: Bools = np.cumsum(changes.reshape(up + 1, across)[:up], axis=0) > 0
    return filled


def _room(columns: list[int], place: int) -> int:
    """Cells from an axis to the next, of the last to the one before, for what is written beside it."""
    if place + 1 == len(columns):
        return columns[place] - columns[place - 1] - 1
    return columns[place + 1] - columns[place] - 1


def _write_axis(
    grid: Grid, axis: VariableAxis, parallel: Parallel, place: int, column: int, rows: int, room: int
) -> None:
    chosen = place == parallel.chosen
    last = place == len(parallel.variables) - 1
    variable = axis.variable
    role = roles.TITLE if chosen else roles.TICK
    # The last name begins on the left of its axis, where the one before ends.
    space = min(room // 2 if place >= len(parallel.variables) - 2 else room + 1, 24)
    pointer = (">" if parallel.ascii_only else "▸") if chosen else ""
    name = fit(pointer + variable.label, max(space - 1, 4), parallel.ascii_only)
    start = min(column, max(grid.width - len(name), 0)) if not last else max(column + 1 - len(name), 0)
    grid.write(1, start, name, role)
    top = 1 + LABEL_ROWS
    between = _on_axis(parallel.brush.range_of(variable), axis)
    marks = ("#", ":", "|") if parallel.ascii_only else ("┃", "┊", "│")
    lower, upper = (_row(value, rows, axis) for value in between or (0.0, 0.0))
    for row in range(rows - 1):
        mark = marks[2]
        if between is not None:
            mark = marks[0 if upper <= row <= lower else 1]
        grid.put(top + row, column, mark, roles.READOUT if chosen else roles.AXIS)
    labels = _labels(axis, rows)
    labels += [(rows - 1, "none")] if not np.isfinite(axis.values).all() else []
    for row, label in labels:
        cells = fit(label, max(min(room - 2, 16), 3), parallel.ascii_only)
        left = column - len(cells) if last else column + 1
        grid.write(top + row, left, cells, roles.TEXT if chosen else roles.TICK)


def _row(value: float, rows: int, axis: VariableAxis) -> int:
    """The row of a value, from the top, on an axis whose last row but one is its lower end."""
    ends = _ends(axis)
    if ends is None or ends[0] == ends[1]:
        return (rows - 2) // 2
    return rows - 2 - round(Scale(*ends, rows - 1, axis.is_log).position(value))


def _on_axis(between: tuple[float, float] | None, axis: VariableAxis) -> tuple[float, float] | None:
    """The part of a range that has a place on a logarithmic axis."""
    ends = _ends(axis)
    if between is None or ends is None:
        return None
    low, high = (min(max(value, ends[0]), ends[1]) for value in between)
    return low, high


def _labels(axis: VariableAxis, rows: int) -> list[tuple[int, str]]:
    """Row and text of what stands beside an axis: of categories each, as far as there is room, of numbers the ends."""
    ends = _ends(axis)
    if ends is None:
        return []
    variable = axis.variable
    if not variable.is_numeric:
        stride = max(1, -(-len(variable.categories) // min(max(rows - 1, 1), MOST_TICKS * 2)))
        return [
            (_row(float(place), rows, axis), variable.categories[place])
            for place in range(0, len(variable.categories), stride)
        ]
    middle = math.sqrt(ends[0] * ends[1]) if axis.is_log else (ends[0] + ends[1]) / 2
    values = [ends[0]] if ends[0] == ends[1] else [ends[0], middle, ends[1]]
    at = {float(number): variable.text(place) for place, number in enumerate(variable.numbers)}
    return [
        (_row(value, rows, axis), at.get(value) or format_number(value, 3))
        for value in values
        if value in at or variable.field.type not in ("time", "duration")
    ]
