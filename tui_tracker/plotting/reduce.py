"""Min-max envelopes: the few points that decide how a long series looks, so that a picture costs what it is
wide.

A series is cut into the dot columns it passes. Of the points in one column, the lowest and the highest
decide which dots are set there, and the first and the last where the lines to the neighbours begin and end;
every other point is hidden by these. (Jugel et al., "M4: A Visualization-Oriented Time Series Data
Aggregation", VLDB 2014.) So a picture of the envelope equals the picture of all points, and one spike in a
million stays visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.axes import Scale

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MAX_PASSES = 16
"""How often x may go back and begin a new line, as a run resumed from a checkpoint does; x that goes back
more often is noise in the order of arrival, and the points are sorted by x."""

EDGE = 1e-9
"""How far, in dots, a point may lie outside of the axis through rounding and still be on it."""


@dataclass(frozen=True)
class Envelope:
    """One group of points for each dot column a line passes, in the order of the line; five arrays of equal
    length.

    Heights are positions on the y scale, in dots, not cut to its range.
    """

    column: Ints
    """The dot column, 0 .. dots - 1."""
    first: Floats
    """Height of the group's first point."""
    low: Floats
    """Height of the lowest point."""
    high: Floats
    """Height of the highest point."""
    last: Floats
    """Height of the last point."""
    joined: Flags
    """Whether a line leads here from the group before: no gap, no step back, no edge of the picture in
    between."""


@dataclass(frozen=True)
class Reduced:
    """What of a series is to be drawn: a line, marks for values without a place, and how many were left
    out."""

    envelope: Envelope
    """The line."""
    nan: Ints
    """Dot columns with a NaN, ascending, each once."""
    above: Ints
    """Dot columns with +Inf, likewise."""
    below: Ints
    """Dot columns with -Inf, likewise."""
    dropped: int
    """How many finite points a logarithmic axis cannot show, because their x or y is not positive."""


def reduce(x: Floats, y: Floats, x_scale: Scale, y_scale: Scale) -> Reduced:
    """Reduce a series to at most four points (mostly one or two) for each of the x scale's dot columns.

    `x` and `y` are float64 of equal length in order of arrival. Points off the x axis are left out, and
    lines that cross its ends are cut there. Infinite or NaN x have no place and are ignored.
    """
    shown, dropped = showable(x, y, x_scale.log, y_scale.log)
    across = x_scale.positions(x[shown])
    up = y_scale.positions(y[shown])
    gaps: Ints = np.cumsum(~shown, dtype=np.int64)[shown]
    across, up, joined = _lines(across, up, gaps)
    across, up, joined = _cut_to_axis(across, up, joined, x_scale.dots - 1)
    placed = np.isfinite(x) & ((x > 0) | (not x_scale.log))
    return Reduced(
        envelope=_group(across, up, joined),
        nan=_marked_columns(x, placed & np.isnan(y), x_scale),
        above=_marked_columns(x, placed & (y == np.inf), x_scale),
        below=_marked_columns(x, placed & (y == -np.inf), x_scale),
        dropped=dropped,
    )


def showable(x: Floats, y: Floats, log_x: bool, log_y: bool) -> tuple[Flags, int]:
    """Return which points have a place on both axes, and how many finite ones a logarithmic axis cannot show."""
    finite = np.isfinite(x) & np.isfinite(y)
    shown = finite
    if log_x:
        shown = shown & (x > 0)
    if log_y:
        shown = shown & (y > 0)
    return shown, int(finite.sum() - shown.sum())


def _marked_columns(x: Floats, chosen: Flags, scale: Scale) -> Ints:
    if not chosen.any():
        return np.empty(0, dtype=np.int64)
    across = scale.positions(x[chosen])
    on_axis = across[(across >= -EDGE) & (across <= scale.dots - 1 + EDGE)]
    return np.unique(np.rint(on_axis).astype(np.int64))


def _lines(across: Floats, up: Floats, gaps: Ints) -> tuple[Floats, Floats, Flags]:
    """Return the points with a flag each that says whether a line leads there from the point before."""
    back = np.diff(across, prepend=across[:1]) < 0
    if int(back.sum()) > MAX_PASSES:
        order = np.argsort(across, kind="stable")
        across, up = across[order], up[order]
        joined = np.ones(len(across), dtype=np.bool_)
    else:
        joined = ~back & (np.diff(gaps, prepend=gaps[:1]) == 0)
    joined[:1] = False
    return across, up, joined


def _cut_to_axis(across: Floats, up: Floats, joined: Flags, end: int) -> tuple[Floats, Floats, Flags]:
    """Leave out what lies off the axis 0 .. end, adding points where a line crosses an end."""
    inside = (across >= -EDGE) & (across <= end + EDGE)
    if inside.all():
        return across, up, joined
    # Lines lead to the right only, so a crossing of 0 enters the picture and a crossing of the end leaves it.
    enters = np.flatnonzero(joined[1:] & (across[:-1] < -EDGE) & (across[1:] > 0)) + 1
    leaves = np.flatnonzero(joined[1:] & (across[:-1] < end) & (across[1:] > end + EDGE)) + 1
    places = np.concatenate([enters, leaves])
    edges = np.concatenate([np.zeros(len(enters)), np.full(len(leaves), float(end))])
    before, after = across[places - 1], across[places]
    share = (edges - before) / (after - before)
    heights = up[places - 1] * (1 - share) + up[places] * share
    flags = np.concatenate([np.zeros(len(enters), dtype=np.bool_), np.ones(len(leaves), dtype=np.bool_)])
    across = np.insert(across, places, edges)
    up = np.insert(up, places, heights)
    joined = np.insert(joined, places, flags)
    inside = (across >= -EDGE) & (across <= end + EDGE)
    return across[inside], up[inside], joined[inside]


def _group(across: Floats, up: Floats, joined: Flags) -> Envelope:
    column = np.rint(across).astype(np.int64)
    if not len(column):
        empty = np.empty(0)
        return Envelope(column, empty, empty, empty, empty, np.empty(0, dtype=np.bool_))
    # A step back within a column begins no group of its own: the dots are the same.
    starts = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
    ends = np.concatenate([starts[1:], [len(column)]]) - 1
    return Envelope(
        column[starts],
        up[starts],
        np.minimum.reduceat(up, starts),
        np.maximum.reduceat(up, starts),
        up[ends],
        joined[starts],
    )
