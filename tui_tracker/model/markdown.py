"""Text from a store as parts of a Markdown page: shown as it is, never read as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tui_tracker.model.text import clean, clean_lines

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
# At the start of a line these make lists and rules.
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
_LONGEST_CELL = 200


def prose(text: str) -> str:
    """Text of several lines in which no character has a meaning; each line stays a line."""
    escaped = _SPECIAL.sub(r"\\\1", clean_lines(text))
    return _LEADING.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", escaped)


def line(text: str) -> str:
    """One line of it."""
    return prose(clean(text, _LONGEST_CELL).replace("\n", " "))


def code(text: str) -> str:
    """Text as a code span, also within a table."""
    inner = clean(text, _LONGEST_CELL).replace("`", "'").replace("|", "¦").strip()
    return f"`{inner}`" if inner else ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table of cells that are Markdown already; the columns in `right` are aligned to the right."""
    marks = ["---:" if place in right else "---" for place in range(len(headings))]
    return [_row(headings), _row(marks), *map(_row, rows)]


def fenced(lines: Iterable[str]) -> list[str]:
    """Lines as they are, in a block of code."""
    return ["```text", *(text.replace("`", "'") for text in lines), "```"]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
