"""What the run table needs to know of the store, asked in one question each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from logger.store import runs, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.query import EVERYTHING
from logger.store.runs import Experiment
from logger.store.search import Query, Row
from tui_tracker.model.columns import Column, default_columns
from tui_tracker.model.direction import best_first
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
    of = search.count(reader, replace(query, filter=EVERYTHING)) if selection.text else total
    cursor = search.position(reader, query, kept_run) if kept_run is not None else None
    if chosen is None:
        names = search.names(reader, query.experiments)
        chosen = default_columns(names, several_experiments=not query.experiments)
    offset = (cursor or 0) // FIRST_ROWS * FIRST_ROWS
    fields = [column.field for column in chosen]
    rows = search.page(reader, query, fields, offset=offset, limit=FIRST_ROWS)
    return View(total, of, offset, rows, cursor, tuple(chosen))


def read_best(reader: Reader, query: Query, fields: Sequence[Field]) -> dict[Field, float]:
    """The best value of each metric field whose name says what is better, where some run has a number."""
    best: dict[Field, float] = {}
    for field, order in best_first(fields).items():
        for row in search.page(reader, replace(query, order=(order,)), (field,), limit=1):
            value = row.cells[0]
            if isinstance(value, (int, float)) and not math.isnan(value):
                best[field] = value
    return best
