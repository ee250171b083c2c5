"""What the run table needs to know of the store, asked in one question each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from logger.store import runs, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.query import EVERYTHING
from logger.store.runs import Experiment
from logger.store.search import Query, Row
from tui_tracker.model.columns import Column, default_columns
from tui_tracker.model.grouping import GroupKey, read_outline
from tui_tracker.model.outline import Outline
from tui_tracker.model.row_pages import PAGE_ROWS
from tui_tracker.model.selection import Selection

# Rows around the cursor, read together with the count: one page of the table.
FIRST_ROWS = PAGE_ROWS


@dataclass(frozen=True)
class Contents:
    """What is in a store as a whole."""

    experiments: tuple[Experiment, ...]
    names: Names


@dataclass(frozen=True)
class View:
    """The answer to a selection, as much of it as shows at first."""

    total: int
    """how many runs match"""
    of: int
    """how many there are without the filter"""
    offset: int
    """the place of the first of `rows` in the answer"""
    rows: Sequence[Row]
    cursor: int | None
    """the place of the run that the cursor stood on; None if it is not in the answer"""
    columns: tuple[Column, ...]
    """the columns that `rows` were read for"""
    outline: Outline | None = None
    """the list in groups; `offset` and `cursor` are then its rows and its lines"""


def read_contents(reader: Reader) -> Contents:
    return Contents(tuple(runs.experiments(reader)), search.names(reader))


def read_view(
    reader: Reader, selection: Selection, chosen: Sequence[Column] | None, kept_run: int | None
) -> View:
    """Counts, the place of `kept_run`, and the rows around it.

    `chosen` are the columns; None for a first choice by the names that the place's runs use.
    """
    query = selection.query
    total = search.count(reader, query)
    of = _unfiltered(reader, selection, total)
    cursor = search.position(reader, query, kept_run) if kept_run is not None else None
    columns = _columns(reader, query, chosen)
    offset = (cursor or 0) // FIRST_ROWS * FIRST_ROWS
    rows = search.page(reader, query, [column.reads for column in columns], offset=offset, limit=FIRST_ROWS)
    return View(total, of, offset, rows, cursor, columns)


def read_grouped_view(
    reader: Reader,
    selection: Selection,
    chosen: Sequence[Column] | None,
    by: Sequence[Field],
    opened: Collection[GroupKey],
    kept: int | GroupKey | None,
    now: float,
) -> View:
    """As `read_view`, with the runs in groups; `kept` is the run or the group that the cursor stood on."""
    columns = _columns(reader, selection.query, chosen)
    outline = read_outline(reader, selection.query, by, columns, opened, now)
    total = sum(len(heading.run_ids) for heading in outline.headings)
    row = outline.run_ids.index(kept) if isinstance(kept, int) and kept in outline.run_ids else None
    cursor = None if row is None else outline.line_of_row(row)
    if isinstance(kept, tuple):
        cursor = outline.line_of(kept)
    offset = (row or 0) // FIRST_ROWS * FIRST_ROWS
    rows = search.by_ids(
        reader, outline.run_ids[offset : offset + FIRST_ROWS], [column.reads for column in columns]
    )
    return View(total, _unfiltered(reader, selection, total), offset, rows, cursor, columns, outline)


def _unfiltered(reader: Reader, selection: Selection, total: int) -> int:
    """How many runs there are where the selection's filter lets `total` through."""
    query = selection.query
    return search.count(reader, replace(query, filter=EVERYTHING)) if selection.text else total


def _columns(reader: Reader, query: Query, chosen: Sequence[Column] | None) -> tuple[Column, ...]:
    if chosen is not None:
        return tuple(chosen)
    names = search.names(reader, query.experiments)
    return default_columns(names, several_experiments=not query.experiments)
