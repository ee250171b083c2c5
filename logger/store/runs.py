"""Experiments and runs: what they are, reading one, its start and its end. `search` finds many.

`run_values` sets what people and scripts say of a run. Writing functions run inside the caller's transaction; each
change gives the run a new revision, by which a viewer finds what changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from logger.store.connection import StoreError
from logger.store.series import marks

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
# The columns that a process gives of its run when it starts or resumes it. Names in a journal become no other SQL.
_GIVEN = frozenset("name started host pid user source git_commit git_dirty note total_steps".split())
# Values in one statement: SQLite allows 32,766.
_MOST_BOUND = 30_000


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
    archived: float | None = None

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING

    def duration(self, now: float) -> float:
        """Seconds from start to end, or to now while it runs."""
        return (
            self.ended if self.ended is not None else now if self.is_running else self.heartbeat
        ) - self.started


COLUMNS = (
    "r.id, r.uid, r.experiment_id, e.name, r.name, r.status, r.parent_id, r.started, r.ended, r.heartbeat, r.host,"
    " r.pid, r.user, r.source, r.git_commit, r.git_dirty, r.note, r.total_steps, r.deleted, r.revision, r.archived"
)
# Runs first, so that their indexes serve; SQLite keeps the order of a CROSS JOIN.
FROM = "FROM runs r CROSS JOIN experiments e ON e.id = r.experiment_id"


def experiments(connection: sqlite3.Connection, *, deleted: bool | None = False) -> list[Experiment]:
    """Experiments by name, with counts of their runs that are neither deleted nor archived."""
    where = {False: "e.deleted IS NULL", True: "e.deleted IS NOT NULL", None: "1"}[deleted]
    rows = connection.execute(
        "SELECT e.id, e.name, e.description, e.created, e.deleted, COALESCE(c.runs, 0), COALESCE(c.running, 0)"
        " FROM experiments e LEFT JOIN (SELECT experiment_id, COUNT(*) AS runs, SUM(status = 'RUNNING') AS running"
        " FROM runs WHERE deleted IS NULL AND archived IS NULL GROUP BY experiment_id) c ON c.experiment_id = e.id"
        f" WHERE {where} ORDER BY e.name COLLATE NOCASE, e.id"
    )
    return [Experiment(*row) for row in rows]


def several_experiments(connection: sqlite3.Connection) -> bool:
    """Whether runs that are neither deleted nor archived stand in more than one experiment."""
    used = connection.execute(
        "SELECT 1 FROM experiments e WHERE EXISTS (SELECT 1 FROM runs r WHERE r.experiment_id = e.id"
        " AND r.deleted IS NULL AND r.archived IS NULL) LIMIT 2"
    )
    return len(used.fetchall()) > 1


def by_uid(connection: sqlite3.Connection, uid: str) -> StoredRun | None:
    row = connection.execute(f"SELECT {COLUMNS} {FROM} WHERE r.uid = ?", (uid,)).fetchone()
    return None if row is None else from_row(row)


def by_ids(connection: sqlite3.Connection, run_ids: Collection[int]) -> list[StoredRun]:
    rows = connection.execute(
        f"SELECT {COLUMNS} {FROM} WHERE r.id IN ({marks(len(run_ids))})", tuple(run_ids)
    )
    return [from_row(row) for row in rows]


def running(connection: sqlite3.Connection) -> set[int]:
    """The ids of the runs that are running."""
    return {run_id for (run_id,) in connection.execute("SELECT id FROM runs WHERE status = 'RUNNING'")}


def find(connection: sqlite3.Connection, text: str, *, deleted: bool = False) -> StoredRun:
    """The run that a person means by an id, the beginning of one (4 digits or more), or a name.

    Of several with that name, the newest; with `deleted` the one that was deleted last. A deleted run has its name
    only then. Raises StoreError when there is none, or several ids begin so.
    """
    exact = by_uid(connection, text)
    if exact is not None:
        return exact
    rows = connection.execute(
        f"SELECT {COLUMNS} {FROM} WHERE r.name = ?1 AND (r.deleted IS NULL OR ?2)"
        " ORDER BY r.deleted DESC, r.started DESC LIMIT 1",
        (text, deleted),
    ).fetchall()
    if not rows and len(text) >= 4:
        rows = connection.execute(
            f"SELECT {COLUMNS} {FROM} WHERE substr(r.uid, 1, ?) = ? ORDER BY r.uid LIMIT 2",
            (len(text), text.lower()),
        ).fetchall()
    if len(rows) == 1:
        return from_row(rows[0])
    if rows:
        raise StoreError(f"several run ids begin with {text!r}: give more of it")
    raise StoreError(f"there is no run {text!r}: `tracker-tui ls` lists them")


def children(connection: sqlite3.Connection, run_id: int) -> list[StoredRun]:
    rows = connection.execute(
        f"SELECT {COLUMNS} {FROM} WHERE r.parent_id = ? AND r.deleted IS NULL ORDER BY r.started", (run_id,)
    )
    return [from_row(row) for row in rows]


def running_on(connection: sqlite3.Connection, host: str) -> list[StoredRun]:
    """The runs whose first process is on that host and that have not ended."""
    rows = connection.execute(
        f"SELECT {COLUMNS} {FROM} WHERE r.status = ? AND r.host = ? AND r.deleted IS NULL ORDER BY r.started",
        (RUNNING, host),
    )
    return [from_row(row) for row in rows]


def uids(connection: sqlite3.Connection, run_ids: Sequence[int]) -> dict[int, str]:
    """The public ids of runs, by internal id."""
    found: dict[int, str] = {}
    for start in range(0, len(run_ids), _MOST_BOUND):
        some = run_ids[start : start + _MOST_BOUND]
        found.update(
            connection.execute(
                f"SELECT id, uid FROM runs WHERE id IN ({marks(len(some))})", tuple(some)
            ).fetchall()
        )
    return found


def params(connection: sqlite3.Connection, run_id: int) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM params WHERE run_id = ? ORDER BY key", (run_id,)))


def tags(connection: sqlite3.Connection, run_id: int) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM tags WHERE run_id = ? ORDER BY key", (run_id,)))


def revision(connection: sqlite3.Connection) -> int:
    """The number of the latest change to any run."""
    (latest,) = connection.execute("SELECT COALESCE(MAX(revision), 0) FROM runs").fetchone()
    return int(latest)


def changed_since(connection: sqlite3.Connection, seen: int) -> list[int]:
    """The ids of runs that changed after revision `seen`."""
    return [run_id for (run_id,) in connection.execute("SELECT id FROM runs WHERE revision > ?", (seen,))]


def from_row(row: Sequence[Any]) -> StoredRun:
    """The run in a row of `COLUMNS`."""
    run = StoredRun(*row)
    return run if run.git_dirty is None else replace(run, git_dirty=bool(run.git_dirty))


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
            # An id that a removed run had is not given again.
            "INSERT INTO runs (id, uid, experiment_id, name, status, started, heartbeat)"
            " VALUES (1 + MAX(COALESCE((SELECT MAX(id) FROM runs), 0),"
            " COALESCE((SELECT MAX(id) FROM removed_runs), 0)),"
            " ?1, ?2, substr(?1, 1, 8), 'RUNNING', ?3, ?3) RETURNING id",
            (uid, experiment_id(connection, DEFAULT_EXPERIMENT, now), now),
        ).fetchone()
    return int(row[0])


def start(connection: sqlite3.Connection, uid: str, values: Mapping[str, Any]) -> int:
    """Record the start of a run; `values` are columns of `runs`, with names for `experiment` and `parent` (a uid)."""
    started = float(values["started"])
    run_id = ensure(connection, uid, started)
    parent = values.get("parent")
    columns = {
        "experiment_id": experiment_id(connection, values.get("experiment") or DEFAULT_EXPERIMENT, started),
        "parent_id": ensure(connection, parent, started) if parent else None,
        "status": RUNNING,
        "ended": None,
        "heartbeat": started,
        **{key: value for key, value in values.items() if key in _GIVEN},
        "started": started,
    }
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*columns.values(), run_id))
    return run_id


def resume(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """A run goes on, in the process that `values` (host, pid) name."""
    values = {key: value for key, value in values.items() if key in _GIVEN}
    assignments = "".join(f", {column} = ?" for column in values)
    connection.execute(
        "UPDATE runs SET stop_requested = CASE status WHEN 'RUNNING' THEN stop_requested END,"
        " stop_signal = CASE status WHEN 'RUNNING' THEN stop_signal ELSE '' END,"
        f" status = 'RUNNING', ended = NULL{assignments} WHERE id = ?",
        (*values.values(), run_id),
    )


def finish(connection: sqlite3.Connection, run_id: int, status: str, ended: float) -> None:
    connection.execute("UPDATE runs SET status = ?, ended = ? WHERE id = ?", (status, ended, run_id))


def lose(connection: sqlite3.Connection, journal: str) -> None:
    """The process of a journal is gone: running runs that no other process writes to are LOST, or were KILLED."""
    connection.execute(
        "UPDATE runs SET status = CASE stop_signal WHEN '' THEN 'LOST' ELSE 'KILLED' END, ended = heartbeat,"
        " revision = ?2 WHERE status = 'RUNNING'"
        " AND id IN (SELECT run_id FROM writers WHERE journal = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM writers w WHERE w.run_id = runs.id AND w.journal <> ?1)",
        (journal, next_revision(connection)),
    )


def lose_unwritten(connection: sqlite3.Connection, run_ids: Collection[int]) -> None:
    """Of these runs, those that are running though nothing is known of a process that writes to them are LOST."""
    connection.executemany(
        "UPDATE runs SET status = 'LOST', ended = heartbeat, revision = ?2 WHERE status = 'RUNNING' AND id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM writers w WHERE w.run_id = runs.id)",
        [(run_id, next_revision(connection)) for run_id in run_ids],
    )


def touch(connection: sqlite3.Connection, run_ids: Collection[int], heartbeat: float | None = None) -> None:
    """Give runs a new revision and, where a process logged to them, a heartbeat."""
    every = list(run_ids)
    for start in range(0, len(every), _MOST_BOUND):
        some = every[start : start + _MOST_BOUND]
        connection.execute(
            "UPDATE runs SET revision = 1 + (SELECT MAX(revision) FROM runs),"
            f" heartbeat = MAX(heartbeat, COALESCE(?, heartbeat)) WHERE id IN ({marks(len(some))})",
            (heartbeat, *some),
        )
