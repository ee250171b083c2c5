"""Finding runs: the answer of a query, counted, in order, a page at a time, with the values of chosen fields."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from logger.store.fields import AGGREGATES, Field, Names, Sort
from logger.store.query import EVERYTHING, Filter
from logger.store.runs import COLUMNS, FROM, StoredRun, from_row
from logger.store.series import marks, metrics_of

Cell = float | str | None


@dataclass(frozen=True)
class Row:
    """A run and its values for the fields that were asked for, in their order; None where it has no such thing."""

    run: StoredRun
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Query:
    """Which runs, in which order."""

    filter: Filter = EVERYTHING
    experiments: tuple[int, ...] = ()
    """ids; empty for all that are not deleted"""
    order: tuple[Sort, ...] = ()
    """after these keys: the newest first"""
    deleted: bool | None = False
    """True: only deleted runs; None: deleted or not"""
    archived: bool | None = False
    """True: only archived runs; None: archived or not"""


def count(connection: sqlite3.Connection, query: Query) -> int:
    where, values = _where(query)
    (number,) = connection.execute(f"SELECT COUNT(*) {FROM} WHERE {where}", values).fetchone()
    return int(number)


def page(
    connection: sqlite3.Connection,
    query: Query,
    fields: Sequence[Field] = (),
    *,
    offset: int = 0,
    limit: int = -1,
) -> list[Row]:
    """Rows `offset` to `offset + limit` of a query's answer, with the values of `fields`."""
    where, values = _where(query)
    order = _order(query.order)
    found = [
        from_row(row)
        for row in connection.execute(
            f"SELECT {COLUMNS} {FROM} {order.joins} WHERE {where} ORDER BY {order.keys} LIMIT ? OFFSET ?",
            (*order.values, *values, limit, offset),
        )
    ]
    return _with_cells(connection, found, fields)


def position(connection: sqlite3.Connection, query: Query, run_id: int) -> int | None:
    """The 0-based place of a run in a query's answer; None if it is not in it."""
    where, values = _where(query)
    order = _order(query.order)
    row = connection.execute(
        f"SELECT place FROM (SELECT r.id AS id, ROW_NUMBER() OVER (ORDER BY {order.keys}) - 1 AS place"
        f" {FROM} {order.joins} WHERE {where}) WHERE id = ?",
        (*order.values, *values, run_id),
    ).fetchone()
    return None if row is None else int(row[0])


def ids(connection: sqlite3.Connection, query: Query) -> list[int]:
    """The ids of all runs of a query's answer, in its order."""
    where, values = _where(query)
    order = _order(query.order)
    rows = connection.execute(
        f"SELECT r.id {FROM} {order.joins} WHERE {where} ORDER BY {order.keys}", (*order.values, *values)
    )
    return [run_id for (run_id,) in rows]


def by_ids(connection: sqlite3.Connection, run_ids: Sequence[int], fields: Sequence[Field] = ()) -> list[Row]:
    """These runs, in this order; those that are not there are left out."""
    found = {
        row[0]: from_row(row)
        for row in connection.execute(
            f"SELECT {COLUMNS} {FROM} WHERE r.id IN ({marks(len(run_ids))})", tuple(run_ids)
        )
    }
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


def _where(query: Query) -> tuple[str, tuple[object, ...]]:
    conditions = [f"({query.filter.where})"]
    values: list[object] = list(query.filter.parameters)
    if query.experiments:
        conditions.append(f"r.experiment_id IN ({marks(len(query.experiments))})")
        values += query.experiments
    if query.deleted is not None:
        alive = "r.deleted IS NULL AND e.deleted IS NULL"
        conditions.append(f"NOT ({alive})" if query.deleted else alive)
    if query.archived is not None:
        conditions.append(f"r.archived IS {'NOT ' if query.archived else ''}NULL")
    return " AND ".join(conditions), tuple(values)


@dataclass(frozen=True)
class _Order:
    """A sort order in SQL."""

    joins: str
    keys: str
    values: tuple[object, ...]
    """bound in the joins"""


def _order(order: Sequence[Sort]) -> _Order:
    """Numbers, then text, then NaN, then what is missing; ties by start, newest first."""
    joins: list[str] = []
    keys: list[str] = []
    values: list[object] = []
    for place, sort in enumerate(order):
        direction = "DESC" if sort.descending else "ASC"
        name, field = f"sort{place}", sort.field
        if field.kind == "attribute":
            expression, _ = field.sql()
            keys += [f"{expression} IS NULL", f"{expression} {direction}"]
            continue
        table = {"metric": "series", "param": "params", "tag": "tags"}[field.kind]
        joins.append(f"LEFT JOIN {table} {name} ON {name}.run_id = r.id AND {name}.key = ?")
        values.append(field.key)
        if field.kind == "metric":
            value = f"{name}.{AGGREGATES[field.aggregate]}"
            # A series without points is missing; NaN is stored as NULL.
            keys += [f"CASE WHEN {name}.n > 0 THEN {value} IS NULL ELSE 2 END", f"{value} {direction}"]
        else:
            keys.append(f"{name}.key IS NULL")
            if field.kind == "param":
                keys += [f"{name}.number IS NULL", f"{name}.number {direction}"]
            keys.append(f"{name}.value {direction}")
    return _Order(" ".join(joins), ", ".join([*keys, "r.started DESC", "r.id DESC"]), tuple(values))


def _with_cells(
    connection: sqlite3.Connection, found: Sequence[StoredRun], fields: Sequence[Field]
) -> list[Row]:
    if not fields:
        return [Row(run, ()) for run in found]
    run_ids = [run.id for run in found]
    columns = [_column(connection, run_ids, field) for field in fields if field.kind != "metric"]
    metric_keys = {field.key for field in fields if field.kind == "metric"}
    metrics = metrics_of(connection, run_ids, metric_keys) if metric_keys else {}
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
        rows.append(Row(run, tuple(cells)))
    return rows


def _column(connection: sqlite3.Connection, run_ids: Sequence[int], field: Field) -> dict[int, Cell]:
    expression, bound = field.sql()
    return dict(
        connection.execute(
            f"SELECT r.id, {expression} {FROM} WHERE r.id IN ({marks(len(run_ids))})", (*bound, *run_ids)
        )
    )
