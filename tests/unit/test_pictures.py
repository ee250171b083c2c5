"""Pictures of screens as text: nothing is lost on the way there and back, and differences are told where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.screens.pictures import Picture, differences

_STYLES = st.builds(
    Style,
    color=st.sampled_from(["#102030", "red", None]),
    bgcolor=st.sampled_from(["#ffffff", None]),
    bold=st.booleans(),
    underline=st.booleans(),
)
_WIDTH = 12


@st.composite
def _strips(draw: st.DrawFn) -> dict[str, list[Strip]]:
    """The same characters in two themes, wide ones among them."""
    lines = draw(
        st.lists(st.lists(st.sampled_from(["ab", " ", "界", "│", "1-2"]), max_size=3), min_size=1, max_size=5)
    )
    themes = {}
    for theme in ("dark", "light"):
        strips = [Strip([Segment(piece, draw(_STYLES)) for piece in pieces]) for pieces in lines]
        themes[theme] = [strip.adjust_cell_length(_WIDTH, Style()) for strip in strips]
    return themes


@given(_strips())
def test_a_picture_comes_back_from_its_text(strips: dict[str, list[Strip]]) -> None:
    picture = Picture.of(strips, (3, 4))
    assert Picture.decode(picture.encode()) == picture
    assert not list(differences(picture, picture))
    assert all(sum(count for _, count in runs) == _WIDTH for runs in picture.looks)


def _picture(text: str, style: str, light: str = "black on white") -> Picture:
    return Picture.of(
        {
            "dark": [Strip([Segment("aa "), Segment(text, Style.parse(style))])],
            "light": [Strip([Segment("aa "), Segment(text, Style.parse(light))])],
        }
    )


def test_what_differs_is_told_by_lines_and_cells() -> None:
    before = _picture("run", "red on black")
    assert list(differences(before, _picture("rum", "red on black"))) == ["   1 - aa run", "     + aa rum"]
    told = list(differences(before, _picture("run", "bold red on black")))
    assert told == ["   1   aa run", "       cells 4-6, dark: red on black became red on black bold"]


def test_themes_that_show_other_characters_are_refused() -> None:
    with pytest.raises(ValueError, match="other characters"):
        Picture.of({"dark": [Strip([Segment("a")])], "light": [Strip([Segment("b")])]})
