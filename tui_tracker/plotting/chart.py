"""What a chart shows: the curves of its runs and how the axes are laid, as values that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting import palette
from tui_tracker.plotting.smooth import smooth
from tui_tracker.plotting.spec import XAxis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


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
    levels: Floats | None = None
    """Where only the points are here that decide how the curve looks: the mean of all those that each of them stands
    for. None where all are here."""

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

    def _fingerprint(self) -> tuple[object, ...]:
        ends = b"".join(array[-1:].tobytes() for array in (self.steps, self.times_ms, self.values))
        # Of a curve in outline other points are chosen when it is looked at elsewhere.
        chosen = None if self.levels is None else int(self.steps.sum())
        return self.run_key, self.run_label, self.started, len(self.values), ends, chosen


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
    levels: Floats | None = None
    """What smoothing and means are made of where not all points are here, of y's length; None for y itself."""

    def glyph(self, ascii_only: bool = False) -> str:
        """Return the character that marks this run."""
        return palette.glyph(self.slot, ascii_only)

    def smoothed(self, smoothing: float, x_range: float | None = None) -> Curve:
        """Return this curve smoothed, with the line as logged kept in `raw`; itself where nothing is to
        smooth."""
        if smoothing <= 0 or len(self.y) < 3:
            return self
        levels = self.y if self.levels is None else self.levels
        return replace(self, y=smooth(self.x, levels, smoothing, x_range), raw=self.y)


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
    return [
        Curve(m.run_key, m.run_label, m.x(axis), m.values, slots.get(m.run_key, 0), levels=m.levels)
        for m in history
    ]


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


@dataclass(frozen=True, eq=False)
class ChartData:
    """What one chart of a grid shows."""

    title: str
    """The metric's name, which identifies the chart: one line of plain text."""
    curves: tuple[MetricCurve, ...]
    """One curve for each run that logged the metric."""


def snap(curves: Sequence[Curve], x: float, away_from: float | None = None) -> float:
    """Return the place of a point that is nearest to x; x itself without points.

    If that is `away_from`, the place of the next point beyond it in the direction of x, so that a cursor
    that moves by less than the distance between points still moves.
    """
    near = [reading.x for reading in values_at(curves, x)]
    if not near:
        return x
    place = min(near, key=lambda candidate: abs(candidate - x))
    if away_from is None or place != away_from or x == away_from:
        return place
    beyond = [
        float(places.min() if x > away_from else places.max()) for places in _beyond(curves, x, away_from)
    ]
    if not beyond:
        return place
    return min(beyond) if x > away_from else max(beyond)


def _beyond(curves: Sequence[Curve], x: float, origin: float) -> list[Floats]:
    chosen = [curve.x[(curve.x > origin) if x > origin else (curve.x < origin)] for curve in curves]
    finite = [places[np.isfinite(places)] for places in chosen]
    return [places for places in finite if len(places)]


def x_extent(curves: Iterable[Curve], positive: bool = False) -> tuple[float, float] | None:
    """Return the lowest and highest place of all points (the positive ones, if asked), None without any."""
    ends: list[float] = []
    for curve in curves:
        usable = curve.x[np.isfinite(curve.x) & ((curve.x > 0) | (not positive))]
        if len(usable):
            ends += [float(usable.min()), float(usable.max())]
    return (min(ends), max(ends)) if ends else None
