"""Printed bytes as text that a terminal may be given: colours are understood, everything else is made harmless.

Only "select graphic rendition" sequences (ESC [ ... m) have an effect, as values, never as bytes. Sequences that clear
a line, hide the cursor or set a mode are dropped, since they say nothing; whatever else is not plain text becomes a
visible mark, as everywhere (`model.text`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tui_tracker.model.text import LONGEST, clean

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_DROPPED = re.compile(r"\x1b\[[0-9;]{0,16}[KJ]|\x1b\[\?[0-9;]{1,16}[hl]|\x1b\([B0]|\x0f|\r\Z")
_TAB = 8
_ATTRIBUTES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_ENDS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


@dataclass(frozen=True)
class Rendition:
    """How a piece of text was to look. Colours are numbers below 256, or "#rrggbb"; None for the terminal's own."""

    foreground: int | str | None = None
    background: int | str | None = None
    attributes: frozenset[str] = frozenset()


PLAIN = Rendition()


@dataclass(frozen=True)
class Piece:
    """Harmless text of one look."""

    text: str
    rendition: Rendition = PLAIN


def pieces_of(line: bytes) -> tuple[Piece, ...]:
    """A printed line as text, of at most some 4,096 characters, by what it was to look like."""
    text = line.decode("utf-8", "replace")
    if text.isascii() and text.isprintable():
        return (Piece(clean(text)),) if text else ()
    found: list[Piece] = []
    rendition = PLAIN
    room = LONGEST
    column = 0
    place = 0
    text = _DROPPED.sub("", text)
    for code in [*_SGR.finditer(text), None]:
        piece = _harmless(text[place : code.start() if code else len(text)], room, column)
        if piece:
            found.append(Piece(piece, rendition))
            room -= len(piece)
            column += len(piece)
        if code is None or room <= 0:
            break
        rendition = _after(rendition, code[1])
        place = code.end()
    return tuple(found)


def plain_text(line: bytes) -> str:
    """The same without its colours."""
    return "".join(piece.text for piece in pieces_of(line))


def _harmless(text: str, room: int, column: int) -> str:
    if "\t" in text:
        first, *rest = text[: room + 1].split("\t")
        text = first
        for part in rest:
            text += " " * (_TAB - (column + len(text)) % _TAB) + part
    return clean(text, room) if text else ""


def _after(rendition: Rendition, codes: str) -> Rendition:
    """The rendition that follows from a sequence's numbers; those that mean nothing here change nothing."""
    numbers = [int(code) if code else 0 for code in re.split("[;:]", codes)] if len(codes) < 64 else []
    place = 0
    while place < len(numbers):
        number = numbers[place]
        place += 1
        if number == 0:
            rendition = PLAIN
        elif number in _ATTRIBUTES:
            rendition = replace(rendition, attributes=rendition.attributes | {_ATTRIBUTES[number]})
        elif number in _ENDS:
            rendition = replace(rendition, attributes=rendition.attributes - set(_ENDS[number]))
        elif number in (38, 48):
            colour, place = _extended(numbers, place)
            rendition = _coloured(rendition, colour, background=number == 48)
        elif number in (39, 49):
            rendition = _coloured(rendition, None, background=number == 49)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            rendition = replace(rendition, foreground=number - 30 if number < 90 else number - 82)
        elif 40 <= number <= 47 or 100 <= number <= 107:
            rendition = replace(rendition, background=number - 40 if number < 100 else number - 92)
    return rendition


def _extended(numbers: list[int], place: int) -> tuple[int | str | None, int]:
    """The colour of 38;5;N or 38;2;R;G;B, and where the numbers after it begin."""
    kind, rest = numbers[place : place + 1], numbers[place + 1 :]
    if kind == [5] and rest and rest[0] < 256:
        return rest[0], place + 2
    if kind == [2] and len(rest) >= 3 and max(rest[:3]) < 256:
        return "#{:02x}{:02x}{:02x}".format(*rest[:3]), place + 4
    return None, len(numbers)


def _coloured(rendition: Rendition, colour: int | str | None, *, background: bool) -> Rendition:
    return replace(rendition, background=colour) if background else replace(rendition, foreground=colour)
