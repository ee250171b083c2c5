"""Charts as pictures: `draw(spec, curves)` gives rows of characters with roles, ready to be styled.

plotext draws axes and lines (see `canvas`); what it has no notion of is laid over them here: faint raw lines
behind smoothed ones, glyphs along the lines and names at their ends, marks for NaN and Inf on the axis, the
cursor. Drawing the lines takes milliseconds and belongs in a thread; moving the cursor over a finished
`Plot` is cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import axes, grid, layout, roles, words
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.canvas import BRAILLE, Pen, Ticks, resolution
from tui_tracker.plotting.chart import Curve, values_at, x_extent
from tui_tracker.plotting.grid import Grid, Span, fit
from tui_tracker.plotting.reduce import Reduced, reduce
from tui_tracker.plotting.spec import ChartSpec, XAxis
from tui_tracker.plotting.strokes import last_rows, strokes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.canvas import Codes, Frame

    Floats = NDArray[np.float64]

MIN_WIDTH, MIN_HEIGHT = 20, 6
"""Below this a chart is its title and a remark."""

Y_LABEL_WIDTH = 5
"""Least width of the y labels, so that the plots of neighbouring charts line up."""

GLYPH_INTERVAL = 22
"""Cells between the glyphs along a line."""

CELLS_PER_X_TICK = 13
"""Room for one tick on the x axis."""

CELLS_PER_Y_TICK = (3, 5)
"""Room for one tick on the y axis, of low and of tall charts."""

TALL = 24
"""Rows from which a chart is tall."""

MARKS = {"nan": "×", "above": "↑", "below": "↓"}
ASCII_MARKS = {"nan": "N", "above": "^", "below": "v"}
"""What stands on the x axis for a value that has no height."""

ASCII_FRAME = {ord(box): ord(plain) for box, plain in zip("─│└┘┌┐┤├┬┴┼", "-|+++++++++", strict=True)}


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

    def drawing(self, cursor: float | None = None) -> Drawing:
        """Return the picture, with a cursor and the values there if a place on the x axis is given."""
        if cursor is None or self.x_scale is None or self.y_scale is None:
            return Drawing(self.spec.width, self.base.spans())
        canvas = self.base.copy()
        self._draw_cursor(canvas, self.x_scale, self.y_scale, cursor)
        return Drawing(self.spec.width, canvas.spans())

    def x_at(self, column: int) -> float | None:
        """Return the place on the x axis under a column of the picture, None beside the plot."""
        if self.x_scale is None or not self.left <= column < self.left + self.x_scale.dots:
            return None
        return self.x_scale.value(column - self.left)

    def _draw_cursor(self, canvas: Grid, x_scale: Scale, y_scale: Scale, cursor: float) -> None:
        readings = values_at(self.curves, cursor)
        ascii_only = self.spec.ascii_only
        if not x_scale.log or cursor > 0:
            position = x_scale.position(cursor)
            if -0.5 <= position < x_scale.dots - 0.5:
                column = self.left + round(position)
                for row in range(1, 1 + y_scale.dots):
                    if canvas.roles[row][column] == roles.GRIDLINE or canvas.cells[row][column] == " ":
                        canvas.put(row, column, "|" if ascii_only else "│", roles.CURSOR)
                for reading in readings:
                    self._draw_point(canvas, column, y_scale, reading.y, reading.curve)
        place = f"{self.spec.x_axis.format(cursor)}"
        layout.write_readout(canvas, self.spec, self.spec.height - 1, place, readings)

    def _draw_point(self, canvas: Grid, column: int, y_scale: Scale, y: float, curve: Curve) -> None:
        if not np.isfinite(y) or (y_scale.log and y <= 0):
            return
        height = y_scale.position(y)
        if -0.5 <= height < y_scale.dots - 0.5:
            row = y_scale.dots - round(height)
            canvas.put(row, column, curve.glyph(self.spec.ascii_only), roles.series_role(curve.slot))


def draw(spec: ChartSpec, curves: Sequence[Curve]) -> Drawing:
    """Draw curves; takes plotext's lock, and milliseconds: call it in a thread."""
    return plot(spec, curves).drawing(spec.cursor)


def plot(spec: ChartSpec, curves: Sequence[Curve]) -> Plot:
    """Draw the lines of a chart, leaving the cursor to `Plot.drawing`."""
    if spec.width < MIN_WIDTH or spec.height < MIN_HEIGHT:
        return _message(spec, (), "")
    x_limits = _x_limits(spec, curves)
    if x_limits is None:
        reason = "nothing to show on this axis" if _any_points(curves) else "no points yet"
        return _message(spec, tuple(curves), reason)
    x_range = x_extent(curves, spec.log_x)
    width = (x_range[1] - x_range[0]) if x_range else x_limits[1] - x_limits[0]
    smoothed = tuple(curve.smoothed(spec.smoothing, width) for curve in curves)
    return _Chart(spec, smoothed, x_limits, _y_limits(spec, smoothed, x_limits)).plot()


class _Chart:
    """One chart while it is drawn."""

    def __init__(
        self,
        spec: ChartSpec,
        curves: tuple[Curve, ...],
        x_limits: tuple[float, float],
        y_limits: tuple[float, float] | None,
    ) -> None:
        self.spec = spec
        self.curves = curves
        self.x_limits = x_limits
        self.y_limits = y_limits or (0.0, 1.0)
        self.has_heights = y_limits is not None
        self.grid = Grid(spec.width, spec.height)
        self.dropped = 0
        self.odd = {"nan": 0, "above": 0, "below": 0}
        self.ends: list[tuple[int, int, str, str]] = []

    def plot(self) -> Plot:
        """Draw everything but the cursor."""
        spec = self.spec
        margin = layout.label_width(spec, [curve.label for curve in self.curves])
        with Pen() as pen:
            frame = self._frame(pen, spec.width - margin)
            layers = [self._layers(pen, frame, curve) for curve in self.curves]
        self._compose(frame, layers)
        for curve, (_, _, reduced) in zip(self.curves, layers, strict=True):
            self._mark_values_without_height(frame, curve, reduced)
            self._mark_line(frame, curve, reduced)
        if margin:
            layout.write_labels(self._below_title(), spec, spec.width - margin, frame.height, self.ends)
        layout.write_title(self.grid, spec, self._notes())
        if not self.has_heights:
            text = fit("only NaN or Inf here", frame.width)
            column = frame.left + (frame.width - len(text)) // 2
            self.grid.write(1 + frame.height // 2, column, text, roles.NOTE)
        return Plot(
            spec,
            self.curves,
            self.grid,
            Scale(*self.x_limits, frame.width, spec.log_x),
            Scale(*self.y_limits, frame.height, spec.log_y),
            frame.left,
        )

    def _below_title(self) -> Grid:
        """Return the rows under the title as a picture that shares their cells."""
        below = Grid(0, 0)
        below.width, below.height = self.grid.width, self.grid.height - 1
        below.cells, below.roles = self.grid.cells[1:], self.grid.roles[1:]
        return below

    def _frame(self, pen: Pen, width: int) -> Frame:
        spec = self.spec
        height = spec.height - 1
        y_count = max(2, (height - 2) // CELLS_PER_Y_TICK[height >= TALL])
        y_places = axes.ticks(*self.y_limits, y_count, spec.log_y) if self.has_heights else []
        y_labels = words.format_ticks(y_places)
        label_width = min(max([Y_LABEL_WIDTH, *map(len, y_labels)]), width // 3)
        canvas_width = width - label_width - 1
        x_places, x_labels = _x_ticks(spec, self.x_limits, max(2, canvas_width // CELLS_PER_X_TICK))
        x_scale = Scale(*self.x_limits, canvas_width, spec.log_x)
        y_scale = Scale(*self.y_limits, height - 2, spec.log_y)
        return pen.frame(
            width,
            height,
            label_width,
            _placed(x_scale, x_places, x_labels),
            _placed(y_scale, y_places, y_labels),
        )

    def _scales(self, frame: Frame, marker: str) -> tuple[Scale, Scale]:
        across, up = resolution(marker)
        return (
            Scale(*self.x_limits, frame.width * across, self.spec.log_x),
            Scale(*self.y_limits, frame.height * up, self.spec.log_y),
        )

    def _marker_of(self, curve: Curve) -> str:
        return curve.glyph(ascii_only=True) if self.spec.ascii_only else BRAILLE

    def _layers(self, pen: Pen, frame: Frame, curve: Curve) -> tuple[Codes, Codes | None, Reduced]:
        """Draw a curve: its line, the raw line behind it, and what both were reduced to."""
        marker = self._marker_of(curve)
        scales = self._scales(frame, marker)
        reduced = reduce(curve.x, curve.y, *scales)
        self.dropped += reduced.dropped
        line = pen.line(frame.width, frame.height, strokes(reduced.envelope, scales[1].dots), marker)
        if curve.raw is None:
            return line, None, reduced
        raw = reduce(curve.x, curve.raw, *scales)
        raw_path = strokes(raw.envelope, scales[1].dots)
        raw_line = pen.line(frame.width, frame.height, raw_path, "." if self.spec.ascii_only else marker)
        return line, raw_line, reduced

    def _compose(self, frame: Frame, layers: Sequence[tuple[Codes, Codes | None, Reduced]]) -> None:
        """Lay frame, raw lines and lines over one another, the first curve on top."""
        self._stamp_frame(frame)
        codes = np.full((frame.height, frame.width), grid.BLANK, dtype=np.uint32)
        parts = np.zeros(codes.shape, dtype=np.uint16)
        ordered = list(zip(self.curves, layers, strict=True))[::-1]
        for curve, (_, raw, _) in ordered:
            if raw is not None:
                grid.merge(codes, parts, raw, roles.faint_role(curve.slot))
        lines = np.full_like(codes, grid.BLANK)
        line_parts = np.zeros_like(parts)
        for curve, (line, _, _) in ordered:
            grid.merge(lines, line_parts, line, roles.series_role(curve.slot))
        shown = lines != grid.BLANK
        codes[shown], parts[shown] = lines[shown], line_parts[shown]
        self.grid.stamp(1, frame.left, codes, parts)

    def _stamp_frame(self, frame: Frame) -> None:
        codes = frame.codes
        parts = np.full(codes.shape, roles.TICK, dtype=np.uint16)
        parts[: frame.height + 1, frame.left - 1] = roles.AXIS
        parts[frame.height, frame.left - 1 :] = roles.AXIS
        parts[: frame.height, frame.left :] = roles.GRIDLINE
        if self.spec.ascii_only:
            for box, plain in ASCII_FRAME.items():
                codes = np.where(codes == box, np.uint32(plain), codes)
        self.grid.stamp(1, 0, codes, parts)

    def _mark_values_without_height(self, frame: Frame, curve: Curve, reduced: Reduced) -> None:
        across, _ = resolution(self._marker_of(curve))
        marks = ASCII_MARKS if self.spec.ascii_only else MARKS
        for kind, columns in (("below", reduced.below), ("above", reduced.above), ("nan", reduced.nan)):
            self.odd[kind] += len(columns)
            for column in columns.tolist():
                cell = frame.left + column // across
                self.grid.put(1 + frame.height, cell, marks[kind], roles.series_role(curve.slot))

    def _mark_line(self, frame: Frame, curve: Curve, reduced: Reduced) -> None:
        """Set the run's glyph at its line's end and, where there are several runs, along the line."""
        across, up = resolution(self._marker_of(curve))
        heights = last_rows(reduced.envelope, frame.height * up)
        if not heights:
            return
        glyph, role = curve.glyph(self.spec.ascii_only), roles.series_role(curve.slot)
        cells = {column // across: frame.height - 1 - row // up for column, row in sorted(heights.items())}
        end = max(cells)
        if len(self.curves) > 1:
            phase = GLYPH_INTERVAL * self.curves.index(curve) // len(self.curves)
            for cell in range(GLYPH_INTERVAL // 2 + phase, end - 2, GLYPH_INTERVAL):
                if cell in cells:
                    self.grid.put(1 + cells[cell], frame.left + cell, glyph, role)
        self.grid.put(1 + cells[end], frame.left + end, glyph, role)
        self.ends.append((cells[end], curve.slot, glyph, curve.label))

    def _notes(self) -> list[str]:
        spec, names = self.spec, {"nan": "NaN", "above": "+Inf", "below": "-Inf"}
        marks = ASCII_MARKS if spec.ascii_only else MARKS
        notes = [f"{marks[kind]} {names[kind]}" for kind, count in self.odd.items() if count]
        notes += [f"{self.dropped} not > 0 hidden"] if self.dropped else []
        notes += [f"smooth {spec.smoothing:g}"] if spec.smoothing > 0 else []
        notes += ["log y"] if spec.log_y else []
        notes += ["clipped"] if spec.clip else []
        notes += ["zoom"] if spec.window else []
        return [*notes, ("log " if spec.log_x else "") + spec.x_axis.value]


def _message(spec: ChartSpec, curves: tuple[Curve, ...], message: str) -> Plot:
    canvas = Grid(spec.width, spec.height)
    layout.write_title(canvas, spec, [])
    cells = fit(message, spec.width)
    canvas.write(spec.height // 2, (spec.width - len(cells)) // 2, cells, roles.NOTE)
    return Plot(spec, curves, canvas)


def _any_points(curves: Sequence[Curve]) -> bool:
    return any(len(curve.x) for curve in curves)


def _x_limits(spec: ChartSpec, curves: Sequence[Curve]) -> tuple[float, float] | None:
    if spec.window is not None and _any_points(curves):
        low, high = sorted(spec.window)
        if not spec.log_x or low > 0:
            return axes.widen(low, high, spec.log_x)
    extent = x_extent(curves, spec.log_x)
    return None if extent is None else axes.widen(*extent, spec.log_x)


def _y_limits(
    spec: ChartSpec, curves: Sequence[Curve], x_limits: tuple[float, float]
) -> tuple[float, float] | None:
    """Return the limits of what is in view, None if that has no height."""
    low, high = x_limits
    seen = []
    for curve in curves:
        within = (curve.x >= low) & (curve.x <= high)
        for values in (curve.y, curve.raw):
            if values is not None:
                shown = values[within & np.isfinite(values)]
                seen.append(shown[shown > 0] if spec.log_y else shown)
    seen = [values for values in seen if len(values)]
    if not seen:
        return None
    ends = [axes.clipped(v) if spec.clip else (float(v.min()), float(v.max())) for v in seen]
    limits = min(end[0] for end in ends), max(end[1] for end in ends)
    return axes.pad(*axes.widen(*limits, spec.log_y), spec.log_y)


def _x_ticks(spec: ChartSpec, limits: tuple[float, float], count: int) -> tuple[list[float], list[str]]:
    low, high = limits
    if spec.log_x or spec.x_axis is XAxis.STEP:
        places = axes.ticks(low, high, count, spec.log_x)
        return places, words.format_ticks(places)
    if spec.x_axis is XAxis.RELATIVE:
        places = axes.duration_ticks(low, high, count)
        return places, [words.format_duration(place) for place in places]
    places = axes.wall_ticks(low, high, count)
    return places, [words.format_wall(place, high - low) for place in places]


def _placed(scale: Scale, places: Sequence[float], labels: Sequence[str]) -> Ticks:
    """Return ticks in cells of the canvas: the middle of the cell that holds the place."""
    return [
        (round(scale.position(place)) + 0.5, label)
        for place, label in zip(places, labels, strict=True)
        if -0.5 <= scale.position(place) <= scale.dots - 0.5
    ]
