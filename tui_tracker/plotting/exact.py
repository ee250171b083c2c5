"""Curves in outline, made exact: the blocks are opened whose points in between decide which dots are set.

A block that lies in one column of dots shows there all that it would show. Of one across the border of two columns it
is not known which of its values are in which; that does not matter where both columns are filled, by points that are
known, from the block's least value to its greatest: then so is every line between its points. Such a block is mostly
one among many of a column, and few are opened. x may go back; where it does so as noise, the points are sorted, and all
blocks across a border are judged together with the line that leads over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logger.store.connection import StoreError
from tui_tracker.plotting.raster import heights_in_dots
from tui_tracker.plotting.reduce import EDGE, MAX_PASSES, showable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.model.blocks import Blocks
    from tui_tracker.plotting.axes import Scale
    from tui_tracker.plotting.chart import Curve

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def opened_at_ends(curve: Curve, x_limits: tuple[float, float]) -> Curve:
    """Return the curve with the blocks opened that lie across an end of the x axis: its values there are known."""
    blocks = curve.blocks
    if blocks is None:
        return curve
    hidden, starts, ends = _hidden(blocks)
    first, last = curve.x[starts], curve.x[ends]
    low, high = x_limits
    return _opened(curve, hidden[((first < low) & (last >= low)) | ((first <= high) & (last > high))])


def opened_in_columns(curve: Curve, x_scale: Scale, y_scale: Scale) -> Curve:
    """Return the curve with the blocks opened that decide which dots are set."""
    if curve.blocks is None:
        return curve
    y = curve.y if curve.raw is None else curve.raw
    return _opened(curve, deciding(curve.x, y, curve.blocks, x_scale, y_scale))


def _opened(curve: Curve, chosen: Ints) -> Curve:
    # Where there is no room for all of them, the outline is drawn, the same at each redraw.
    if curve.opened is None or curve.blocks is None or not 0 < len(chosen) <= curve.blocks.most:
        return curve
    try:
        return curve.opened(chosen)
    except StoreError:
        # The outline is the best picture of points that cannot be read.
        return curve


def _hidden(blocks: Blocks) -> tuple[Ints, Ints, Ints]:
    """The numbers of the blocks with hidden points, and the places of their first and last points."""
    hidden = np.flatnonzero(blocks.hidden)
    ends = np.cumsum(blocks.counts)[hidden] - 1
    return hidden, ends - blocks.counts[hidden] + 1, ends


def deciding(x: Floats, y: Floats, blocks: Blocks, x_scale: Scale, y_scale: Scale) -> Ints:
    """Return the numbers, ascending, of the blocks whose hidden points may set other dots than the known ones do."""
    hidden, starts, ends = _hidden(blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        across = x_scale.positions(x)
    if x_scale.log:
        across = np.where(x > 0, across, -np.inf)
    cells = _cells(across, x_scale.dots)
    crossing = np.flatnonzero(cells[starts] < cells[ends])
    if not len(crossing):
        return hidden[:0]
    hidden, starts, ends = hidden[crossing], starts[crossing], ends[crossing]
    shown, _ = showable(x, y, x_scale.log, y_scale.log)
    # Between values without a height the line has gaps, nobody knows where.
    clear = np.minimum.reduceat(np.append(shown, True), np.stack([starts, ends + 1], 1).ravel())[::2]
    chosen: Ints = ~clear
    with np.errstate(divide="ignore", invalid="ignore"):
        up = y_scale.positions(y)
    chosen[clear] = _uncovered(across, cells, up, shown, (starts[clear], ends[clear]), x_scale.dots)
    return hidden[chosen]


def _cells(across: Floats, dots: int) -> Ints:
    """Return the dot columns of places, -1 and `dots` for those before and behind the axis."""
    cells: Ints = np.rint(np.clip(across, 0, dots - 1)).astype(np.int64)
    cells[across < -EDGE] = -1
    cells[across > dots - 1 + EDGE] = dots
    return cells


def _uncovered(
    across: Floats,
    cells: Ints,
    up: Floats,
    shown: NDArray[np.bool_],
    spans: tuple[Ints, Ints],
    dots: int,
) -> NDArray[np.bool_]:
    """Return which blocks, given by their first and last points, are not hidden behind what is known of a column."""
    starts, ends = spans
    back = np.diff(across[shown], prepend=across[shown][:1]) < 0
    is_noise = int(back.sum()) > MAX_PASSES
    passes = np.zeros(len(cells), np.int64)
    if not is_noise:
        passes[shown] = np.cumsum(back)
    # Columns of all passes in one row, each pass with one more at both ends, for what is off the axis.
    columns = passes * (dots + 2) + cells + 1
    count = int(np.max(passes, initial=0) + 1) * (dots + 2)
    low, high = _extremes(columns[shown], up[shown], up[shown], count, in_order=not is_noise)
    padded, pairs = np.append(up, 0.0), np.stack([starts, ends + 1], 1).ravel()
    least, greatest = np.minimum.reduceat(padded, pairs)[::2], np.maximum.reduceat(padded, pairs)[::2]
    # One entry for each border that a block lies across: the column before it.
    widths = columns[ends] - columns[starts]
    block = np.repeat(np.arange(len(starts)), widths)
    before = columns[starts][block] + np.arange(len(block)) - np.repeat(np.cumsum(widths) - widths, widths)
    at, below, above = before, least[block], greatest[block]
    if is_noise:
        order = np.argsort(across[shown], kind="stable")
        borders, heights = _line_ends(columns[shown][order], up[shown][order])
        at = np.concatenate([at, borders])
        below, above = np.concatenate([below, heights]), np.concatenate([above, heights])
    lowest, highest = _extremes(at, below, above, count)

    def covers(column: Ints) -> NDArray[np.bool_]:
        place = column % (dots + 2)
        off = (place == 0) | (place == dots + 1)
        found: NDArray[np.bool_] = off | ((low[column] <= lowest[before]) & (high[column] >= highest[before]))
        return found

    uncovered = np.zeros(len(starts), np.bool_)
    uncovered[block[~(covers(before) & covers(before + 1))]] = True
    return uncovered


def _extremes(
    places: Ints, low: Floats, high: Floats, count: int, *, in_order: bool = False
) -> tuple[Ints, Ints]:
    """Return the dot rows of the least of `low` and the greatest of `high` at each of `count` places.

    Where there is none the least is far above, the greatest far below.
    """
    lows, highs = np.full(count, np.inf), np.full(count, -np.inf)
    if in_order and len(places):
        starts = np.append(0, np.flatnonzero(np.diff(places)) + 1)
        lows[places[starts]] = np.minimum.reduceat(low, starts)
        highs[places[starts]] = np.maximum.reduceat(high, starts)
    else:
        np.minimum.at(lows, places, low)
        np.maximum.at(highs, places, high)
    return heights_in_dots(lows), heights_in_dots(highs)


def _line_ends(columns: Ints, up: Floats) -> tuple[Ints, Floats]:
    """Return where lines end at the borders of ascending columns: the column before the border, and the height."""
    changes = np.flatnonzero(np.diff(columns))
    return (
        np.concatenate([columns[changes], columns[changes + 1] - 1]),
        np.concatenate([up[changes], up[changes + 1]]),
    )
