"""Experiments and runs: reading them a page at a time, and changing them.

Writing functions run inside the caller's transaction; each change gives the run a new revision, by which a viewer
finds what changed.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from logger.store.connection import StoreError
from logger.store.fields import AGGREGATES, Field, Names, Sort
from logger.store.query import EVERYTHING, Filter
from logger.store.series import marks, metrics_of

RUNNING, SCHEDULED, FINISHED, FAILED, KILLED, LOST = (
    "RUNNING",
    "SCHEDULED",
    "FINISHED",
    "FAILED",
    "KILLED",
    "LOST",
)
STATUSES = (RUNNING, SCHEDULED, FINISHED, FAILED, KILLED, LOST)
DEFAULT_EXPERIMENT = "Default"

Cell = float | str | None


@dataclass(frozen=True)
class Experiment:
    """An experiment and how many runs it holds."""

    id: int
    name: str
    description: str
    created: float
    deleted: float | None
    runs: int
    running: int


@dataclass(frozen=True)
class StoredRun:
    """A run as the store has it; times are epoch seconds."""

    id: int
    uid: str
    experiment_id: int
    experiment: str
    name: str
    status: str
    parent_id: int | None
    started: float
    ended: float | None
    heartbeat: float
    host: str
    pid: int | None
    user: str
    source: str
    git_commit: str
    git_dirty: bool | None
    note: str
    total_steps: int | None
    deleted: float | None
    revision: int

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING

    def duration(self, now: float) -> float:
        """Seconds from start to end, or to now while it runs."""
        return (
            self.ended if self.ended is not None else now if self.is_running else self.heartbeat
        ) - self.started


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


_COLUMNS = (
    "r.id, r.uid, r.experiment_id, e.name, r.name, r.status, r.parent_id, r.started, r.ended, r.heartbeat, r.host,"
    " r.pid, r.user, r.source, r.git_commit, r.git_dirty, r.note, r.total_steps, r.deleted, r.revision"
)
_FROM = "FROM runs r JOIN experiments e ON e.id = r.experiment_id"


def experiments(connection: sqlite3.Connection, *, deleted: bool | None = False) -> list[Experiment]:
    """Experiments by name, with counts of their undeleted runs."""
    where = {False: "e.deleted IS NULL", True: "e.deleted IS NOT NULL", None: "1"}[deleted]
    rows = connection.execute(
        "SELECT e.id, e.name, e.description, e.created, e.deleted, COALESCE(c.runs, 0), COALESCE(c.running, 0)"
        " FROM experiments e LEFT JOIN (SELECT experiment_id, COUNT(*) AS runs, SUM(status = 'RUNNING') AS running"
        f" FROM runs WHERE deleted IS NULL GROUP BY experiment_id) c ON c.experiment_id = e.id WHERE {where}"
        " ORDER BY e.name COLLATE NOCASE, e.id"
    )
    return [Experiment(*row) for row in rows]


def count(connection: sqlite3.Connection, query: Query) -> int:
    where, values = _where(query)
    (number,) = connection.execute(f"SELECT COUNT(*) {_FROM} WHERE {where}", values).fetchone()
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
    order, order_values = _order(query.order)
    found = [
        _run(row)
        for row in connection.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
            (*values, *order_values, limit, offset),
        )
    ]
    return _with_cells(connection, found, fields)


def position(connection: sqlite3.Connection, query: Query, run_id: int) -> int | None:
    """The 0-based place of a run in a query's answer; None if it is not in it."""
    where, values = _where(query)
    order, order_values = _order(query.order)
    row = connection.execute(
        f"SELECT place FROM (SELECT r.id AS id, ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS place"
        f" {_FROM} WHERE {where}) WHERE id = ?",
        (*order_values, *values, run_id),
    ).fetchone()
    return None if row is None else int(row[0])


def ids(connection: sqlite3.Connection, query: Query) -> list[int]:
    """The ids of all runs of a query's answer, in its order."""
    where, values = _where(query)
    order, order_values = _order(query.order)
    rows = connection.execute(f"SELECT r.id {_FROM} WHERE {where} ORDER BY {order}", (*values, *order_values))
    return [run_id for (run_id,) in rows]


def by_ids(connection: sqlite3.Connection, run_ids: Sequence[int], fields: Sequence[Field] = ()) -> list[Row]:
    """These runs, in this order; those that are not there are left out."""
    found = {
        row[0]: _run(row)
        for row in connection.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE r.id IN ({marks(len(run_ids))})", tuple(run_ids)
        )
    }
    return _with_cells(connection, [found[run_id] for run_id in run_ids if run_id in found], fields)


def by_uid(connection: sqlite3.Connection, uid: str) -> StoredRun | None:
    row = connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE r.uid = ?", (uid,)).fetchone()
    return None if row is None else _run(row)


def find(connection: sqlite3.Connection, text: str) -> StoredRun:
    """The run that a person means by an id, the beginning of one (4 digits or more), or a name.

    Of several with that name, the newest. Raises StoreError when there is none, or several ids begin so.
    """
    exact = by_uid(connection, text)
    if exact is not None:
        return exact
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE r.name = ? AND r.deleted IS NULL ORDER BY r.started DESC LIMIT 1",
        (text,),
    ).fetchall()
    if not rows and len(text) >= 4:
        rows = connection.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE substr(r.uid, 1, ?) = ? ORDER BY r.uid LIMIT 2",
            (len(text), text.lower()),
        ).fetchall()
    if len(rows) == 1:
        return _run(rows[0])
    if rows:
        raise StoreError(f"several run ids begin with {text!r}: give more of it")
    raise StoreError(f"there is no run {text!r}: `tracker-tui ls` lists them")


def children(connection: sqlite3.Connection, run_id: int) -> list[StoredRun]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE r.parent_id = ? AND r.deleted IS NULL ORDER BY r.started", (run_id,)
    )
    return [_run(row) for row in rows]


def params(connection: sqlite3.Connection, run_id: int) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM params WHERE run_id = ? ORDER BY key", (run_id,)))


def tags(connection: sqlite3.Connection, run_id: int) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM tags WHERE run_id = ? ORDER BY key", (run_id,)))


def names(connection: sqlite3.Connection, experiment_ids: Sequence[int] = ()) -> Names:
    """The names in use in some experiments, or in all."""
    where, values = "", tuple(experiment_ids)
    if values:
        where = f" WHERE run_id IN (SELECT id FROM runs WHERE experiment_id IN ({marks(len(values))}))"

    def keys(table: str) -> frozenset[str]:
        return frozenset(
            key for (key,) in connection.execute(f"SELECT DISTINCT key FROM {table}{where}", values)
        )

    return Names(keys("series"), keys("params"), keys("tags"))


def values_of(connection: sqlite3.Connection, field: Field, limit: int = 50) -> list[str]:
    """The commonest values of a text field, for completion."""
    if field.kind == "metric":
        return []
    expression, bound = field.sql()
    rows = connection.execute(
        f"SELECT v FROM (SELECT {expression} AS v {_FROM} WHERE r.deleted IS NULL) WHERE v IS NOT NULL"
        " GROUP BY v ORDER BY COUNT(*) DESC, v LIMIT ?",
        (*bound, limit),
    )
    return [str(value) for (value,) in rows]


def revision(connection: sqlite3.Connection) -> int:
    """The number of the latest change to any run."""
    (latest,) = connection.execute("SELECT COALESCE(MAX(revision), 0) FROM runs").fetchone()
    return int(latest)


def changed_since(connection: sqlite3.Connection, seen: int) -> list[int]:
    """The ids of runs that changed after revision `seen`."""
    return [run_id for (run_id,) in connection.execute("SELECT id FROM runs WHERE revision > ?", (seen,))]


def _where(query: Query) -> tuple[str, tuple[object, ...]]:
    conditions = [f"({query.filter.where})"]
    values: list[object] = list(query.filter.parameters)
    if query.experiments:
        conditions.append(f"r.experiment_id IN ({marks(len(query.experiments))})")
        values += query.experiments
    if query.deleted is not None:
        alive = "r.deleted IS NULL AND e.deleted IS NULL"
        conditions.append(f"NOT ({alive})" if query.deleted else alive)
    return " AND ".join(conditions), tuple(values)


def _order(order: Sequence[Sort]) -> tuple[str, tuple[object, ...]]:
    """ORDER BY of numbers, then text, then NaN, then what is missing; ties by start, newest first."""
    keys: list[str] = []
    values: list[object] = []
    for sort in order:
        direction = "DESC" if sort.descending else "ASC"
        expression, bound = sort.field.sql()
        if sort.field.kind == "metric":
            column = AGGREGATES[sort.field.aggregate]
            keys.append(
                f"COALESCE((SELECT s.{column} IS NULL FROM series s WHERE s.run_id = r.id AND s.key = ? AND s.n > 0), 2)"
            )
            values.append(sort.field.key)
        else:
            keys.append(f"{expression} IS NULL")
            values += bound
        if sort.field.kind == "param":
            number, number_bound = sort.field.sql(as_number=True)
            keys += [f"{number} IS NULL", f"{number} {direction}"]
            values += number_bound * 2
        keys.append(f"{expression} {direction}")
        values += bound
    return ", ".join([*keys, "r.started DESC", "r.id DESC"]), tuple(values)


def _run(row: Sequence[Any]) -> StoredRun:
    run = StoredRun(*row)
    return run if run.git_dirty is None else replace(run, git_dirty=bool(run.git_dirty))


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
            f"SELECT r.id, {expression} {_FROM} WHERE r.id IN ({marks(len(run_ids))})", (*bound, *run_ids)
        )
    )


# Changes. Each takes the revision it gives from `next_revision`, so that one transaction is one revision.


def next_revision(connection: sqlite3.Connection) -> int:
    return revision(connection) + 1


def experiment_id(connection: sqlite3.Connection, name: str, now: float) -> int:
    """The id of the undeleted experiment of that name, made where there is none."""
    row = connection.execute(
        "SELECT id FROM experiments WHERE name = ? AND deleted IS NULL", (name,)
    ).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO experiments (name, created) VALUES (?, ?) RETURNING id", (name, now)
        ).fetchone()
    return int(row[0])


def ensure(connection: sqlite3.Connection, uid: str, now: float) -> int:
    """The id of the run with this uid; a bare run is made for one whose start has not been filed yet."""
    row = connection.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO runs (uid, experiment_id, name, status, started, heartbeat)"
            " VALUES (?1, ?2, substr(?1, 1, 8), 'RUNNING', ?3, ?3) RETURNING id",
            (uid, experiment_id(connection, DEFAULT_EXPERIMENT, now), now),
        ).fetchone()
    return int(row[0])


def start(connection: sqlite3.Connection, uid: str, values: Mapping[str, Any]) -> int:
    """Record the start of a run; `values` are columns of `runs`, with names for `experiment` and `parent` (a uid)."""
    started = values["started"]
    run_id = ensure(connection, uid, started)
    parent = values.get("parent")
    columns = {
        "experiment_id": experiment_id(connection, values.get("experiment") or DEFAULT_EXPERIMENT, started),
        "parent_id": ensure(connection, parent, started) if parent else None,
        "status": RUNNING,
        "ended": None,
        "heartbeat": started,
        **{key: value for key, value in values.items() if key not in ("experiment", "parent")},
    }
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*columns.values(), run_id))
    return run_id


def resume(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """A run goes on, in the process that `values` (host, pid) name."""
    assignments = "".join(f", {column} = ?" for column in values)
    connection.execute(
        f"UPDATE runs SET status = 'RUNNING', ended = NULL{assignments} WHERE id = ?",
        (*values.values(), run_id),
    )


def finish(connection: sqlite3.Connection, run_id: int, status: str, ended: float) -> None:
    connection.execute("UPDATE runs SET status = ?, ended = ? WHERE id = ?", (status, ended, run_id))


def lose(connection: sqlite3.Connection, journal: str) -> None:
    """The process of a journal is gone: running runs that no other process writes to are LOST."""
    connection.execute(
        "UPDATE runs SET status = 'LOST', ended = heartbeat, revision = ?2 WHERE status = 'RUNNING'"
        " AND id IN (SELECT run_id FROM writers WHERE journal = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM writers w WHERE w.run_id = runs.id AND w.journal <> ?1)",
        (journal, next_revision(connection)),
    )


def touch(connection: sqlite3.Connection, run_ids: Collection[int], heartbeat: float | None = None) -> None:
    """Give runs a new revision and, where a process logged to them, a heartbeat."""
    connection.execute(
        f"UPDATE runs SET revision = ?, heartbeat = MAX(heartbeat, COALESCE(?, heartbeat)) WHERE id IN"
        f" ({marks(len(run_ids))})",
        (next_revision(connection), heartbeat, *run_ids),
    )


def set_params(connection: sqlite3.Connection, run_id: int, values: Mapping[str, str]) -> None:
    """Record params; one that has a value keeps it."""
    connection.executemany(
        "INSERT OR IGNORE INTO params (run_id, key, value, number) VALUES (?, ?, ?, ?)",
        [(run_id, key, value, number(value)) for key, value in values.items()],
    )


def set_tags(connection: sqlite3.Connection, run_id: int, values: Mapping[str, str | None]) -> None:
    """Set tags; None removes one."""
    for key, value in values.items():
        if value is None:
            connection.execute("DELETE FROM tags WHERE run_id = ? AND key = ?", (run_id, key))
        else:
            connection.execute(
                "INSERT INTO tags (run_id, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value",
                (run_id, key, value),
            )


def set_note(connection: sqlite3.Connection, run_id: int, note: str) -> None:
    connection.execute("UPDATE runs SET note = ? WHERE id = ?", (note, run_id))


def rename(connection: sqlite3.Connection, run_id: int, name: str) -> None:
    connection.execute("UPDATE runs SET name = ? WHERE id = ?", (name, run_id))


def set_deleted(connection: sqlite3.Connection, run_id: int, *, deleted: bool) -> None:
    """Delete softly, or restore; doing either twice changes nothing."""
    connection.execute(
        "UPDATE runs SET deleted = CASE WHEN ?1 THEN COALESCE(deleted, ?2) END WHERE id = ?3",
        (deleted, time.time(), run_id),
    )


def number(value: str) -> float | None:
    """The number that a param's text is, None where it is not one (True and False are not)."""
    try:
        found = float(value)
    except ValueError:
        return None
    return None if math.isnan(found) else found
