"""From an envelope to dots, and from dots to characters: braille of 2 x 4 dots a cell, or one character a cell.

A line between two points sets the dots that Bresenham's does (Bresenham, "Algorithm for computer control of a digital
plotter", IBM Systems Journal 4 (1965)): one in each column of a flat line, one in each row of a steep one. Every column
of a line is thus one upright run of dots, and all runs of a picture are set together: each adds one where it begins and
takes one away behind its end, and a running sum over the rows says which dots lie in any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.reduce import Envelope

    Codes = NDArray[np.uint32]
    Dots = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

BRAILLE = "braille"
"""Marker of 2 x 4 dots a cell."""

RESOLUTION = {BRAILLE: (2, 4)}
"""Dots a cell, across and up; every other marker is one character and sets whole cells."""

BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint32)
"""Unicode's bit of each dot of a braille cell, by row from the top and column (The Unicode Standard, chapter 21.1)."""

BRAILLE_FIRST = 0x2800
BLANK = ord(" ")

FARTHEST = 2.0**30
"""Dot rows beyond which heights are cut, so that differences of rows stay exact."""

DASH = 3
"""Dot columns that a dashed line shows, and then leaves out."""


def resolution(marker: str) -> tuple[int, int]:
    """Return how many dots a cell has with this marker, across and up."""
    return RESOLUTION.get(marker, (1, 1))


def dots_of(envelope: Envelope, across: int, up: int) -> Dots:
    """Return the dots that a line sets: `up` x `across`, row 0 the lowest.

    Heights outside of the picture count: a line that leaves it does so at its own slope.
    """
    firsts, lows, highs, lasts = (
        heights_in_dots(part) for part in (envelope.first, envelope.low, envelope.high, envelope.last)
    )
    columns = envelope.column
    begun = np.flatnonzero(envelope.joined[1:]) + 1
    joins = _joins(columns[begun - 1], lasts[begun - 1], columns[begun], firsts[begun])
    runs = [np.concatenate(both) for both in zip((columns, lows, highs), joins, strict=True)]
    return _set(runs[0], runs[1], runs[2], across, up)


def band_dots(column: Ints, low: Floats, high: Floats, across: int, up: int) -> Dots:
    """Return a thin pattern of dots between two heights of each column, `up` x `across`."""
    filled = _set(column, heights_in_dots(low), heights_in_dots(high), across, up)
    filled[1::2] = False
    filled[:, 1::2] = False
    return filled


def dashed(dots: Dots) -> Dots:
    """Return the dots with every other stretch of `DASH` columns left out."""
    shown = np.arange(dots.shape[1]) // DASH % 2 == 0
    kept: Dots = dots & shown
    return kept


def characters(dots: Dots, marker: str) -> Codes:
    """Return the character codes of a picture of dots, its rows from the top; blank where no dot is set."""
    upright = dots[::-1]
    if marker != BRAILLE:
        plain: Codes = np.where(upright, np.uint32(ord(marker)), np.uint32(BLANK))
        return plain
    height, width = upright.shape[0] // 4, upright.shape[1] // 2
    cells = upright.reshape(height, 4, width, 2)
    bits = np.einsum("hrwc,rc->hw", cells.astype(np.uint32), BRAILLE_BITS)
    codes: Codes = np.where(bits > 0, np.uint32(BRAILLE_FIRST) + bits, np.uint32(BLANK))
    return codes


def heights_in_dots(heights: Floats) -> Ints:
    """Return the dot rows of heights, those far outside of any picture cut to a number that can be reckoned with."""
    rows: Ints = np.rint(np.clip(heights, -FARTHEST, FARTHEST)).astype(np.int64)
    return rows


def last_rows(envelope: Envelope, dot_rows: int) -> dict[int, int]:
    """Return the dot row in which the line leaves each dot column it passes, where that is inside the picture."""
    rows = heights_in_dots(envelope.last)
    seen = (rows >= 0) & (rows < dot_rows)
    return dict(zip(envelope.column[seen].tolist(), rows[seen].tolist(), strict=True))


def _joins(before: Ints, start: Ints, after: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the upright runs of straight lines that lead to the right: column, lowest and highest row of each."""
    width, rise = after - before, end - start
    lengths = width + 1
    line = np.repeat(np.arange(len(width)), lengths)
    passed = np.arange(len(line)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    width, rise, start = width[line], rise[line], start[line]
    size, sign = np.abs(rise), np.sign(rise)
    flat = size <= width
    # A flat line has one dot a column; a steep one, in each column, the rows whose own column, rounded, it is.
    middle = (2 * passed * size + width) // np.maximum(2 * width, 1)
    lower = -((size * (1 - 2 * passed)) // np.maximum(2 * width, 1))
    upper = -((size * (-1 - 2 * passed)) // np.maximum(2 * width, 1)) - 1
    near = np.where(flat, middle, np.maximum(lower, 0))
    far = np.where(flat, middle, np.minimum(upper, size))
    rows = start + sign * near, start + sign * far
    return before[line] + passed, np.minimum(*rows), np.maximum(*rows)


def _set(columns: Ints, lows: Ints, highs: Ints, across: int, up: int) -> Dots:
    seen = (highs >= 0) & (lows < up) & (highs >= lows) & (columns >= 0) & (columns < across)
    columns, lows, highs = columns[seen], np.maximum(lows[seen], 0), np.minimum(highs[seen], up - 1)
    changes = np.bincount(lows * across + columns, minlength=(up + 1) * across)
    changes -= np.bincount((highs + 1) * across + columns, minlength=(up + 1) * across)
    filled: Dots = np.cumsum(changes.reshape(up + 1, across)[:up], axis=0) > 0
    return filled
