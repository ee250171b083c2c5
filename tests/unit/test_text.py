"""The boundary between a store's text and the screen: whatever was logged becomes harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.text import LONGEST, MARK, clean, clean_lines

ESCAPES = [
    "\x1b[2J\x1b[1;1HPWN",
    "\x9b2J",
    "\x1bP$qm\x1b\\",
    "\x1b]",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x1b]0;T\x07",
    "\x1b]8;;http://evil\x1b\\x",
]
MARKUP = ["run[/]1", "[bold]", "[@click=app.quit]x[/]", "[link=http://e]x[/link]"]
INVISIBLE = [
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\N{ZERO WIDTH SPACE}",
    "\N{LINE SEPARATOR}",
    "\N{TAG LATIN SMALL LETTER A}",
    "\ud800",
    "\udfff",
    "\x00",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{SOFT HYPHEN}",
    "\N{HANGUL FILLER}",
    "\N{FIRST STRONG ISOLATE}",
    "\N{WORD JOINER}",
    "\N{VARIATION SELECTOR-17}",
]
# Any text, with many more of the characters that matter than chance would give.
texts = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Zl", "Zp"]),
        st.sampled_from("\u0301\u200b\u202e\r\n\t a"),
    ),
    max_size=60,
)


def is_harmless(text: str) -> bool:
    """Whether every character is one that a terminal draws where it stands."""
    return all(
        unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        and unicodedata.bidirectional(character)
        not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        and not 0xE0000 <= ord(character) <= 0xE0FFF
        and character not in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad"
        for character in text
    )


@pytest.mark.parametrize("text", ESCAPES)
def test_what_controls_a_terminal_becomes_marks_and_the_rest_stays_readable(text: str) -> None:
    expected = "".join(MARK if unicodedata.category(character) == "Cc" else character for character in text)
    assert clean(text) == expected
    assert MARK in expected


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text_like_any_other(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_what_cannot_be_seen_is_made_visible(character: str) -> None:
    assert clean(f"a{character}b") == f"a{MARK}b"


def test_a_heap_of_combining_marks_is_lowered() -> None:
    assert clean("e" + "\u0301" * 2000 + "x") == "e" + "\u0301" * 4 + "x"


@pytest.mark.parametrize("text", ["naïve", "日本語", "Ελληνικά", "e\u0301", "😀", "", "   ", "val/acc"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_megabytes_are_cut_and_the_cut_is_told() -> None:
    text = clean("x" * 5_000_000)
    assert len(text) == LONGEST
    assert text.endswith("x…")
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"


@given(texts, st.integers(1, 80))
def test_cleaned_text_is_one_harmless_line_of_bounded_length(text: str, longest: int) -> None:
    cleaned = clean(text, longest)
    assert is_harmless(cleaned)
    assert len(cleaned) <= longest
    assert len(cleaned.splitlines()) <= 1
    cleaned.encode()


@given(texts)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(texts)
def test_lines_stay_lines_and_each_is_harmless(text: str) -> None:
    lines = clean_lines(text).split("\n")
    assert len(lines) == 1 + text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert all(map(is_harmless, lines))


def test_line_breaks_of_every_kind_and_tabs() -> None:
    assert clean_lines("a\tb\r\nc\rd\ne") == "a    b\nc\nd\ne"
    assert clean_lines("abc\ndef", 5) == "abc\n…"
