"""What is sent to a terminal is less than Textual would send, and shows the same."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import accumulate

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui_tracker.sent_screen import SentScreen

WIDTH, HEIGHT = 24, 4
STYLES = st.builds(
    Style,
    color=st.sampled_from([None, "red", "#102030"]),
    bgcolor=st.sampled_from([None, "blue", "#405060"]),
    bold=st.sampled_from([None, True]),
    italic=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
    underline=st.sampled_from([None, True]),
)
TEXTS = st.text(st.sampled_from("ab ⣿│漢"), min_size=1, max_size=8)
SEGMENTS = st.lists(
    st.tuples(TEXTS, st.one_of(st.none(), STYLES)).map(lambda found: Segment(*found)), max_size=4
)


def piece(segments: Sequence[Segment], width: int) -> Strip:
    return Strip(segments).adjust_cell_length(width)


@st.composite
def screens(draw: st.DrawFn) -> list[list[Strip]]:
    """Lines in two or three pieces, all of the screen's width."""
    lines = []
    for _ in range(HEIGHT):
        cuts = draw(st.sampled_from([(8, 8, 8), (12, 12), (24,)]))
        lines.append([piece(draw(SEGMENTS), width) for width in cuts])
    return lines


def whole(lines: list[list[Strip]]) -> LayoutUpdate:
    return LayoutUpdate([iter(line) for line in lines], Region(0, 0, WIDTH, HEIGHT))


def partly(lines: list[list[Strip]], drawn: Sequence[int]) -> ChopsUpdate:
    """An update of some lines."""
    ends = [list(accumulate(strip.cell_length for strip in line)) for line in lines]
    chops = [
        dict(zip([0, *ends[y]], line if y in drawn else [None] * len(line), strict=False))
        for y, line in enumerate(lines)
    ]
    return ChopsUpdate(chops, [(y, 0, WIDTH) for y in drawn], ends)


class Shown:
    """A terminal that shows what is written to it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> None:
        self._stream.feed(text.replace("\n", ""))

    def cells(self) -> list[object]:
        found: list[object] = []
        for y in range(HEIGHT):
            for x in range(WIDTH):
                cell = self.screen.buffer[y][x]
                blank = cell.data == " " and not (cell.reverse or cell.underscore)
                seen = cell._replace(fg="default", bold=False, italics=False) if blank else cell
                found.append(seen)
        return found


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=WIDTH)


@given(
    st.lists(st.tuples(screens(), st.lists(st.integers(0, HEIGHT - 1), min_size=1, unique=True)), max_size=5),
    st.sets(st.integers(0, 4)),
)
def test_a_terminal_shows_the_same_as_if_all_had_been_sent(
    updates: list[tuple[list[list[Strip]], list[int]]], forgotten: set[int]
) -> None:
    sent, spared, plain, out = SentScreen(), Shown(), Shown(), console()
    first = [[piece([], WIDTH)] for _ in range(HEIGHT)]
    for place, (lines, drawn) in enumerate([(first, list(range(HEIGHT))), *updates]):
        if place in forgotten:
            sent.forget()
        for shown, write in ((spared, True), (plain, False)):
            update = whole(lines) if not place else partly(lines, sorted(drawn))
            shown.write(sent.render(update, out) if write else update.render_segments(out))
        assert spared.cells() == plain.cells()


def test_what_the_terminal_shows_already_is_not_sent_again() -> None:
    sent, out = SentScreen(), console()
    red = Style(color="#ff0000")
    line = [piece([Segment("loss ", red), Segment("0.5", red)], WIDTH)]
    assert sent.render(partly([line], [0]), out)
    assert sent.render(partly([line], [0]), out) == ""
    changed = [piece([Segment("loss ", red), Segment("0.7", red)], WIDTH)]
    assert sent.render(partly([changed], [0]), out) == "\x1b[1;8H\x1b[38;2;255;0;0m7\x1b[0m"
    sent.forget()
    assert "loss 0.7" in sent.render(partly([changed], [0]), out)


def test_an_update_that_is_not_written_is_not_remembered() -> None:
    sent, out = SentScreen(), console()
    line = [piece([Segment("0.5")], WIDTH)]
    assert sent.lessened(partly([line], [0])) is not None
    assert "0.5" in sent.render(partly([line], [0]), out)


def test_a_terminal_without_colours_is_written_to_as_it_was() -> None:
    sent, out = SentScreen(), Console(file=io.StringIO(), color_system=None, width=WIDTH)
    update = partly([[piece([Segment("0.5", Style(bold=True))], WIDTH)]], [0])
    assert sent.render(update, out) == update.render_segments(out)
