"""Text in cells of a terminal: measuring, cutting and padding by what the terminal will show.

A wide character takes two cells and is never halved. The variation selectors are dropped, because terminals
do not agree on how wide they make the character before them.
"""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len, set_cell_size

Align = Literal["left", "right"]
ELLIPSIS = "…"
_WITHOUT_SELECTORS = {0xFE0E: None, 0xFE0F: None}


def width_of(text: str) -> int:
    """How many cells the text takes."""
    return len(text) if text.isascii() else cell_len(text.translate(_WITHOUT_SELECTORS))


def fit(text: str, width: int, align: Align = "left") -> str:
    """The text in exactly `width` cells; what is too long ends in an ellipsis."""
    if text.isascii():
        missing = width - len(text)
        if missing < 0:
            return text[: width - 1] + ELLIPSIS if width > 0 else ""
    else:
        text = text.translate(_WITHOUT_SELECTORS)
        missing = width - cell_len(text)
        if missing < 0:
            return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
    return " " * missing + text if align == "right" else text + " " * missing


def hanging(text: str, width: int, indent: int) -> str:
    """The text in lines of `width` cells, parted at blanks where that can be, all but the first after `indent` blanks.

    The first is short by `indent` too: a label stands before it.
    """
    room = max(width - indent, 1)
    lines, line, used = [], "", 0
    for word in text.split(" "):
        left, long = word, width_of(word)
        if line and used + 1 + long > room:
            lines.append(line)
            line, used = "", 0
        elif line:
            line, used = line + " ", used + 1
        while long > room:
            piece = set_cell_size(left, room).rstrip(" ") or left[0]
            lines.append(piece)
            left = left[len(piece) :]
            long = width_of(left)
        line, used = line + left, used + long
    return ("\n" + " " * indent).join([*lines, line])


def fit_end(text: str, width: int) -> str:
    """As `fit`, but what is too long loses its beginning: names of metrics differ at their ends."""
    if width_of(text) <= width:
        return fit(text, width)
    kept = ""
    used = 1
    for character in reversed(text.translate(_WITHOUT_SELECTORS)):
        used += cell_len(character)
        if used > width:
            break
        kept = character + kept
    return fit(ELLIPSIS + kept, width)
