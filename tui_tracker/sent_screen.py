"""Sends a terminal only the cells that have changed, in as few bytes as they take: a slow link is slow by its bytes.

Textual sends every line of a widget that is drawn anew, whole, and says of each piece of text all of its colours.
`SentScreen` remembers what the terminal shows, a line in the pieces that Textual cuts it into. Of a piece that comes
again only the cells that differ are written; what is not known to be there is written whole. What the terminal may have
lost (after a resize, or a suspension) is to be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

# So many cells that have not changed are written again rather than skipped, which takes as many bytes.
_GAP = 3
_RESET = "\x1b[0m"


class Look(NamedTuple):
    """How a cell is drawn, as the parameters of SGR."""

    attributes: str
    colour: str
    """empty for a space, of which it is not seen"""
    ground: str


class Cell(NamedTuple):
    """One character that takes one cell, and its look."""

    character: str
    look: Look


_PLAIN = Look("", "39", "49")


class SentScreen:
    """What a terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}

    def forget(self) -> None:
        """Whatever comes next is written whole."""
        self._lines.clear()

    def lessened(self, update: RenderableType | None) -> RenderableType | None:
        """The update, which is to be displayed, without what the terminal shows already."""
        if isinstance(update, (ChopsUpdate, LayoutUpdate)):
            return _Lessened(self, update)
        if update is not None:
            self.forget()
        return update

    def render(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """What is to be written for an update."""
        if console._color_system is None:
            self.forget()
            return update.render_segments(console)
        pen = _Pen(console)
        if isinstance(update, LayoutUpdate):
            self.forget()
            for y, strips in enumerate(update.strips, update.region.y):
                self._write_line(pen, y, _placed(update.region.x, strips))
        else:
            for y, x1, x2 in update.spans:
                pieces = {
                    x: strip
                    for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False)
                    if strip is not None and x <= x2 and end > x1
                }
                self._write_line(pen, y, pieces, tuple(update.chops[y]))
        return pen.written()

    def _write_line(
        self, pen: _Pen, y: int, pieces: dict[int, Strip], cuts: tuple[int, ...] | None = None
    ) -> None:
        line = self._lines.get(y)
        cuts = tuple(pieces) if cuts is None else cuts
        if line is None or line.cuts != cuts:
            line = self._lines[y] = _Line(cuts, {})
        for x, strip in pieces.items():
            cells = _cells(strip, pen.system)
            if cells is None:
                # What is wide, or commands to the terminal, is not taken apart.
                line.pieces.pop(x, None)
                pen.write_strip(x, y, strip)
                continue
            pen.write_cells(x, y, line.pieces.get(x), cells)
            line.pieces[x] = cells


class _Line(NamedTuple):
    cuts: tuple[int, ...]
    """where pieces begin; those of another arrangement are not comparable"""
    pieces: dict[int, list[Cell]]


class _Lessened(CompositorUpdate):
    """An update that is remembered when it is written, and only then."""

    def __init__(self, sent: SentScreen, update: ChopsUpdate | LayoutUpdate) -> None:
        self._sent = sent
        self._update = update

    def render_segments(self, console: Console) -> str:
        return self._sent.render(self._update, console)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return self._update.__rich_console__(console, options)


class _Pen:
    """Writes cells, saying only what is not so already."""

    def __init__(self, console: Console) -> None:
        assert console._color_system is not None
        self.system = console._color_system
        self._console = console
        self._parts: list[str] = []
        self._look = _PLAIN
        self._at: tuple[int, int] | None = None

    def written(self) -> str:
        if self._look != _PLAIN:
            self._parts.append(_RESET)
        return "".join(self._parts)

    def write_strip(self, x: int, y: int, strip: Strip) -> None:
        self._move(x, y)
        if self._look != _PLAIN:
            self._parts.append(_RESET)
            self._look = _PLAIN
        self._parts.append(strip.render(self._console))
        self._at = None

    def write_cells(self, x: int, y: int, before: list[Cell] | None, cells: list[Cell]) -> None:
        """Write what differs from what stands there."""
        for start, end in _differing(before, cells):
            self._move(x + start, y)
            run: list[str] = []
            for character, look in cells[start:end]:
                if look is not self._look and look != self._look:
                    wanted = look if look.colour else look._replace(colour=self._look.colour)
                    if wanted != self._look:
                        run.append(_change(self._look, wanted))
                    self._look = wanted
                run.append(character)
            self._parts += run
            self._at = x + end, y

    def _move(self, x: int, y: int) -> None:
        if self._at is not None and self._at[1] == y and x >= self._at[0]:
            if x > self._at[0]:
                self._parts.append(f"\x1b[{x - self._at[0]}C")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")


def _placed(x: int, strips: Iterable[Strip]) -> dict[int, Strip]:
    """Strips that follow one another, by where they begin."""
    found = {}
    for strip in strips:
        found[x] = strip
        x += strip.cell_length
    return found


def _differing(before: list[Cell] | None, cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """The stretches of cells to write: beginnings, and ends."""
    if before is None or len(before) != len(cells):
        if cells:
            yield 0, len(cells)
        return
    if before == cells:
        return
    start = end = -1
    for place, (old, new) in enumerate(zip(before, cells, strict=True)):
        if old is new or old == new:
            continue
        if start < 0:
            start = place
        elif place - end > _GAP:
            yield start, end
            start = place
        end = place + 1
    if start >= 0:
        yield start, end


def _cells(strip: Strip, system: ColorSystem) -> list[Cell] | None:
    """The cells of a strip; None where a character is not one cell, or where there is more than characters."""
    found: list[Cell] = []
    for text, style, control in strip:
        cells = None if control else _cells_of(text, style, system)
        if cells is None:
            return None
        found += cells
    return found


@lru_cache(8192)
def _cells_of(text: str, style: Style | None, system: ColorSystem) -> tuple[Cell, ...] | None:
    look = _PLAIN if style is None else _look(style, system)
    if look is None or "\x1b" in text or any(get_character_cell_size(one) != 1 for one in set(text)):
        return None
    blank = look if look.attributes else look._replace(colour="")
    return tuple(Cell(one, blank if one == " " else look) for one in text)


@lru_cache(2048)
def _look(style: Style, system: ColorSystem) -> Look | None:
    """The parameters that a style stands for; None for a link, which is more than these."""
    if style.link:
        return None
    colour = "39" if style.color is None else ";".join(style.color.downgrade(system).get_ansi_codes(True))
    ground = (
        "49" if style.bgcolor is None else ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False))
    )
    bare = style.without_color.render("x", color_system=system)
    return Look(bare.partition("m")[0].removeprefix("\x1b[") if bare != "x" else "", colour, ground)


@lru_cache(4096)
def _change(before: Look, after: Look) -> str:
    """The sequence that leads from one look to another."""
    if before.attributes == after.attributes:
        parts = [after[place] for place in (1, 2) if before[place] != after[place]]
    else:
        parts = ["0", *(part for part in (after.attributes, after.colour, after.ground) if part)]
        parts = [part for part in parts if part not in ("39", "49")]
    return f"\x1b[{';'.join(parts)}m"
