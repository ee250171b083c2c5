"""The lines of a chart as layers of characters: bands under raw lines under lines, the first run on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import grid, raster, roles
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.chart import Curve
from tui_tracker.plotting.exact import opened_in_columns
from tui_tracker.plotting.reduce import Reduced, reduce
from tui_tracker.plotting.spec import ChartSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Parts = NDArray[np.uint16]
    Floats = NDArray[np.float64]

RAW_MARKER = "."
BAND_MARKER = ":"
"""What raw lines and bands are made of where there is only ASCII."""


@dataclass(frozen=True)
class Layer:
    """One curve, drawn."""

    curve: Curve
    """Whose line it is."""
    line: Codes
    """Its line."""
    faint: Codes | None
    """What lies behind all lines: its raw line or its band."""
    reduced: Reduced
    """What the line was reduced to."""


class Layers:
    """Draws the curves of one chart on a canvas of cells."""

    def __init__(
        self,
        spec: ChartSpec,
        x_limits: tuple[float, float],
        y_limits: tuple[float, float],
        width: int,
        height: int,
    ) -> None:
        self._spec = spec
        self._width, self._height = width, height
        self.across, self.up = raster.resolution(self._marker(None))
        self._x_scale = Scale(*x_limits, width * self.across, spec.log_x)
        self._y_scale = Scale(*y_limits, height * self.up, spec.log_y)

    def exact(self, curve: Curve) -> Curve:
        """Return a curve with all points that decide what is drawn of it."""
        return opened_in_columns(curve, self._x_scale, self._y_scale)

    def draw(self, curve: Curve) -> Layer:
        """Draw one curve."""
        marker = self._marker(curve)
        reduced = self._reduce(curve, curve.y)
        dots = self._dots(reduced)
        line = raster.characters(raster.dashed(dots) if curve.dashed else dots, marker)
        return Layer(curve, line, self._faint(curve, marker), reduced)

    def merged(self, layers: Sequence[Layer]) -> tuple[Codes, Parts]:
        """Lay all over one another: character codes and roles, height x width of the canvas."""
        codes = np.full((self._height, self._width), grid.BLANK, dtype=np.uint32)
        parts = np.zeros(codes.shape, dtype=np.uint16)
        for layer in reversed(layers):
            if layer.faint is not None:
                grid.merge(codes, parts, layer.faint, roles.faint_role(layer.curve.slot))
        lines = np.full_like(codes, grid.BLANK)
        line_parts = np.zeros_like(parts)
        for layer in reversed(layers):
            grid.merge(lines, line_parts, layer.line, roles.series_role(layer.curve.slot))
        shown = lines != grid.BLANK
        codes[shown], parts[shown] = lines[shown], line_parts[shown]
        return codes, parts

    def _marker(self, curve: Curve | None) -> str:
        if not self._spec.ascii_only:
            return raster.BRAILLE
        return curve.glyph(ascii_only=True) if curve is not None else RAW_MARKER

    def _reduce(self, curve: Curve, heights: Floats) -> Reduced:
        return reduce(curve.x, heights, self._x_scale, self._y_scale)

    def _dots(self, reduced: Reduced) -> NDArray[np.bool_]:
        return raster.dots_of(reduced.envelope, self._x_scale.dots, self._y_scale.dots)

    def _faint(self, curve: Curve, marker: str) -> Codes | None:
        plain = self._spec.ascii_only
        if curve.band is not None:
            return raster.characters(self._band(*curve.band, curve), BAND_MARKER if plain else marker)
        if curve.raw is None:
            return None
        return raster.characters(self._dots(self._reduce(curve, curve.raw)), RAW_MARKER if plain else marker)

    def _band(self, low: Floats, high: Floats, curve: Curve) -> NDArray[np.bool_]:
        """A pattern between the outer lines of a band; on a logarithmic axis, where the low is not > 0, to its end."""
        if self._spec.log_y:
            low = np.where(low > 0, low, self._y_scale.low)
        below, above = self._reduce(curve, low).envelope, self._reduce(curve, high).envelope
        if not len(below.column) or not len(above.column):
            return np.zeros((self._y_scale.dots, self._x_scale.dots), dtype=np.bool_)
        columns = np.arange(
            max(below.column[0], above.column[0]), min(below.column[-1], above.column[-1]) + 1
        )
        floor = np.interp(columns, below.column, below.low)
        ceiling = np.interp(columns, above.column, above.high)
        return raster.band_dots(columns, floor, ceiling, self._x_scale.dots, self._y_scale.dots)
