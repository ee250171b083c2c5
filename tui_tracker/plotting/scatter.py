"""A scatter plot: one mark a run, at what it has of two variables, in the colour and glyph of a third."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.model.variables import Variable
from tui_tracker.plotting import picture
from tui_tracker.plotting.grid import Grid
from tui_tracker.plotting.picture import Picture
from tui_tracker.plotting.ramp import Colouring, colouring
from tui_tracker.plotting.variable_axis import VariableAxis

if TYPE_CHECKING:
    from tui_tracker.plotting.canvas import Frame


@dataclass(frozen=True)
class Scatter:
    """What is drawn, of the same runs in the same order."""

    x: Variable
    y: Variable
    colour: Variable | None = None
    log_x: bool = False
    log_y: bool = False
    ascii_only: bool = False

    def axes(self) -> tuple[VariableAxis, VariableAxis]:
        return VariableAxis(self.x, self.log_x), VariableAxis(self.y, self.log_y)


def draw(scatter: Scatter, width: int, height: int) -> Picture:
    """The picture in so many cells; `spots` has a place for each run that has both values. Takes milliseconds."""
    if width < picture.MIN_WIDTH or height < picture.MIN_HEIGHT:
        return picture.message(width, height, "no room")
    x, y = scatter.axes()
    shown = np.isfinite(x.values) & np.isfinite(y.values)
    if not shown.any():
        return picture.message(width, height, f"no run has both {scatter.x.label} and {scatter.y.label} here")
    colours = colouring(scatter.colour, len(shown), scatter.ascii_only)
    title = scatter.colour.label if scatter.colour is not None else ""
    margin = picture.legend_width(colours, width, title)
    grid = Grid(width, height)
    axes = picture.axes_of(x, y, width - margin, height - 1, scatter.ascii_only)
    picture.lay_axes(grid, axes, 1, scatter.ascii_only)
    spots = _mark(grid, axes.frame, x, y, colours)
    if margin:
        picture.write_legend(grid, width - margin, height - 1, title, colours, scatter.ascii_only)
    notes = _notes(scatter, x, y, int(shown.sum()))
    behind = int(shown.sum()) - len(set(spots) - {None})
    notes[1:1] = [f"{behind:,} behind others"] if behind else []
    picture.write_title(grid, f"{scatter.y.label} by {scatter.x.label}", notes, scatter.ascii_only)
    return Picture(grid.spans(), tuple(spots))


def _mark(
    grid: Grid, frame: Frame, x: VariableAxis, y: VariableAxis, colours: Colouring
) -> list[tuple[int, int] | None]:
    across, up = x.scale(frame.width), y.scale(frame.height)
    assert across is not None and up is not None  # something is shown
    with np.errstate(invalid="ignore"):
        columns, rows = np.rint(across.positions(x.values)), np.rint(up.positions(y.values))
    spots: list[tuple[int, int] | None] = []
    for place, (column, row) in enumerate(zip(columns.tolist(), rows.tolist(), strict=True)):
        if not (np.isfinite(column) and np.isfinite(row)):
            spots.append(None)
            continue
        spot = frame.left + int(column), frame.height - int(row)
        spots.append(spot)
        key = colours.keys[colours.steps[place]]
        grid.put(spot[1], spot[0], key.glyph, key.role)
    return spots


def _notes(scatter: Scatter, x: VariableAxis, y: VariableAxis, shown: int) -> list[str]:
    """What is not seen, and how the axes are laid."""
    known = int(np.count_nonzero(np.isfinite(scatter.x.numbers) & np.isfinite(scatter.y.numbers)))
    missing = len(scatter.x.values) - known
    notes = [f"{shown:,} {'run' if shown == 1 else 'runs'}"]
    notes += [f"{missing:,} without a value"] if missing else []
    notes += [f"{known - shown:,} not > 0 hidden"] if known > shown else []
    notes += ["log x"] if x.is_log else []
    notes += ["log y"] if y.is_log else []
    return notes
