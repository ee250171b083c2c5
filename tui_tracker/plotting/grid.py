"""A picture of characters: every cell holds a character and a role, and the roles become styles on the
screen.

Text is laid into cells by its width on the screen, so a row is always as wide as the picture, whatever a
name holds.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len

from tui_tracker.plotting.roles import TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]

BLANK = ord(" ")
BRAILLE_FIRST, BRAILLE_LAST = 0x2800, 0x28FF
ZERO_WIDTH_JOINER = "\u200d"

MAX_MARKS = 3
"""How many combining marks a cell may carry; names with thousands of them exist to break terminals."""


def cells_of(text: str) -> list[str]:
    """Split one line of text into cells: a wide character is followed by an empty cell, marks stay with
    their base.

    What would change the width of its neighbours (joiners, variation selectors) is left out.
    """
    cells: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        width = cell_len(character)
        if width > 0:
            cells += [character, *[""] * (width - 1)]
            continue
        base = next((i for i in range(len(cells) - 1, -1, -1) if cells[i]), None)
        if base is None or character == ZERO_WIDTH_JOINER or len(cells[base]) > MAX_MARKS:
            continue
        marked = cells[base] + character
        if unicodedata.category(character).startswith("M") and cell_len(marked) == cell_len(cells[base]):
            cells[base] = marked
    if cell_len("".join(cells)) != len(cells):  # letters that join into flags and the like
        return [character if character.isascii() else "?" for character in "".join(cells)]
    return cells


def fit(text: str, width: int, ascii_only: bool = False) -> list[str]:
    """Return the cells of a text in at most `width` cells, ending in an ellipsis where something is left
    out."""
    cells = cells_of(text)
    if ascii_only:
        cells = [cell if cell and cell.isascii() else "?" for cell in cells]
    if len(cells) <= width:
        return cells
    if width <= 0:
        return []
    kept = cells[: width - 1]
    if cells[width - 1] == "" and kept:  # half of a wide character
        kept[-1] = " "
    return [*kept, "~" if ascii_only else "…"]


@dataclass(frozen=True)
class Span:
    """Neighbouring cells of one role."""

    text: str
    """What stands there."""
    role: int
    """What it is."""


class Grid:
    """A picture under construction."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.cells = [[" "] * width for _ in range(height)]
        self.roles = [[TEXT] * width for _ in range(height)]

    def copy(self) -> Grid:
        """Return a picture that can be drawn on without changing this one."""
        twin = Grid(0, 0)
        twin.width, twin.height = self.width, self.height
        twin.cells = [row.copy() for row in self.cells]
        twin.roles = [row.copy() for row in self.roles]
        return twin

    def put(self, row: int, column: int, character: str, role: int) -> None:
        """Set one cell, if it is inside the picture, to a character one cell wide."""
        if 0 <= row < self.height and 0 <= column < self.width:
            self.cells[row][column] = character
            self.roles[row][column] = role

    def write(self, row: int, column: int, cells: list[str], role: int) -> int:
        """Lay cells into a row, as far as there is room, and return the column after them."""
        end = min(self.width, column + len(cells))
        if 0 <= row < self.height and 0 <= column < end:
            shown = cells[: end - column]
            if end - column < len(cells) and cells[end - column] == "":
                shown[-1] = " "
            self.cells[row][column:end] = shown
            self.roles[row][column:end] = [role] * (end - column)
        return max(column, end)

    def lay(self, row: int, column: int, codes: Codes, roles: NDArray[np.uint16]) -> None:
        """Lay a picture of character codes with their roles, height x width, into this one, which holds it whole."""
        end = column + codes.shape[1]
        for y, (letters, parts) in enumerate(zip(codes.tolist(), roles.tolist(), strict=True), start=row):
            self.cells[y][column:end] = map(chr, letters)
            self.roles[y][column:end] = parts

    def below(self, row: int) -> Grid:
        """Return the rows from this one on as a picture that shares their cells."""
        rest = Grid(0, 0)
        rest.width, rest.height = self.width, self.height - row
        rest.cells, rest.roles = self.cells[row:], self.roles[row:]
        return rest

    def spans(self) -> tuple[tuple[Span, ...], ...]:
        """Return the rows, each cut where the role changes; blanks join whatever is before them."""
        return tuple(_spans(cells, roles) for cells, roles in zip(self.cells, self.roles, strict=True))


def _spans(cells: list[str], roles: list[int]) -> tuple[Span, ...]:
    found: list[Span] = []
    start = 0
    for column in range(1, len(cells) + 1):
        if column == len(cells) or (roles[column] != roles[start] and cells[column] != " "):
            found.append(Span("".join(cells[start:column]), roles[start]))
            start = column
    return tuple(found)


def merge(below: Codes, roles: NDArray[np.uint16], above: Codes, role: int) -> None:
    """Lay a line over others, in place: braille dots of both stay, in the role of the line above."""
    shown = above != BLANK
    both = shown & _is_braille(below) & _is_braille(above)
    below[shown & ~both] = above[shown & ~both]
    below[both] |= above[both]
    roles[shown] = role


def _is_braille(codes: Codes) -> NDArray[np.bool_]:
    return (codes >= BRAILLE_FIRST) & (codes <= BRAILLE_LAST)
