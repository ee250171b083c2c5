"""A table to be taken elsewhere: as Markdown, LaTeX, tab- or comma-separated values.

Markdown and LaTeX are for people and carry what a cell shows; the separated values are for programs and carry exact
numbers. Text is cleaned of what is harmful in a terminal, and then escaped as each form asks for, so that nothing
that a store holds is anything but text where it arrives.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui_tracker.model.text import clean


@dataclass(frozen=True)
class SheetCell:
    """One cell."""

    text: str = ""
    """what a person reads"""
    exact: float | str | None = None
    """what a program reads; None: the text"""
    strong: bool = False
    """whether it stands out"""


@dataclass(frozen=True)
class Sheet:
    """Rows under headings; the first column names the rows."""

    headings: tuple[str, ...]
    rows: tuple[tuple[SheetCell, ...], ...]
    """each as long as the headings"""


# Punctuation that means something to Markdown within a line.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&#!$]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # At the beginning of a row these would be read as arguments of the line break before it.
    "[": "{[}",
    "*": "{*}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
# Neighbouring hyphens and quotes would become dashes and other quotes.
_LIGATURE = re.compile(r"([-'`])(?=\1)")


def escape_markdown(text: str) -> str:
    """Text as a cell of a Markdown table."""
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", clean(text))


def escape_latex(text: str) -> str:
    """Text as a cell of a LaTeX tabular, outside of mathematics."""
    escaped = "".join(_LATEX.get(character, character) for character in clean(text))
    return _LIGATURE.sub(r"\1{}", escaped)


def markdown(sheet: Sheet) -> str:
    """A table of GitHub's Markdown; numbers stand to the right."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    rules = ["---", *("---:" for _ in sheet.headings[1:])]
    rows = ([_marked(cell, escape_markdown, "**{}**") for cell in row] for row in sheet.rows)
    return "\n".join([line([*map(escape_markdown, sheet.headings)]), line(rules), *map(line, rows)]) + "\n"


def latex(sheet: Sheet) -> str:
    """A `tabular` with the rules of the package booktabs."""

    def line(cells: Sequence[str]) -> str:
        return f"{' & '.join(cells)} \\\\"

    rows = ([_marked(cell, escape_latex, "\\textbf{{{}}}") for cell in row] for row in sheet.rows)
    return "\n".join(
        [
            "% needs \\usepackage{booktabs}",
            f"\\begin{{tabular}}{{l{'r' * (len(sheet.headings) - 1)}}}",
            "\\toprule",
            line([*map(escape_latex, sheet.headings)]),
            "\\midrule",
            *map(line, rows),
            "\\bottomrule",
            "\\end{tabular}\n",
        ]
    )


def tsv(sheet: Sheet) -> str:
    """Tab-separated values, without quotes: cleaned text holds neither tabs nor line breaks."""
    return "".join("\t".join(line) + "\n" for line in _exact(sheet))


def comma_separated(sheet: Sheet) -> str:
    """Comma-separated values, quoted as RFC 4180 says."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(_exact(sheet))
    return written.getvalue()


FORMS: Mapping[str, Callable[[Sheet], str]] = {
    "Markdown": markdown,
    "TSV": tsv,
    "LaTeX": latex,
    "CSV": comma_separated,
}
"""Every form by what people call it."""

SUFFIXES: Mapping[str, str] = {".md": "Markdown", ".tsv": "TSV", ".tex": "LaTeX", ".csv": "CSV"}
"""The form of a file by the end of its name."""


def _marked(cell: SheetCell, escape: Callable[[str], str], strong: str) -> str:
    text = escape(cell.text)
    return strong.format(text) if cell.strong and text.strip() else text


def _exact(sheet: Sheet) -> list[list[str]]:
    return [
        [clean(heading) for heading in sheet.headings],
        *([_program_text(cell) for cell in row] for row in sheet.rows),
    ]


def _program_text(cell: SheetCell) -> str:
    if isinstance(cell.exact, float):
        return repr(cell.exact)
    return clean(cell.text if cell.exact is None else str(cell.exact))
