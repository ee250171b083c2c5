"""How charts are looked at: the x axis, scales, smoothing and the part in view, as values that can be
compared.

Imports nothing heavy, so that a widget can hold these before numpy is loaded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from tui_tracker.plotting.words import format_duration, format_number, format_wall


class XAxis(Enum):
    """What runs along the x axis."""

    STEP = "step"
    """The step a value was logged with."""
    RELATIVE = "time since start"
    """Seconds since the run started."""
    WALL = "clock time"
    """Epoch seconds, shown as local time."""
    METRIC = "metric"
    """Another metric of the same run: the value it had at a step."""

    def next(self) -> XAxis:
        """Return the axis after this one, the first after the last and after a metric."""
        axes = [axis for axis in XAxis if axis is not XAxis.METRIC]
        return axes[0] if self is XAxis.METRIC else axes[(axes.index(self) + 1) % len(axes)]

    def format(self, x: float) -> str:
        """Return one place on this axis as text, exact enough to name a point."""
        if self is XAxis.STEP:
            return format_step(x)
        if self is XAxis.METRIC:
            return format_number(x, 6)
        return format_duration(x) if self is XAxis.RELATIVE else format_wall(x, span=0.0)


def format_step(step: float) -> str:
    """Return a step as text, in full where that is short."""
    return str(int(step)) if abs(step) < 1e9 and step == int(step) else format_number(step, 6)


class Spread(Enum):
    """What the band around the mean of a group shows."""

    DEVIATION = "± std"
    """One standard deviation on both sides."""
    EXTREMES = "min-max"
    """From the lowest run to the highest."""

    @property
    def ascii(self) -> str:
        """What it is called where there is only ASCII."""
        return self.value.replace("±", "+-")


SMOOTHING_STEPS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
"""What smoothing goes through: finer where a little more makes a difference."""

SMALLEST_WINDOW = 1e-9
"""Share of the whole axis below which zooming in ends."""


@dataclass(frozen=True)
class View:
    """How all charts of a grid are looked at."""

    x_axis: XAxis = XAxis.STEP
    """What runs along the x axis."""
    x_metric: str = ""
    """The metric along it, if it is one: its name as titles of charts give it."""
    log_x: bool = False
    """Whether x is logarithmic."""
    log_y: bool = False
    """Whether y is logarithmic."""
    smoothing: float = 0.0
    """0 (as logged) to below 1; the raw line stays faint behind the smoothed one."""
    window: tuple[float, float] | None = None
    """The part of the x axis to show, low and high, infinite for an end that follows the points; None for all."""
    locked: bool = False
    """Whether limits that were set outlast a reset."""
    clip: bool = False
    """Whether the y axis leaves out outliers."""
    labels: bool = True
    """Whether run names stand at the ends of the lines."""
    ascii_only: bool = False
    """Whether only ASCII characters are drawn."""
    cursor: float | None = None
    """Where on the x axis values are read off; None for nowhere."""
    spread: Spread = Spread.DEVIATION
    """What the bands of groups show."""

    def chart(
        self,
        title: str,
        width: int = 0,
        height: int = 0,
        *,
        y_window: tuple[float, float] | None = None,
        detailed: bool = False,
    ) -> ChartSpec:
        """Return how one chart is drawn in this view."""
        return ChartSpec(
            **vars(self), title=title, width=width, height=height, y_window=y_window, detailed=detailed
        )

    @property
    def x_name(self) -> str:
        """What runs along the x axis, by name."""
        return self.x_metric if self.x_axis is XAxis.METRIC else self.x_axis.value

    def with_axis(self, axis: XAxis, metric: str = "") -> View:
        """Return this view along another x axis, all of it: windows and cursors are places on one axis
        only."""
        return replace(self, x_axis=axis, x_metric=metric, window=None, cursor=None)

    def smoother(self, steps: int) -> View:
        """Return this view smoothed more (or less, if negative), by steps of `SMOOTHING_STEPS`."""
        nearest = min(range(len(SMOOTHING_STEPS)), key=lambda i: abs(SMOOTHING_STEPS[i] - self.smoothing))
        index = min(max(nearest + steps, 0), len(SMOOTHING_STEPS) - 1)
        return replace(self, smoothing=SMOOTHING_STEPS[index])

    def zoomed(self, factor: float, around: float, whole: tuple[float, float]) -> View:
        """Return this view with the window narrowed by `factor` (widened below 1) around a place.

        `whole` are the ends of the axis with everything in it; a window that wide is no window.
        """
        low, high = self._measured(*closed(self.window, whole))
        start, end = self._measured(*whole)
        (centre,) = self._measured(around)
        share = 0.5 if high <= low else min(max((centre - low) / (high - low), 0.0), 1.0)
        width = max((high - low) / factor, (end - start) * SMALLEST_WINDOW)
        if width >= end - start:
            return replace(self, window=None)
        return self._with_window(centre - width * share, width, start, end)

    def panned(self, share: float, whole: tuple[float, float]) -> View:
        """Return this view with the window moved by a share of its width, not beyond the ends of the axis."""
        if self.window is None:
            return self
        low, high = self._measured(*closed(self.window, whole))
        return self._with_window(low + (high - low) * share, high - low, *self._measured(*whole))

    def _with_window(self, low: float, width: float, start: float, end: float) -> View:
        low = min(max(low, start), max(end - width, start))
        ends = (low, low + width)
        return replace(self, window=(10 ** ends[0], 10 ** ends[1]) if self.log_x else ends)

    def _measured(self, *places: float) -> tuple[float, ...]:
        """Return places in the measure of the axis: their exponents if it is logarithmic."""
        return tuple(math.log10(max(p, 1e-300)) for p in places) if self.log_x else places


def closed(window: tuple[float, float] | None, whole: tuple[float, float]) -> tuple[float, float]:
    """Return a window with ends where it has none: those of the whole."""
    low, high = window or whole
    return (low if math.isfinite(low) else whole[0], high if math.isfinite(high) else whole[1])


@dataclass(frozen=True, kw_only=True)
class ChartSpec(View):
    """How one chart is drawn; equal specifications of equal curves give equal pictures."""

    title: str
    """What is measured: one line of plain text."""
    width: int
    """Width in cells."""
    height: int
    """Height in cells."""
    y_window: tuple[float, float] | None = None
    """The part of the y axis to show, likewise."""
    detailed: bool = False
    """Whether values are read off with all there is to say: as logged and smoothed, step and time."""
