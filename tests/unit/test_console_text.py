"""Colours of printed text are understood; nothing printed can do anything else to a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE, assert_harmless
from tui_tracker.model.console_text import PLAIN, Piece, Rendition, pieces_of, plain_text
from tui_tracker.model.text import LONGEST


@pytest.mark.parametrize(
    ("codes", "rendition"),
    [
        ("31", Rendition(1)),
        ("97", Rendition(15)),
        ("1;4;42", Rendition(None, 2, frozenset({"bold", "underline"}))),
        ("38;5;208", Rendition(208)),
        ("48;2;1;2;255", Rendition(None, "#0102ff")),
        ("38:5:9", Rendition(9)),
        ("31;0", PLAIN),
        ("", PLAIN),
        ("1;22", PLAIN),
        ("31;39", PLAIN),
        ("38;5;999", PLAIN),
        ("38;2;1", PLAIN),
        ("38", PLAIN),
        ("73;999", PLAIN),
    ],
)
def test_a_rendition_is_a_value(codes: str, rendition: Rendition) -> None:
    assert pieces_of(f"\x1b[{codes}mtext".encode()) == (Piece("text", rendition),)


def test_colours_last_until_they_end() -> None:
    line = b"loss \x1b[31mrises\x1b[1m fast\x1b[0m now"
    assert [(piece.text, piece.rendition.foreground) for piece in pieces_of(line)] == [
        ("loss ", None),
        ("rises", 1),
        (" fast", 1),
        (" now", None),
    ]
    assert plain_text(line) == "loss rises fast now"


def test_what_says_nothing_is_dropped_and_tabs_are_spaces() -> None:
    assert plain_text(b"\x1b[?25lbar\x1b[K\x1b[?25h") == "bar"
    assert plain_text(b"a\tb") == "a       b"
    assert plain_text(b"") == ""


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_harmless(text: str) -> None:
    shown = plain_text(text.encode("utf-8", "surrogatepass"))
    assert_harmless(shown)
    assert len(shown) <= LONGEST


@given(st.binary(max_size=200))
def test_no_bytes_are_harmful(line: bytes) -> None:
    assert_harmless(plain_text(line.replace(b"\n", b"")))


@given(
    st.lists(st.sampled_from(["\x1b", "[", "3", ";", "m", "8", "5", "\x9b", "x", ":", "2", "J"]), max_size=40)
)
def test_no_sequence_gets_through(parts: list[str]) -> None:
    assert_harmless(plain_text("".join(parts).encode()))
