"""Finding runs: the answer of a query, counted, in order, a page at a time, with the values of chosen fields."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logger.store.fields import Field, Names, Sort
from logger.store.ordering import Key, parts
from logger.store.paces import Pace, paces
from logger.store.query import EVERYTHING, Filter
from logger.store.runs import COLUMNS, FROM, StoredRun, from_row
from logger.store.series import ROWS, marks, metrics_of

# Fewer runs than this are sorted in less time than it takes to walk an index over all runs.
_FEW = 1000

Cell = float | str | None
STATUS = Field("attribute", "status")


@dataclass(frozen=True)
class Row:
    """A run and its values for the fields that were asked for, in their order; None where it has no such thing."""

    run: StoredRun
    cells: tuple[Cell, ...]
    pace: Pace | None = None
    """of a running run whose status was asked for, once it has logged a metric"""


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
    where, values = matching(query)
    return _number(connection, f"SELECT COUNT(*) {FROM} WHERE {where}", values)


def page(
    connection: sqlite3.Connection,
    query: Query,
    fields: Sequence[Field] = (),
    *,
    offset: int = 0,
    limit: int = -1,
) -> list[Row]:
    """Rows `offset` to `offset + limit` of a query's answer, with the values of `fields`."""
    return by_ids(connection, ids(connection, query, offset=offset, limit=limit), fields)


def ids(connection: sqlite3.Connection, query: Query, *, offset: int = 0, limit: int = -1) -> list[int]:
    """The ids of the runs of a query's answer, in its order; of all from `offset` on, or of `limit`."""
    found: list[int] = []
    for selection in _selections(connection, query):
        wanted = limit - len(found) if limit >= 0 else -1
        if not wanted:
            break
        rows = connection.execute(
            f"SELECT r.id {selection.sql} ORDER BY {selection.order_by} LIMIT ? OFFSET ?",
            (*selection.values, wanted, offset),
        ).fetchall()
        found += [run_id for (run_id,) in rows]
        if rows:
            offset = 0
        elif offset:
            offset -= _number(connection, f"SELECT COUNT(*) {selection.sql}", selection.values)
    return found


def position(connection: sqlite3.Connection, query: Query, run_id: int) -> int | None:
    """The 0-based place of a run in a query's answer; None if it is not in it."""
    if query.order and _is_narrow(connection, query):
        few = ids(connection, query)
        return few.index(run_id) if run_id in few else None
    before = 0
    for selection in _selections(connection, query):
        keys = ", ".join(key.expression for key in selection.keys)
        own = connection.execute(
            f"SELECT {keys} {selection.sql} AND r.id = ?", (*selection.values, run_id)
        ).fetchone()
        if own is None:
            before += _number(connection, f"SELECT COUNT(*) {selection.sql}", selection.values)
            continue
        for condition, bound in _preceding(selection.keys, own):
            before += _number(
                connection, f"SELECT COUNT(*) {selection.sql} AND {condition}", (*selection.values, *bound)
            )
        return before
    return None


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


def matching(query: Query) -> tuple[str, tuple[object, ...]]:
    """The SQL that a query's runs meet, over `r` and `e`, and what it binds."""
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
class _Selection:
    """The runs of a query's answer that belong to one part of its order."""

    sql: str
    """FROM ... WHERE ..."""
    values: tuple[object, ...]
    keys: tuple[Key, ...]

    @property
    def order_by(self) -> str:
        return ", ".join(key.sql for key in self.keys)


def _selections(connection: sqlite3.Connection, query: Query) -> Iterator[_Selection]:
    where, values = matching(query)
    for part in parts(query.order, few=bool(query.order) and _is_narrow(connection, query)):
        yield _Selection(
            f"{part.source} WHERE {part.condition} AND {where}", (*part.values, *values), part.keys
        )


def _is_narrow(connection: sqlite3.Connection, query: Query) -> bool:
    """Whether so few runs are asked for that sorting them costs less than looking for them along an index."""
    if query.filter is EVERYTHING and not query.experiments and query.deleted is not True:
        return False
    where, values = matching(query)
    found = _number(
        connection, f"SELECT COUNT(*) FROM (SELECT 1 {FROM} WHERE {where} LIMIT ?)", (*values, _FEW)
    )
    return found < _FEW


def _preceding(keys: Sequence[Key], own: Sequence[object]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Conditions of which exactly one holds for each run that comes before the one with these keys."""
    same: list[str] = []
    bound: list[object] = []
    for key, value in zip(keys, own, strict=True):
        # Where a key is NULL it is so for all that are equal in the keys before it: a key for that comes first.
        if value is not None:
            yield " AND ".join([*same, key.before]), (*bound, value)
        same.append(f"{key.expression} IS ?")
        bound.append(value)


def _number(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> int:
    (number,) = connection.execute(sql, values).fetchone()
    return int(number)


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
