"""Tables taken elsewhere: what is read back from each form is what was put in, whatever it holds."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.hostile import HOSTILE, assert_harmless
from tui_tracker.model.sheet import FORMS, Sheet, SheetCell, escape_latex
from tui_tracker.model.text import clean

TEXT = (
    st.text(max_size=30)
    | st.sampled_from(HOSTILE)
    | st.text(alphabet="|\\\\`*_[]<>&~#$%^{}-'\"\t\n,", max_size=12)
)
# What LaTeX makes of the commands that text is escaped with.
COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    "{[}": "[",
    "{*}": "*",
    "-{}": "-",
    "'{}": "'",
    "`{}": "`",
    **{f"\\{character}": character for character in "&%$#_{}"},
}


def sheet(texts: list[list[str]]) -> Sheet:
    headings, *rows = texts
    return Sheet(tuple(headings), tuple(tuple(SheetCell(text) for text in row) for row in rows))


def tables() -> st.SearchStrategy[list[list[str]]]:
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=2, max_size=4)
    )


@given(tables())
def test_comma_separated_values_parse_back(texts: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(FORMS["CSV"](sheet(texts)))))
    # csv writes a row of one empty field as two quotes, so every row is there.
    assert read == [[clean(text) for text in row] for row in texts]


@given(tables())
def test_tab_separated_values_parse_back(texts: list[list[str]]) -> None:
    written = FORMS["TSV"](sheet(texts))
    assert [line.split("\t") for line in written.split("\n")[:-1]] == [
        [clean(text) for text in row] for row in texts
    ]


@given(tables())
def test_markdown_is_read_as_the_same_text(texts: list[list[str]]) -> None:
    tokens = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .parse(FORMS["Markdown"](sheet(texts)))
    )
    cells = [token for token in tokens if token.type == "inline"]
    assert len(cells) == len(texts) * len(texts[0])
    expected = [clean(text).strip() for row in texts for text in row]
    for token, text in zip(cells, expected, strict=True):
        children = token.children or []
        assert {child.type for child in children} <= {"text", "text_special"}
        assert "".join(child.content for child in children) == text


@given(TEXT)
def test_latex_is_set_as_the_same_text(text: str) -> None:
    escaped = escape_latex(text)
    pattern = re.compile("|".join(map(re.escape, sorted(COMMANDS, key=len, reverse=True))))
    rest = pattern.sub("", escaped)
    assert not set(rest) & set("&%$#_{}~^\\<>|[*")
    assert pattern.sub(lambda found: COMMANDS[found[0]], escaped) == clean(text)
    assert "--" not in escaped and "''" not in escaped and "``" not in escaped


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_harmful_is_copied(form: str, text: str) -> None:
    written = FORMS[form](sheet([["", text], [text, text]]))
    assert_harmless(written.replace("\t", ""))


def test_people_read_rounded_numbers_and_programs_exact_ones() -> None:
    one = Sheet(("", "a"), ((SheetCell("loss"), SheetCell("0.3333", 1 / 3, strong=True)),))
    assert "**0.3333**" in FORMS["Markdown"](one)
    assert r"\textbf{0.3333}" in FORMS["LaTeX"](one)
    assert FORMS["CSV"](one).endswith(f"loss,{1 / 3!r}\n")
    assert FORMS["TSV"](one).endswith(f"loss\t{1 / 3!r}\n")
