"""Finding runs: the answer of a query a page at a time, with the values of chosen fields, and the names in use.

Which runs these are, in which order, is in `listing`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from logger.store.fields import Field, Names
from logger.store.listing import Query, count, ids, matching, position
from logger.store.paces import Pace, paces
from logger.store.runs import COLUMNS, FROM, StoredRun, from_row
from logger.store.series import ROWS, marks, metrics_of

__all__ = [
    "Cell",
    "Query",
    "Row",
    "by_ids",
    "column",
    "count",
    "ids",
    "matching",
    "names",
    "page",
    "position",
    "values_of",
]

Cell = float | str | None
STATUS = Field("attribute", "status")


@dataclass(frozen=True)
class Row:
    """A run and its values for the fields that were asked for, in their order; None where it has no such thing."""

    run: StoredRun
    cells: tuple[Cell, ...]
    pace: Pace | None = None
    """of a running run whose status was asked for, once it has logged a metric"""


def page(
    connection: sqlite3.Connection,
    query: Query,
    fields: Sequence[Field] = (),
    *,
    offset: int = 0,
    limit: int = -1,
    total: int | None = None,
) -> list[Row]:
    """Rows `offset` to `offset + limit` of a query's answer, with the values of `fields`; `total` as for `ids`."""
    return by_ids(connection, ids(connection, query, offset=offset, limit=limit, total=total), fields)


def by_ids(connection: sqlite3.Connection, run_ids: Sequence[int], fields: Sequence[Field] = ()) -> list[Row]:
    """These runs, in this order; those that are not there are left out."""
    found: dict[int, StoredRun] = {}
    for start in range(0, len(run_ids), ROWS):
        some = tuple(run_ids[start : start + ROWS])
        rows = connection.execute(f"SELECT {COLUMNS} {FROM} WHERE r.id IN ({marks(len(some))})", some)
        found.update((row[0], from_row(row)) for row in rows)
    return _with_cells(connection, [found[run_id] for run_id in run_ids if run_id in found], fields)


def names(connection: sqlite3.Connection, experiment_ids: Sequence[int] = ()) -> Names:
    """The names in use in some experiments, or in all."""
    if not experiment_ids:
        return Names(*(frozenset(_all_keys(connection, table)) for table in ("series", "params", "tags")))
    where = f"run_id IN (SELECT id FROM runs WHERE experiment_id IN ({marks(len(experiment_ids))}))"

    def keys(table: str) -> frozenset[str]:
        rows = connection.execute(f"SELECT DISTINCT key FROM {table} WHERE {where}", tuple(experiment_ids))
        return frozenset(key for (key,) in rows)

    return Names(keys("series"), keys("params"), keys("tags"))


def _all_keys(connection: sqlite3.Connection, table: str) -> list[str]:
    """Each key of a table once: from one to the next along its index, not through every row."""
    rows = connection.execute(
        f"WITH RECURSIVE k(key) AS (SELECT MIN(key) FROM {table} UNION ALL"
        f" SELECT (SELECT MIN(t.key) FROM {table} t WHERE t.key > k.key) FROM k WHERE k.key IS NOT NULL)"
        " SELECT key FROM k WHERE key IS NOT NULL"
    )
    return [key for (key,) in rows]


def values_of(connection: sqlite3.Connection, field: Field, limit: int = 50) -> list[str]:
    """The commonest values of a text field, for completion."""
    if field.kind == "metric":
        return []
    expression, bound = field.sql()
    rows = connection.execute(
        f"SELECT v FROM (SELECT {expression} AS v {FROM} WHERE r.deleted IS NULL) WHERE v IS NOT NULL"
        " GROUP BY v ORDER BY COUNT(*) DESC, v LIMIT ?",
        (*bound, limit),
    )
    return [str(value) for (value,) in rows]


def _with_cells(
    connection: sqlite3.Connection, found: Sequence[StoredRun], fields: Sequence[Field]
) -> list[Row]:
    if not fields:
        return [Row(run, ()) for run in found]
    run_ids = [run.id for run in found]
    columns = [column(connection, run_ids, field) for field in fields if field.kind != "metric"]
    metric_keys = {field.key for field in fields if field.kind == "metric"}
    metrics = metrics_of(connection, run_ids, metric_keys) if metric_keys else {}
    running = [run.id for run in found if run.is_running] if STATUS in fields else []
    pace_of = paces(connection, running) if running else {}
    rows = []
    for run in found:
        others = iter(columns)
        cells: list[Cell] = []
        for field in fields:
            if field.kind == "metric":
                metric = metrics[run.id].get(field.key)
                cells.append(None if metric is None else metric.value(field.aggregate))
            else:
                cells.append(next(others).get(run.id))
        rows.append(Row(run, tuple(cells), pace_of.get(run.id)))
    return rows


def column(connection: sqlite3.Connection, run_ids: Sequence[int], field: Field) -> dict[int, Cell]:
    """A field's values by run id; a NaN is None, as the database has it."""
    expression, bound = field.sql()
    values: dict[int, Cell] = {}
    for start in range(0, len(run_ids), ROWS):
        some = run_ids[start : start + ROWS]
        values.update(
            connection.execute(
                f"SELECT r.id, {expression} {FROM} WHERE r.id IN ({marks(len(some))})", (*bound, *some)
            )
        )
    return values
