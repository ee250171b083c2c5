"""Which part of the plane a chart shows: the ends of its axes, from the curves and from what a person has set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import axes
from tui_tracker.plotting.chart import Curve, x_extent
from tui_tracker.plotting.spec import ChartSpec, closed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def x_limits(spec: ChartSpec, curves: Sequence[Curve]) -> tuple[float, float] | None:
    """Return the ends of the x axis, None where there is nothing to show on it."""
    extent = x_extent(curves, spec.log_x)
    if spec.window is not None and any(len(curve.x) for curve in curves):
        low, high = sorted(closed(spec.window, extent or (0.0, 1.0)))
        if not spec.log_x or low > 0:
            return axes.widen(low, high, spec.log_x)
    return None if extent is None else axes.widen(*extent, spec.log_x)


def y_limits(
    spec: ChartSpec, curves: Sequence[Curve], shown: tuple[float, float]
) -> tuple[float, float] | None:
    """Return the ends of the y axis for the part of x in view, None if that has no height.

    An end that was set stays where it was put; the other follows the values, with a margin.
    """
    natural = _natural(spec, curves, shown)
    low, high = spec.y_window or (-math.inf, math.inf)
    if spec.log_y and low <= 0:
        low = -math.inf
    if spec.log_y and high <= 0:
        high = math.inf
    if math.isfinite(low) and math.isfinite(high):
        return axes.widen(min(low, high), max(low, high), spec.log_y)
    if natural is None:
        return None
    padded = axes.pad(*axes.widen(*natural, spec.log_y), spec.log_y)
    low = low if math.isfinite(low) else padded[0]
    high = high if math.isfinite(high) else padded[1]
    return axes.widen(min(low, high), max(low, high), spec.log_y)


def _natural(
    spec: ChartSpec, curves: Sequence[Curve], shown: tuple[float, float]
) -> tuple[float, float] | None:
    low, high = shown
    ends = []
    for curve in curves:
        whole = spec.window is None
        within = None if whole else (curve.x >= low) & (curve.x <= high)
        for values in curve.heights():
            seen = _finite(values if within is None else values[within], spec.log_y)
            if len(seen):
                ends.append(axes.clipped(seen) if spec.clip else (float(np.min(seen)), float(np.max(seen))))
    if not ends:
        return None
    return min(end[0] for end in ends), max(end[1] for end in ends)


def _finite(values: Floats, positive: bool) -> Floats:
    shown = np.isfinite(values)
    if positive:
        shown &= values > 0
    return values if shown.all() else values[shown]
