"""Columns of text as one Content: for details and dialogs, where a table widget would be too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tui_tracker.model.cells import Align, fit, width_of
from tui_tracker.model.text import clean

# Quiet text: readable, but behind what matters. Content does not blend automatic colours such as $text-muted.
QUIET = "$foreground 60%"
_HEADING = "bold $primary"
_GAP = "  "


@dataclass(frozen=True)
class Cell:
    """One text and how it looks; the text may be as a store has it."""

    text: str
    style: str = ""
    align: Align = "left"


def aligned(rows: Sequence[Sequence[Cell]], *, widest: int = 40) -> Content:
    """Rows of equally many cells, one line each, in columns that are as wide as their contents and no wider
    than told.

    The last column is not padded, and as long as it is.
    """
    cleaned = [[clean(cell.text) for cell in row] for row in rows]
    columns = max((len(row) for row in rows), default=0)
    widths = [
        min(widest, max((width_of(texts[column]) for texts in cleaned if column < len(texts)), default=0))
        for column in range(columns)
    ]
    lines = []
    for row, texts in zip(rows, cleaned, strict=True):
        pieces: list[tuple[str, str] | str] = []
        for column, (cell, text) in enumerate(zip(row, texts, strict=True)):
            last = column == columns - 1
            shown = text if last and cell.align == "left" else fit(text, widths[column], cell.align)
            pieces += [(shown, cell.style) if cell.style else shown, "" if last else _GAP]
        lines.append(Content.assemble(*pieces))
    return Content("\n").join(lines)


def heading(text: str) -> Content:
    """The title of some lines."""
    return Content.styled(clean(text), _HEADING)
