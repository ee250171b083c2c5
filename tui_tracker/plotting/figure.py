"""Charts as pictures: `draw(spec, curves)` gives rows of characters with roles, ready to be styled.

plotext draws the axes (see `canvas`), `layers` the lines; here they are put together, with glyphs along the lines and
names at their ends, marks for NaN and Inf on the axis, and the title. Drawing takes milliseconds and belongs in a
thread; moving the cursor over a finished `Plot` is cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import axes, canvas, layout, limits, roles, words
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.chart import Curve, x_extent
from tui_tracker.plotting.exact import opened_at_ends
from tui_tracker.plotting.grid import Grid, fit
from tui_tracker.plotting.layers import Layer, Layers
from tui_tracker.plotting.plot import Drawing, Plot
from tui_tracker.plotting.raster import last_rows
from tui_tracker.plotting.spec import ChartSpec, XAxis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.canvas import Frame, Ticks

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


def draw(spec: ChartSpec, curves: Sequence[Curve]) -> Drawing:
    """Draw curves; takes plotext's lock, and milliseconds: call it in a thread."""
    return plot(spec, curves).drawing(spec.cursor)


def plot(spec: ChartSpec, curves: Sequence[Curve]) -> Plot:
    """Draw the lines of a chart, leaving the cursor to `Plot.drawing`."""
    if spec.width < MIN_WIDTH or spec.height < MIN_HEIGHT:
        return _message(spec, (), "")
    x_limits = limits.x_limits(spec, curves)
    if x_limits is None:
        reason = "nothing to show on this axis" if any(len(c.x) for c in curves) else "no points yet"
        return _message(spec, tuple(curves), reason)
    if spec.window is not None:
        curves = [opened_at_ends(curve, x_limits) for curve in curves]
    x_range = x_extent(curves, spec.log_x)
    width = (x_range[1] - x_range[0]) if x_range else x_limits[1] - x_limits[0]
    smoothed = tuple(curve.smoothed(spec.smoothing, width) for curve in curves)
    return _Chart(spec, smoothed, x_limits, limits.y_limits(spec, smoothed, x_limits)).plot()


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
        self.y_limits = y_limits or ((1.0, 10.0) if spec.log_y else (0.0, 1.0))
        self.has_heights = y_limits is not None
        self.grid = Grid(spec.width, spec.height)
        self.odd = {"nan": 0, "above": 0, "below": 0}
        self.ends: list[tuple[int, int, str, str]] = []

    def plot(self) -> Plot:
        """Draw everything but the cursor."""
        spec = self.spec
        margin = layout.label_width(spec, [curve.label for curve in self.curves])
        frame = self._frame(spec.width - margin)
        drawer = Layers(spec, self.x_limits, self.y_limits, frame.width, frame.height)
        self.curves = tuple(drawer.exact(curve) for curve in self.curves)
        layers = [drawer.draw(curve) for curve in self.curves]
        self._lay(frame, *drawer.merged(layers))
        for layer in layers:
            self._mark_values_without_height(frame, drawer, layer)
            self._mark_line(frame, drawer, layer)
        if margin:
            layout.write_labels(self.grid.below(1), spec, spec.width - margin, frame.height, self.ends)
        dropped = sum(layer.reduced.dropped for layer in layers)
        layout.write_title(self.grid, spec, self._notes(dropped))
        if not self.has_heights:
            text = fit("nothing > 0 here" if spec.log_y else "only NaN or Inf here", frame.width)
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

    def _frame(self, width: int) -> Frame:
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
        return canvas.frame(
            width,
            height,
            label_width,
            _placed(x_scale, x_places, x_labels),
            _placed(y_scale, y_places, y_labels),
            spec.ascii_only,
        )

    def _lay(self, frame: Frame, codes: NDArray[np.uint32], parts: NDArray[np.uint16]) -> None:
        """Put the lines into their frame, and both on the picture."""
        drawn = frame.codes.copy()
        drawn_parts = np.full(drawn.shape, roles.TICK, dtype=np.uint16)
        drawn_parts[: frame.height + 1, frame.left - 1] = roles.AXIS
        drawn_parts[frame.height, frame.left - 1 :] = roles.AXIS
        drawn[: frame.height, frame.left :] = codes
        drawn_parts[: frame.height, frame.left :] = parts
        self.grid.lay(1, 0, drawn, drawn_parts)

    def _mark_values_without_height(self, frame: Frame, drawer: Layers, layer: Layer) -> None:
        marks = ASCII_MARKS if self.spec.ascii_only else MARKS
        reduced, role = layer.reduced, roles.series_role(layer.curve.slot)
        for kind, columns in (("below", reduced.below), ("above", reduced.above), ("nan", reduced.nan)):
            self.odd[kind] += len(columns)
            for column in columns.tolist():
                self.grid.put(1 + frame.height, frame.left + column // drawer.across, marks[kind], role)

    def _mark_line(self, frame: Frame, drawer: Layers, layer: Layer) -> None:
        """Set the run's glyph at its line's end and, where there are several runs, along the line."""
        curve = layer.curve
        heights = last_rows(layer.reduced.envelope, frame.height * drawer.up)
        if not heights:
            return
        glyph, role = curve.glyph(self.spec.ascii_only), roles.series_role(curve.slot)
        cells = {
            column // drawer.across: frame.height - 1 - row // drawer.up for column, row in heights.items()
        }
        end = max(cells)
        if len(self.curves) > 1:
            phase = GLYPH_INTERVAL * self.curves.index(curve) // len(self.curves)
            for cell in range(GLYPH_INTERVAL // 2 + phase, end - 2, GLYPH_INTERVAL):
                if cell in cells:
                    self.grid.put(1 + cells[cell], frame.left + cell, glyph, role)
        self.grid.put(1 + cells[end], frame.left + end, glyph, role)
        self.ends.append((cells[end], curve.slot, glyph, curve.label))

    def _notes(self, dropped: int) -> list[str]:
        """Remarks for the title row, those that explain what is seen before those that say how it was asked for."""
        spec, names = self.spec, {"nan": "NaN", "above": "+Inf", "below": "-Inf"}
        marks = ASCII_MARKS if spec.ascii_only else MARKS
        notes = [f"{marks[kind]} {names[kind]}" for kind, count in self.odd.items() if count]
        # Nobody counted them within the blocks of an outline.
        counted = all(curve.blocks is None for curve in self.curves)
        notes += [f"{dropped if counted else 'some'} not > 0 hidden"] if dropped else []
        if any(curve.band is not None for curve in self.curves):
            notes += [f"mean {spec.spread.ascii if spec.ascii_only else spec.spread.value}"]
        notes += [f"smooth {spec.smoothing:g}"] if spec.smoothing > 0 else []
        notes += ["log y"] if spec.log_y else []
        notes += ["clipped"] if spec.clip else []
        notes += ["y set"] if spec.y_window else []
        notes += ["locked" if spec.locked else "zoom"] if spec.window else []
        return [*notes, ("log " if spec.log_x else "") + "".join(fit(spec.x_name, 30, spec.ascii_only))]


def _message(spec: ChartSpec, curves: tuple[Curve, ...], message: str) -> Plot:
    picture = Grid(spec.width, spec.height)
    layout.write_title(picture, spec, [])
    cells = fit(message, spec.width)
    picture.write(spec.height // 2, (spec.width - len(cells)) // 2, cells, roles.NOTE)
    return Plot(spec, curves, picture)


def _x_ticks(spec: ChartSpec, ends: tuple[float, float], count: int) -> tuple[list[float], list[str]]:
    low, high = ends
    if spec.log_x or spec.x_axis in (XAxis.STEP, XAxis.METRIC):
        places = axes.ticks(low, high, count, spec.log_x)
        return places, words.format_ticks(places)
    if spec.x_axis is XAxis.RELATIVE:
        places = axes.duration_ticks(low, high, count)
        return places, words.format_durations(places)
    places = axes.wall_ticks(low, high, count)
    return places, words.format_walls(places, high - low)


def _placed(scale: Scale, places: Sequence[float], labels: Sequence[str]) -> Ticks:
    """Return ticks in cells of the canvas: the middle of the cell that holds the place."""
    return tuple(
        (round(scale.position(place)) + 0.5, label)
        for place, label in zip(places, labels, strict=True)
        if -0.5 <= scale.position(place) <= scale.dots - 0.5
    )
