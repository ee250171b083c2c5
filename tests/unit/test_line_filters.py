"""Lines for terminals, or people, that want less: all cells stay where they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui_tracker.line_filters import AsciiOnly, NoColours, SixteenColours, contrast, plain_text

GROUND = Color.parse("#191d23")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Mn", "Me", "Cf"))))
def test_ascii_takes_as_many_cells(text: str) -> None:
    found = plain_text(text)
    assert found.isascii() and cell_len(found) == cell_len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("╭─ Läufe ─╮", "+- Laufe -+"), ("● run ✓ ✗ …", "* run + x ~"), ("日本", "????"), ("⣿⠀", ": ")],
)
def test_ascii_says_the_same(text: str, plain: str) -> None:
    assert AsciiOnly().apply([Segment(text)], GROUND) == [Segment(plain)]


def test_the_glyphs_of_a_runs_state_stay_different() -> None:
    from tui_tracker.model.columns import STATUS_GLYPHS

    glyphs = [plain_text(glyph) for glyph in STATUS_GLYPHS.values()]
    assert len(set(glyphs)) == len(glyphs)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("#d5d9e0 on #191d23", Style()),
        ("bold #d9706a on #191d23", Style(bold=True)),
        ("#14171c on #e0a458", Style(reverse=True, dim=False)),
        ("#4a5058 on #191d23", Style(dim=True)),
    ],
)
def test_without_colour_what_stood_out_still_does(style: str, expected: Style) -> None:
    (found,) = NoColours().apply([Segment("x", Style.parse(style))], GROUND)
    assert found.style == expected


def test_sixteen_colours_are_the_terminals_own() -> None:
    (found,) = SixteenColours().apply([Segment("x", Style.parse("bold #ff5555 on #000000"))], GROUND)
    assert found.style is not None
    assert re.sub(r"\D+", " ", found.style.render("x")).split()[:3] == ["1", "91", "40"]


def test_contrast_is_that_of_the_wcag() -> None:
    black, white, grey = (Color.parse(name) for name in ("#000000", "#ffffff", "#767676"))
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)
