"""What a command answers, as a value: raw values that know how a person reads them.

Nothing here says in which form it is printed; `tui_tracker.text.forms` makes aligned text, JSON or CSV of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Value = str | int | float | bool | None


def plain(value: Value) -> str:
    """A value as it stands; nothing for what is missing."""
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    key: str
    """Its name in JSON and CSV, and its heading in text."""
    show: Callable[[Value], str] = plain
    """How a person reads a value of it; cleaned before it is printed."""
    right: bool = False
    """Whether text is aligned to the right, as numbers are."""


@dataclass(frozen=True)
class Table:
    """Rows of raw values under named columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    """Each as long as `columns`."""
    remark: str = ""
    """One line under the table, in text only: what was left out, what a mark means."""
    empty: str = "nothing"
    """What text says in place of a table without rows."""


@dataclass(frozen=True)
class Entry:
    """One named value of a record."""

    key: str
    value: Value
    show: Callable[[Value], str] = plain


@dataclass(frozen=True)
class Record:
    """One thing, described by named values."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Report:
    """Several tables and records under their names, in order."""

    parts: Mapping[str, Table | Record]


@dataclass(frozen=True)
class Sentence:
    """What was done, as one sentence for a person and as a record for a program."""

    text: str
    record: Record


Answer = Table | Record | Report | Sentence
