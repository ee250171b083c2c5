"""What the run table needs to know of the store, asked in one question each."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from logger.store import runs, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.groups import GroupKey, keys_of, runs_of
from logger.store.query import EVERYTHING
from logger.store.runs import Experiment
from logger.store.search import Query, Row
from tui_tracker.model.columns import Column, default_columns
from tui_tracker.model.grouping import outline_of, summed_fields
from tui_tracker.model.kept_counts import KeptCounts
from tui_tracker.model.kept_groups import KeptGroups
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
    is_searched: bool = True
    """False where it would have taken too long to find the run that the cursor stood on"""


def read_contents(reader: Reader) -> Contents:
    return Contents(tuple(runs.experiments(reader)), search.names(reader))


def read_view(
    reader: Reader,
    selection: Selection,
    chosen: Sequence[Column] | None,
    kept_run: int | None,
    counts: KeptCounts | None = None,
    *,
    seconds: float = math.inf,
) -> View:
    """Counts, the place of `kept_run`, and the rows around it.

    `chosen` are the columns; None for a first choice by the names that the place's runs use. Where it takes longer than
    `seconds` to find the run, the first rows are read instead.
    """
    query, counts = selection.query, counts or KeptCounts()
    total = counts.read(reader, query)
    of = counts.read(reader, replace(query, filter=EVERYTHING)) if selection.text else total
    columns = _columns(reader, query, chosen)
    if kept_run is None:
        return View(total, of, 0, read_page(reader, query, columns, 0, total), None, columns)
    found = reader.briefly(lambda brief: _place(brief, query, kept_run), seconds)
    cursor = None if found is None else found.line
    offset = (cursor or 0) // FIRST_ROWS * FIRST_ROWS
    rows = read_page(reader, query, columns, offset, total)
    return View(total, of, offset, rows, cursor, columns, is_searched=found is not None)


@dataclass(frozen=True)
class Place:
    """Where a run stands in a list."""

    line: int | None
    """None: it is not there"""
    offset: int = 0
    """the place of the first of `rows`"""
    rows: Sequence[Row] = ()
    """the rows around it"""


def read_place(reader: Reader, query: Query, columns: Sequence[Column], run_id: int, total: int) -> Place:
    """Where a run stands, and the rows around it."""
    line = search.position(reader, query, run_id)
    if line is None:
        return Place(None)
    offset = line // FIRST_ROWS * FIRST_ROWS
    return Place(line, offset, read_page(reader, query, columns, offset, total))


def read_page(
    reader: Reader, query: Query, columns: Sequence[Column], offset: int, total: int
) -> Sequence[Row]:
    """A page of rows of a list of `total` runs."""
    fields = [column.reads for column in columns]
    return search.page(reader, query, fields, offset=offset, limit=FIRST_ROWS, total=total)


def _place(reader: Reader, query: Query, run_id: int) -> Place:
    return Place(search.position(reader, query, run_id))


def read_grouped_view(
    reader: Reader,
    selection: Selection,
    chosen: Sequence[Column] | None,
    by: Sequence[Field],
    opened: Collection[GroupKey],
    kept: int | GroupKey | None,
    groups: KeptGroups,
    now: float,
) -> View:
    """As `read_view`, with the runs in groups; `kept` is the run or the group that the cursor stood on."""
    query = selection.query
    columns = _columns(reader, query, chosen)
    found = groups.read(reader, query, by, summed_fields(columns))
    outline = outline_of(reader, found, by, columns, opened, query.order[0] if query.order else None, now)
    total = sum(group.runs for group in found)
    row = _row_of(reader, query, by, outline, kept) if isinstance(kept, int) else None
    cursor = None if row is None else outline.line_of_row(row)
    if isinstance(kept, tuple):
        cursor = outline.line_of(kept)
    offset = (row or 0) // FIRST_ROWS * FIRST_ROWS
    rows = read_rows(reader, query, by, outline, [column.reads for column in columns], offset, FIRST_ROWS)
    return View(total, _unfiltered(reader, selection, total), offset, rows, cursor, columns, outline)


def read_rows(
    reader: Reader,
    query: Query,
    by: Sequence[Field],
    outline: Outline,
    fields: Sequence[Field],
    offset: int,
    limit: int,
) -> list[Row]:
    """Rows `offset` to `offset + limit` of those below the open headings."""
    run_ids: list[int] = []
    for key, before, count in outline.parts(offset, limit):
        run_ids += search.ids(reader, runs_of(query, by, key), offset=before, limit=count)
    return search.by_ids(reader, run_ids, fields)


def _row_of(reader: Reader, query: Query, by: Sequence[Field], outline: Outline, run_id: int) -> int | None:
    """Which of the rows below open headings a run is."""
    for key in keys_of(reader, query, by, [run_id]):
        before = outline.rows_before(key)
        place = None if before is None else search.position(reader, runs_of(query, by, key), run_id)
        if before is not None and place is not None:
            return before + place
    return None


def _unfiltered(reader: Reader, selection: Selection, total: int) -> int:
    """How many runs there are where the selection's filter lets `total` through."""
    query = selection.query
    return search.count(reader, replace(query, filter=EVERYTHING)) if selection.text else total


def _columns(reader: Reader, query: Query, chosen: Sequence[Column] | None) -> tuple[Column, ...]:
    if chosen is not None:
        return tuple(chosen)
    names = search.names(reader, query.experiments)
    several = not query.experiments and runs.several_experiments(reader)
    return default_columns(names, several_experiments=several)
