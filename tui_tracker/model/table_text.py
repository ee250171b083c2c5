"""A table of runs as text to paste: tab-separated for spreadsheets, Markdown for what people write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui_tracker.model.text import clean

Rows = Sequence[Sequence[str]]
_LONGEST = 400
# What means something to Markdown within a line of a table.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|]")


def tab_separated(rows: Rows) -> str:
    """Lines of cells, the headings first; cleaned cells hold neither tabs nor line breaks."""
    return "".join("\t".join(clean(cell, _LONGEST) for cell in row) + "\n" for row in rows)


def markdown(rows: Rows) -> str:
    """A table of GitHub's Markdown, the headings first."""
    lines = [
        _line([_MARKDOWN.sub(lambda found: f"\\{found[0]}", clean(cell, _LONGEST)) for cell in row])
        for row in rows
    ]
    if lines:
        lines.insert(1, _line(["---"] * len(rows[0])))
    return "".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
