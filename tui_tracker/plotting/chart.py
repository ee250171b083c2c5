"""What a chart shows: the curves of its runs and how the axes are laid, as values that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import palette
from tui_tracker.plotting.axes import format_duration, format_number, format_wall
from tui_tracker.plotting.smooth import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class XAxis(Enum):
    """What runs along the x axis."""

    STEP = "step"
    """The step a value was logged with."""
    RELATIVE = "time since start"
    """Seconds since the run started."""
    WALL = "clock time"
    """Epoch seconds, shown as local time."""

    def next(self) -> XAxis:
        """Return the axis after this one, the first after the last."""
        axes = list(XAxis)
        return axes[(axes.index(self) + 1) % len(axes)]

    def format(self, x: float) -> str:
        """Return one place on this axis as text, exact enough to name a point."""
        if self is XAxis.STEP:
            return str(int(x)) if x == int(x) and abs(x) < 1e9 else format_number(x, 6)
        return format_duration(x) if self is XAxis.RELATIVE else format_wall(x, span=0.0)


@dataclass(frozen=True, eq=False)
class MetricCurve:
    """The history of one metric of one run, in order of arrival; three arrays of equal length."""

    run_key: str
    """What identifies the run."""
    run_label: str
    """What the run is called: one line of plain text without control characters."""
    steps: Ints
    """Steps; may repeat, go back or be irregular."""
    times_ms: Ints
    """Epoch milliseconds."""
    values: Floats
    """Values, NaN and infinities included."""
    started: float
    """When the run started, epoch seconds."""

    def x(self, axis: XAxis) -> Floats:
        """Return the places of the values on an axis, float64, in the axis' unit."""
        if axis is XAxis.STEP:
            return self.steps.astype(np.float64)
        seconds = self.times_ms.astype(np.float64) / 1000
        return seconds - self.started if axis is XAxis.RELATIVE else seconds

    def same_as(self, other: MetricCurve) -> bool:
        """Whether both hold the same run and points, told from the lengths and the ends of the arrays.

        A history only grows, so equal lengths and equal last points mean equal histories.
        """
        if self is other:
            return True
        return self._fingerprint() == other._fingerprint()

    def _fingerprint(self) -> tuple[str, str, float, int, bytes]:
        ends = b"".join(array[-1:].tobytes() for array in (self.steps, self.times_ms, self.values))
        return self.run_key, self.run_label, self.started, len(self.values), ends


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of a chart; x and y are float64 of equal length, in order of arrival."""

    key: str
    """What identifies the run."""
    label: str
    """What the run is called: one line of plain text."""
    x: Floats
    """Places on the x axis, in its unit."""
    y: Floats
    """Values, smoothed if `raw` is there."""
    slot: int = 0
    """The run's place in the palette, which gives its colour and glyph."""
    raw: Floats | None = None
    """The values before smoothing, of y's length; None where y is as logged."""

    def glyph(self, ascii_only: bool = False) -> str:
        """Return the character that marks this run."""
        return palette.glyph(self.slot, ascii_only)

    def smoothed(self, smoothing: float, x_range: float | None = None) -> Curve:
        """Return this curve smoothed, with the line as logged kept in `raw`; itself where nothing is to
        smooth."""
        if smoothing <= 0 or len(self.y) < 3:
            return self
        return replace(self, y=smooth(self.x, self.y, smoothing, x_range), raw=self.y)


@dataclass(frozen=True)
class ChartSpec:
    """How a chart is drawn; equal specifications of equal curves give equal pictures."""

    title: str
    """What is measured: one line of plain text."""
    width: int
    """Width in cells."""
    height: int
    """Height in cells."""
    x_axis: XAxis = XAxis.STEP
    """What runs along the x axis."""
    log_x: bool = False
    """Whether x is logarithmic."""
    log_y: bool = False
    """Whether y is logarithmic."""
    smoothing: float = 0.0
    """0 (as logged) to below 1; the raw line stays faint behind the smoothed one."""
    window: tuple[float, float] | None = None
    """The part of the x axis to show, low and high; None for all of it."""
    clip: bool = False
    """Whether the y axis leaves out outliers."""
    labels: bool = True
    """Whether run names stand at the ends of the lines."""
    ascii_only: bool = False
    """Whether only ASCII characters are drawn."""
    cursor: float | None = None
    """Where on the x axis values are read off; None for nowhere."""


@dataclass(frozen=True)
class Reading:
    """The point of a curve that is nearest to a place on the x axis."""

    curve: Curve
    """Whose point it is."""
    x: float
    """The point's place."""
    y: float
    """The value of the line drawn there, smoothed if the curve is."""
    raw: float
    """The value as logged."""


def curves_of(history: Iterable[MetricCurve], axis: XAxis, slots: Mapping[str, int]) -> list[Curve]:
    """Return the lines of a chart along an axis, coloured by the slots of their runs."""
    return [Curve(m.run_key, m.run_label, m.x(axis), m.values, slots.get(m.run_key, 0)) for m in history]


def values_at(curves: Iterable[Curve], x: float) -> list[Reading]:
    """Return each curve's point nearest to x, the latest of several at one place; curves without points give
    none."""
    readings = []
    for curve in curves:
        if not len(curve.x):
            continue
        distance = np.abs(curve.x - x)[::-1]
        if np.isnan(distance).all():
            continue
        index = len(distance) - 1 - int(np.nanargmin(distance))
        raw = curve.y if curve.raw is None else curve.raw
        readings.append(Reading(curve, float(curve.x[index]), float(curve.y[index]), float(raw[index])))
    return readings
