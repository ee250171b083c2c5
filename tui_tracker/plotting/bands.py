"""Several runs as one line with a band: the mean of their curves, and how far they spread around it.

Runs need not have logged at the same places: each is read off its own line between its points, and counts only between
its first and its last. Where there are more places than `MOST_PLACES`, neighbouring ones are taken together; the
extremes of a band are then those of all points in them, so that no spike is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_tracker.plotting.chart import Curve
from tui_tracker.plotting.spec import Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_PLACES = 2000
"""Places at which a band is reckoned at most: twice the dot columns of a wide chart are enough."""


def band(key: str, label: str, slot: int, members: Sequence[Curve], spread: Spread) -> Curve:
    """Return the mean of some curves as one curve, with a band around it.

    For `Spread.DEVIATION` the band is the mean less and plus the sample's standard deviation (n - 1 in the
    denominator; no width where a single run is left), for `Spread.EXTREMES` the lowest and the highest value.
    """
    cleaned = [found for found in map(_ordered, members) if len(found.x)]
    empty = np.empty(0)
    if not cleaned:
        return Curve(key, label, empty, empty, slot, band=(empty, empty))
    places = np.unique(np.concatenate([run.x for run in cleaned]))
    if len(places) > MOST_PLACES:
        edges = places[np.linspace(0, len(places), MOST_PLACES + 1).astype(np.int64)[:-1]]
        levels, lows, highs = (
            np.stack(part) for part in zip(*(_pooled(edges, run) for run in cleaned), strict=True)
        )
        places = edges
    else:
        levels = np.stack([_at(places, run) for run in cleaned])
        lows = highs = levels
    present = ~np.isnan(levels)
    count = present.sum(axis=0)
    mean = np.where(present, levels, 0.0).sum(axis=0) / count
    if spread is Spread.EXTREMES:
        return Curve(key, label, places, mean, slot, band=(np.nanmin(lows, axis=0), np.nanmax(highs, axis=0)))
    squares = np.where(present, (levels - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    return Curve(key, label, places, mean, slot, band=(mean - deviation, mean + deviation))


@dataclass(frozen=True)
class _Run:
    """The points of one run that count: by place, each place once."""

    x: Floats
    y: Floats
    level: Floats
    """what means are made of: y, or where not all points are here the mean of those that each stands for"""


def _ordered(curve: Curve) -> _Run:
    """The finite points by place, of several at one place the one that was logged last."""
    levels = curve.y if curve.levels is None else curve.levels
    usable = np.isfinite(curve.x) & np.isfinite(curve.y) & np.isfinite(levels)
    x, y, levels = curve.x[usable], curve.y[usable], levels[usable]
    if len(x) > 1 and not (np.diff(x) > 0).all():
        order = np.argsort(x, kind="stable")
        latest = order[np.append(np.diff(x[order]) > 0, True)]
        x, y, levels = x[latest], y[latest], levels[latest]
    return _Run(x, y, levels)


def _at(places: Floats, run: _Run) -> Floats:
    return np.interp(places, run.x, run.level, left=np.nan, right=np.nan)


def _pooled(edges: Floats, run: _Run) -> tuple[Floats, Floats, Floats]:
    """Mean, lowest and highest of the points from each edge up to the next; between points, the line."""
    level = _at(edges, run)
    low, high = level.copy(), level.copy()
    place = np.searchsorted(edges, run.x, side="right") - 1
    starts = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
    filled = place[starts]
    level[filled] = np.add.reduceat(run.level, starts) / np.diff(np.append(starts, len(run.x)))
    low[filled] = np.minimum.reduceat(run.y, starts)
    high[filled] = np.maximum.reduceat(run.y, starts)
    return level, low, high
