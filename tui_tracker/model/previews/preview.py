"""A look at a file, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.text import clean

MOST_ROWS = 200
MOST_COLUMNS = 40
_WIDEST_CELL = 32
_GAP = "  "


@dataclass(frozen=True)
class Preview:
    """What is shown of a file."""

    kind: str
    """what it was taken for, in a few words"""
    facts: str = ""
    """how large it is in its own terms: rows, shape, pixels"""
    text: str = ""
    """clean lines"""
    language: str = ""
    """what a highlighter calls it; "" for text that has no syntax"""
    is_markdown: bool = False
    picture: Any = None
    """a small PIL image"""
    remark: str = ""
    """what is not shown, and why"""


class UnreadableError(ValueError):
    """The file is not what its name says, or too much of it: one sentence."""


def grid(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their headings as aligned lines, numbers to the right; further rows and columns are left out."""
    shown = [[clean(_cell(value), 200) for value in row[:MOST_COLUMNS]] for row in rows[:MOST_ROWS]]
    heads = [clean(column, 200) for column in columns[:MOST_COLUMNS]]
    lines = []
    widths = []
    for place, head in enumerate(heads):
        cells = [row[place] for row in shown if place < len(row)]
        widths.append(min(max(map(width_of, (head, *cells))), _WIDEST_CELL))
    right = [_is_numeric([row[place] for row in shown if place < len(row)]) for place in range(len(heads))]
    for row in (heads, ["─" * width for width in widths], *shown):
        cells = [
            fit(text, width, "right" if to_right else "left")
            for text, width, to_right in zip(row, widths, right, strict=False)
        ]
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines)


def left_out(rows: int, columns: int) -> str:
    """What a grid of so many rows and columns does not show; "" where it shows all."""
    parts = []
    if rows > MOST_ROWS:
        parts.append(f"{MOST_ROWS} of {rows:,} rows")
    if columns > MOST_COLUMNS:
        parts.append(f"{MOST_COLUMNS} of {columns:,} columns")
    return f"showing {' and '.join(parts)}" if parts else ""


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    # An integer of thousands of digits is slow to write out, or refused by Python.
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return "a huge integer"
    return "" if value is None else str(value)


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(cell[0] in "-+0123456789.ni" and _is_number(cell) for cell in filled)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
