"""A screen as text that can be read, compared and kept: its characters, then how they look.

    80x24 at 0,0, dark | light
    ...24 lines of characters, without the blanks at their ends...

    1-3 a80
    4 b2 c18 b60
    ...runs of cells that look the same, line by line...

    a #d5d9e0 on #191d23 bold | #1e242c on #fbfbfc bold
    ...how cells with that letter look, in each theme...

The characters are the same in all themes. Of a blank, only what shows counts: its ground, and a line under it.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")
# They show where no character does.
_ON_BLANKS = ("underline", "reverse", "strike")
_LETTERS = string.ascii_letters
_BETWEEN = " | "

Look = tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A rectangle of a screen."""

    themes: tuple[str, ...]
    """the themes it was taken in"""
    place: tuple[int, int]
    """of the upper left corner on the screen"""
    width: int
    """cells"""
    lines: tuple[str, ...]
    """characters, without the blanks at the ends of lines"""
    looks: tuple[tuple[tuple[Look, int], ...], ...]
    """for every line, how so many cells look, in every theme"""

    @classmethod
    def of(cls, strips: Mapping[str, Sequence[Strip]], place: tuple[int, int] = (0, 0)) -> Picture:
        """What was rendered of the same rectangle, by theme. Raises ValueError where the characters differ."""
        texts = {theme: tuple(strip.text.rstrip() for strip in lines) for theme, lines in strips.items()}
        first = next(iter(texts.values()))
        for theme, lines in texts.items():
            if lines != first:
                differing = next(f"{a!r}, {b!r}" for a, b in zip(first, lines, strict=True) if a != b)
                raise ValueError(f"the theme {theme} shows other characters: {differing}")
        return cls(
            themes=tuple(strips),
            place=place,
            width=max((strip.cell_length for lines in strips.values() for strip in lines), default=0),
            lines=first,
            looks=tuple(_runs(same_line) for same_line in zip(*strips.values(), strict=True)),
        )

    def encode(self) -> str:
        """As text, see above."""
        letters: dict[Look, str] = {}
        coded = [
            " ".join(f"{letters.setdefault(look, _name(len(letters)))}{count}" for look, count in runs)
            for runs in self.looks
        ]
        left, top = self.place
        head = f"{self.width}x{len(self.lines)} at {left},{top}, {_BETWEEN.join(self.themes)}"
        legend = [f"{name} {_BETWEEN.join(look)}" for look, name in letters.items()]
        return "\n".join([head, *self.lines, "", *_numbered(coded), "", *legend, ""])

    @classmethod
    def decode(cls, text: str) -> Picture:
        """What `encode` made text of. Raises ValueError or IndexError for another text."""
        head, *rest = text.split("\n")
        size, _, place, themes = head.split(" ", 3)
        width, height = map(int, size.split("x"))
        left, top = map(int, place.rstrip(",").split(","))
        coded, legend = rest[height + 1 :], rest[rest.index("", height + 1) + 1 : -1]
        found = {name: tuple(look.split(_BETWEEN)) for name, look in (line.split(" ", 1) for line in legend)}
        looks = tuple(
            tuple((found[run.rstrip(string.digits)], int(run.lstrip(_LETTERS))) for run in runs)
            for runs in _lines_of_runs(coded[: coded.index("")])
        )
        return cls(tuple(themes.split(_BETWEEN)), (left, top), width, tuple(rest[:height]), looks)


def differences(before: Picture, after: Picture, most: int = 60) -> Iterator[str]:
    """What a person has to know of two pictures that differ: which lines, and which cells look otherwise."""
    told = 0
    for what in ("themes", "place", "width"):
        if getattr(before, what) != getattr(after, what):
            yield f"{what}: {getattr(before, what)} became {getattr(after, what)}"
    if len(before.lines) != len(after.lines):
        yield f"height: {len(before.lines)} became {len(after.lines)}"
    for number, (old, new, old_looks, new_looks) in enumerate(
        zip(before.lines, after.lines, before.looks, after.looks, strict=False), start=1
    ):
        said = list(_line_differences(number, (old, old_looks), (new, new_looks), before.themes))
        told += len(said)
        if told > most:
            yield "... and more lines"
            return
        yield from said


def _line_differences(
    number: int,
    old: tuple[str, tuple[tuple[Look, int], ...]],
    new: tuple[str, tuple[tuple[Look, int], ...]],
    themes: Sequence[str],
) -> Iterator[str]:
    if old[0] != new[0]:
        yield f"{number:>4} - {old[0]}"
        yield f"     + {new[0]}"
    elif old[1] != new[1]:
        yield f"{number:>4}   {new[0]}"
        pairs = list(zip(_cells(old[1]), _cells(new[1]), strict=False))
        for (was, became), places in groupby(range(len(pairs)), key=lambda place: pairs[place]):
            found = list(places)
            for theme, before, after in zip(themes, was, became, strict=False):
                if before != after:
                    yield f"       cells {found[0] + 1}-{found[-1] + 1}, {theme}: {before} became {after}"


def _cells(runs: Iterable[tuple[Look, int]]) -> Iterator[Look]:
    for look, count in runs:
        yield from [look] * count


def _runs(same_line: Sequence[Strip]) -> tuple[tuple[Look, int], ...]:
    """How the cells of a line look in all themes, whose strips these are."""
    looks = zip(*map(_looks_of_cells, same_line), strict=True)
    return tuple((look, sum(1 for _ in cells)) for look, cells in groupby(looks))


def _looks_of_cells(strip: Strip) -> Iterator[str]:
    for text, style, _ in strip:
        blank, other = "", ""
        for character in text:
            if character.isspace():
                blank = blank or _look(style or Style(), blank=True)
                yield blank
            else:
                other = other or _look(style or Style(), blank=False)
                yield from [other] * cell_len(character)


def _look(style: Style, *, blank: bool) -> str:
    attributes = [name for name in (_ON_BLANKS if blank else _ATTRIBUTES) if getattr(style, name)]
    shows = not blank or bool(attributes)
    colours = f"{_colour(style.color) if shows else '_'} on {_colour(style.bgcolor)}"
    return " ".join([colours, *attributes])


def _colour(colour: Color | None) -> str:
    return "default" if colour is None else colour.name


def _name(number: int) -> str:
    """a ... Z, then aa, ab ..."""
    more, last = divmod(number, len(_LETTERS))
    return (_name(more - 1) if more else "") + _LETTERS[last]


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    """Each with its number; lines that are alike share one."""
    number = 1
    for line, alike in groupby(lines):
        last = number + sum(1 for _ in alike) - 1
        yield f"{number}-{last} {line}" if last > number else f"{number} {line}"
        number = last + 1


def _lines_of_runs(numbered: Sequence[str]) -> Iterator[list[str]]:
    for line in numbered:
        numbers, *runs = line.split(" ")
        first, _, last = numbers.partition("-")
        yield from [runs] * (int(last or first) - int(first) + 1)
