"""What a chart shows: the curves of its runs and how the axes are laid, as values that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.model.growing import History
from tui_tracker.plotting import palette
from tui_tracker.plotting.smooth import smooth
from tui_tracker.plotting.spec import XAxis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.model.blocks import Blocks

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
    blocks: Blocks | None = None
    """Where only some points are here, the way to the others."""
    across: MetricCurve | None = None
    """The history of the run's metric that may run along the x axis."""
    variant: str = ""
    """Which of several histories of the run in one chart this is, such as `val`; one line of plain text."""
    dashed: bool = False
    """Whether the line is dashed, to tell it from others of the run."""

    def x(self, axis: XAxis) -> Floats:
        """Return the places of the values on an axis, float64, in the axis' unit; NaN for those without one."""
        if axis is XAxis.METRIC:
            return self._places_on_metric()
        if axis is XAxis.STEP:
            return self.steps.astype(np.float64)
        seconds = self.times_ms.astype(np.float64) / 1000
        return seconds - self.started if axis is XAxis.RELATIVE else seconds

    def _places_on_metric(self) -> Floats:
        """The latest value that the other metric had been given at each step, or before it."""
        places: Floats = np.full(len(self.steps), np.nan)
        if self.across is None or not len(self.across.steps):
            return places
        # Stable: of several values at one step the one logged last comes last, and is the one that counts.
        order = np.argsort(self.across.steps, kind="stable")
        found = np.searchsorted(self.across.steps[order], self.steps, side="right") - 1
        known = found >= 0
        places[known] = self.across.values[order][found[known]]
        return places

    def opened(self, chosen: Ints) -> MetricCurve:
        """Return the history with all points of some blocks. Raises StoreError."""
        whole = History(self.steps, self.times_ms, self.values, self.levels, self.blocks).opened(chosen)
        return replace(
            self,
            steps=whole.steps,
            times_ms=whole.times_ms,
            values=whole.values,
            levels=whole.levels,
            blocks=whole.blocks,
        )

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
        across = self.across._fingerprint() if self.across is not None else None
        named = self.run_key, self.run_label, self.variant, self.dashed
        return *named, self.started, len(self.values), ends, chosen, across


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
    band: tuple[Floats, Floats] | None = None
    """Lowest and highest value of the band around the line, of y's length; None for a line of its own."""
    dashed: bool = False
    """Whether the line is dashed."""
    steps: Ints | None = None
    """The steps of the points, of y's length, where they are known."""
    times_ms: Ints | None = None
    """Epoch milliseconds of the points, likewise."""
    started: float = 0.0
    """When the run started, epoch seconds."""
    blocks: Blocks | None = None
    """Where only some points are here, which of them are of one block, as long as x goes on within blocks."""
    opened: Callable[[Ints], Curve] | None = None
    """Gives this curve with all points of some blocks; raises StoreError."""

    def heights(self) -> list[Floats]:
        """Return everything that has to find room along the y axis."""
        raw = [] if self.raw is None or self.band is not None else [self.raw]
        return [self.y, *raw, *(self.band or ())]

    @cached_property
    def in_order(self) -> bool:
        """Whether x never goes back and is a number everywhere."""
        return bool(len(self.x) == 0 or (np.isfinite(self.x[0]) and (np.diff(self.x) >= 0).all()))

    def glyph(self, ascii_only: bool = False) -> str:
        """Return the character that marks this run."""
        return palette.glyph(self.slot, ascii_only)

    def smoothed(self, smoothing: float, x_range: float | None = None) -> Curve:
        """Return this curve smoothed, with the line as logged kept in `raw`; itself where nothing is to
        smooth."""
        if smoothing <= 0 or len(self.y) < 3:
            return self
        band = self.band
        if band is not None:
            band = (smooth(self.x, band[0], smoothing, x_range), smooth(self.x, band[1], smoothing, x_range))
        levels = self.y if self.levels is None else self.levels
        opened = self.opened
        return replace(
            self,
            y=smooth(self.x, levels, smoothing, x_range),
            raw=self.y,
            band=band,
            opened=None if opened is None else lambda chosen: opened(chosen).smoothed(smoothing, x_range),
        )


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
    step: float | None = None
    """The step it was logged with, where that is known."""
    time: float | None = None
    """Seconds after the run's start at which it was logged, likewise."""
    band: tuple[float, float] | None = None
    """The ends of the band there, if the curve has one."""


def curves_of(history: Iterable[MetricCurve], axis: XAxis, slots: Mapping[str, int]) -> list[Curve]:
    """Return the lines of a chart along an axis, coloured by the slots of their runs."""
    return [_curve_of(m, axis, slots.get(m.run_key, 0)) for m in history]


def _curve_of(m: MetricCurve, axis: XAxis, slot: int) -> Curve:
    # Along another metric a block may lie anywhere.
    is_ordered = axis is not XAxis.METRIC and m.blocks is not None
    return Curve(
        m.run_key,
        f"{m.run_label} {m.variant}" if m.variant else m.run_label,
        m.x(axis),
        m.values,
        slot,
        levels=m.levels,
        dashed=m.dashed,
        steps=m.steps,
        times_ms=m.times_ms,
        started=m.started,
        blocks=m.blocks if is_ordered else None,
        opened=(lambda chosen: _curve_of(m.opened(chosen), axis, slot)) if is_ordered else None,
    )


def values_at(curves: Iterable[Curve], x: float) -> list[Reading]:
    """Return each curve's point nearest to x, the latest of several at one place; curves without points give
    none."""
    found = ((curve, _nearest(curve, x)) for curve in curves)
    return [_reading(curve, index) for curve, index in found if index is not None]


def _nearest(curve: Curve, x: float) -> int | None:
    """Return which point is nearest to x: found by halving where x is in order, however many there are."""
    places = curve.x
    if not len(places):
        return None
    if curve.in_order:
        after = int(np.searchsorted(places, x, side="right"))
        if after == 0 or (after < len(places) and places[after] - x < x - places[after - 1]):
            return int(np.searchsorted(places, places[after], side="right")) - 1
        return after - 1
    distance = np.abs(places - x)[::-1]
    return None if np.isnan(distance).all() else len(distance) - 1 - int(np.nanargmin(distance))


def _reading(curve: Curve, index: int) -> Reading:
    raw = curve.y if curve.raw is None else curve.raw
    return Reading(
        curve,
        float(curve.x[index]),
        float(curve.y[index]),
        float(raw[index]),
        None if curve.steps is None else float(curve.steps[index]),
        None if curve.times_ms is None else float(curve.times_ms[index]) / 1000 - curve.started,
        None if curve.band is None else (float(curve.band[0][index]), float(curve.band[1][index])),
    )


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
        float(np.min(places) if x > away_from else np.max(places)) for places in _beyond(curves, x, away_from)
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
        if curve.in_order and len(curve.x) and (not positive or curve.x[0] > 0) and np.isfinite(curve.x[-1]):
            ends += [float(curve.x[0]), float(curve.x[-1])]
            continue
        usable = curve.x[np.isfinite(curve.x) & ((curve.x > 0) | (not positive))]
        if len(usable):
            ends += [float(np.min(usable)), float(np.max(usable))]
    return (min(ends), max(ends)) if ends else None
