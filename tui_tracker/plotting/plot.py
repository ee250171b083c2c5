"""A finished picture of curves, and what is read off it: the cursor, places under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_tracker.plotting import layout, roles
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.chart import Curve, Reading, values_at
from tui_tracker.plotting.grid import Grid, Span
from tui_tracker.plotting.readout import write_readout
from tui_tracker.plotting.spec import ChartSpec

Box = tuple[int, int, int, int]
"""First and last column, first and last row, in cells of the picture."""


@dataclass(frozen=True)
class Drawing:
    """A finished picture."""

    width: int
    """Width in cells."""
    rows: tuple[tuple[Span, ...], ...]
    """Every row as spans of one role each, together exactly `width` cells wide."""

    def text(self) -> str:
        """Return the picture without roles, one line a row."""
        return "\n".join("".join(span.text for span in row) for row in self.rows)


@dataclass(frozen=True, eq=False)
class Plot:
    """A picture whose lines are drawn, with what it takes to read values off it."""

    spec: ChartSpec
    """How it was drawn."""
    curves: tuple[Curve, ...]
    """The lines, smoothed if that was asked for."""
    base: Grid
    """The picture without a cursor; not to be drawn on."""
    x_scale: Scale | None = None
    """From x to cells of the plot; None where there is no plot."""
    y_scale: Scale | None = None
    """From y to cells of the plot, from the bottom."""
    left: int = 0
    """First column of the plot; its first row is 1."""

    def drawing(self, cursor: float | None = None, box: Box | None = None) -> Drawing:
        """Return the picture, with a cursor and the values there if a place on the x axis is given, and the outline of
        a rectangle."""
        if self.x_scale is None or self.y_scale is None or (cursor is None and box is None):
            return self._bare
        canvas = self.base.copy()
        if cursor is not None:
            self._draw_cursor(canvas, self.x_scale, self.y_scale, cursor)
        if box is not None:
            layout.write_box(canvas, box, self.spec.ascii_only)
        return Drawing(self.spec.width, canvas.spans())

    @cached_property
    def _bare(self) -> Drawing:
        return Drawing(self.spec.width, self.base.spans())

    def x_at(self, column: int) -> float | None:
        """Return the place on the x axis under a column of the picture, None beside the plot."""
        if self.x_scale is None or not self.left <= column < self.left + self.x_scale.dots:
            return None
        return self.x_scale.value(column - self.left)

    def inside(self, column: int, row: int) -> tuple[int, int] | None:
        """Return the cell of the plot that is nearest to one of the picture; None without a plot."""
        if self.x_scale is None or self.y_scale is None:
            return None
        return (
            min(max(column, self.left), self.left + self.x_scale.dots - 1),
            min(max(row, 1), self.y_scale.dots),
        )

    def ranges(self, box: Box) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the parts of the x and the y axis that a rectangle of cells covers, low and high; None without a
        plot."""
        if self.x_scale is None or self.y_scale is None:
            return None
        left, right, top, bottom = box
        x = self.x_scale.value(left - self.left), self.x_scale.value(right - self.left)
        rows = self.y_scale.dots
        y = self.y_scale.value(rows - bottom - 0.5), self.y_scale.value(rows - top + 0.5)
        return x, y

    def readings(self, cursor: float) -> list[Reading]:
        """Return the value of every curve at a place on the x axis."""
        return values_at(self.curves, cursor)

    def _draw_cursor(self, canvas: Grid, x_scale: Scale, y_scale: Scale, cursor: float) -> None:
        readings = self.readings(cursor)
        column = None
        if not x_scale.log or cursor > 0:
            position = x_scale.position(cursor)
            if -0.5 <= position < x_scale.dots - 0.5:
                column = self.left + round(position)
                for row in range(1, 1 + y_scale.dots):
                    if canvas.roles[row][column] == roles.GRIDLINE or canvas.cells[row][column] == " ":
                        canvas.put(row, column, "|" if self.spec.ascii_only else "│", roles.CURSOR)
                for reading in readings:
                    self._draw_point(canvas, column, y_scale, reading.y, reading.curve)
        place = self.spec.x_axis.format(cursor)
        write_readout(canvas, self.spec, place, readings, self._wider_side(column), y_scale.dots)

    def _wider_side(self, column: int | None) -> tuple[int, int]:
        """Return the first column and the width of the part of the plot beside the cursor that has more room."""
        assert self.x_scale is not None
        width = self.x_scale.dots
        if column is None:
            return self.left, width
        before = column - self.left
        if before > width - before:
            return self.left, before
        return column + 1, width - before - 1

    def _draw_point(self, canvas: Grid, column: int, y_scale: Scale, y: float, curve: Curve) -> None:
        if not np.isfinite(y) or (y_scale.log and y <= 0):
            return
        height = y_scale.position(y)
        if -0.5 <= height < y_scale.dots - 0.5:
            row = y_scale.dots - round(height)
            canvas.put(row, column, curve.glyph(self.spec.ascii_only), roles.series_role(curve.slot))
