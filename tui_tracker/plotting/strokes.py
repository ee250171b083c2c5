"""From an envelope to pen strokes on dots: what is handed to the plotting library, and nothing twice.

The library pays for every dot along a line, so a column's dots are drawn once, from the lowest to the
highest, and the pen jumps to where the line leaves the column instead of drawing over the same dots again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.reduce import Envelope


@dataclass
class Strokes:
    """The path of a pen over dots: three lists of equal length."""

    columns: list[int] = field(default_factory=list)
    """Dot columns, from the left."""
    rows: list[int] = field(default_factory=list)
    """Dot rows, from the bottom; -1 and the number of rows stand for everything below and above the
    picture."""
    drawn: list[bool] = field(default_factory=list)
    """Whether the pen draws on its way here from the point before, or jumps."""

    def add(self, column: int, row: int, drawn: bool) -> None:
        """Move the pen; a move to where it stands is left out."""
        if drawn and self.columns and self.columns[-1] == column and self.rows[-1] == row:
            return
        self.columns.append(column)
        self.rows.append(row)
        self.drawn.append(drawn)


def strokes(envelope: Envelope, dot_rows: int) -> Strokes:
    """Return the path that draws an envelope on `dot_rows` rows of dots."""
    firsts, lows, highs, lasts = (
        _rows(heights, dot_rows) for heights in (envelope.first, envelope.low, envelope.high, envelope.last)
    )
    path = Strokes()
    columns, joined = envelope.column.tolist(), envelope.joined.tolist()
    for column, first, low, high, last, join in zip(columns, firsts, lows, highs, lasts, joined, strict=True):
        path.add(column, first, join)
        if low == high:
            continue
        near, far = (low, high) if first == low or last == high else (high, low)
        if first != near:
            path.add(column, near, drawn=False)
        path.add(column, far, drawn=True)
        if last != far:
            path.add(column, last, drawn=False)
    return path


def last_rows(envelope: Envelope, dot_rows: int) -> dict[int, int]:
    """Return the dot row in which the line leaves each dot column it passes, where that is inside the
    picture."""
    rows = _rows(envelope.last, dot_rows)
    return {
        column: row for column, row in zip(envelope.column.tolist(), rows, strict=True) if 0 <= row < dot_rows
    }


def _rows(heights: NDArray[np.float64], dot_rows: int) -> list[int]:
    # Rounded first: half a dot outside still belongs to the outermost row.
    rows: list[int] = np.clip(np.rint(heights), -1, dot_rows).astype(np.int64).tolist()
    return rows
