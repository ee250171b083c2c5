"""What may go for good: deleted runs, with their points, and the room they leave in the database.

Writing functions run inside the caller's transaction. The id of a removed run is never given again, so that nobody who
remembers it takes another run for it.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

from logger.store import series
from logger.store.connection import checkpoint
from logger.store.runs import next_revision

# A database with a smaller part unused is not rewritten.
_WORTH_SHRINKING = 0.02


@dataclass(frozen=True)
class Deleted:
    """A run that was deleted."""

    id: int
    uid: str
    name: str
    experiment: str
    deleted: float
    """epoch seconds"""
    points: int
    """bytes of its packed points"""
    kept_by: str
    """why it cannot go; "" if it can"""


_DELETED = """
SELECT r.id, r.uid, r.name, e.name, COALESCE(r.deleted, e.deleted) AS deleted,
    (SELECT COALESCE(SUM(LENGTH(points)), 0) FROM segments WHERE run_id = r.id)
    + (SELECT COALESCE(SUM(LENGTH(c.points)), 0)
       FROM chunks c JOIN series s ON s.id = c.series_id WHERE s.run_id = r.id),
    (SELECT GROUP_CONCAT(m.name || ' v' || v.version, ', ')
     FROM model_versions v JOIN models m ON m.id = v.model_id WHERE v.run_id = r.id),
    EXISTS (SELECT 1 FROM writers w WHERE w.run_id = r.id)
FROM runs r JOIN experiments e ON e.id = r.experiment_id
"""


def deleted_runs(connection: sqlite3.Connection, before: float) -> list[Deleted]:
    """Runs deleted before that moment, themselves or with their experiment, the longest deleted first."""
    rows = connection.execute(
        f"{_DELETED} WHERE COALESCE(r.deleted, e.deleted) <= ? ORDER BY deleted, r.id", (before,)
    )
    return [_deleted(*row) for row in rows]


def _deleted(
    run_id: int,
    uid: str,
    name: str,
    experiment: str,
    deleted: float,
    points: int,
    versions: str | None,
    has_writers: int,
) -> Deleted:
    if versions:
        kept_by = f"{versions} came from it: delete the version first"
    elif has_writers:
        kept_by = "a process still logs to it"
    elif not uid.isalnum():
        kept_by = "its id is not one that this software gives"
    else:
        kept_by = ""
    return Deleted(run_id, uid, name, experiment, deleted, points, kept_by)


def remove(connection: sqlite3.Connection, run_id: int) -> bool:
    """Remove a deleted run and all that was logged to it; False if it was restored, or cannot go any more."""
    row = connection.execute(
        f"{_DELETED} WHERE r.id = ? AND COALESCE(r.deleted, e.deleted) > 0", (run_id,)
    ).fetchone()
    if row is None or _deleted(*row).kept_by:
        return False
    run = _deleted(*row)
    revision = next_revision(connection)
    connection.execute(
        "INSERT INTO removed_runs (id, uid, name, removed) VALUES (?, ?, ?, ?)",
        (run.id, run.uid, run.name, time.time()),
    )
    connection.execute(
        "UPDATE runs SET parent_id = NULL, revision = ? WHERE parent_id = ?", (revision, run.id)
    )
    connection.execute("DELETE FROM runs WHERE id = ?", (run.id,))
    # Whoever watches must see a revision that it has not seen.
    connection.execute(
        "UPDATE runs SET revision = ? WHERE id = (SELECT id FROM runs ORDER BY id DESC LIMIT 1)", (revision,)
    )
    return True


def remove_experiments(connection: sqlite3.Connection, before: float) -> int:
    """Remove experiments that were deleted before that moment and have no run left; returns how many."""
    gone = connection.execute(
        "DELETE FROM experiments WHERE deleted <= ? AND id <> 0"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE experiment_id = experiments.id) RETURNING id",
        (before,),
    ).fetchall()
    return len(gone)


def loose_runs(connection: sqlite3.Connection) -> list[int]:
    """Runs that nobody writes to and that have points which are not in chunks yet."""
    rows = connection.execute(
        "SELECT DISTINCT run_id FROM segments WHERE run_id NOT IN (SELECT run_id FROM writers) ORDER BY run_id"
    )
    return [run_id for (run_id,) in rows]


def compact(connection: sqlite3.Connection, run_id: int) -> None:
    """Move all points of a run into chunks."""
    series.compact(connection, run_id, everything=True)


@dataclass(frozen=True)
class Room:
    """How large a database is, in bytes."""

    size: int
    unused: int

    @property
    def is_worth_shrinking(self) -> bool:
        return self.unused > self.size * _WORTH_SHRINKING


def room(connection: sqlite3.Connection) -> Room:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (unused,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    return Room(pages * page_size, unused * page_size)


def shrink(connection: sqlite3.Connection) -> bool:
    """Give unused room back to the disk, outside any transaction; False if a reader keeps the file from shrinking yet.

    Interrupted at any moment, the database is as it was before.
    """
    connection.execute("VACUUM")
    return checkpoint(connection)


def busy_uids(connection: sqlite3.Connection) -> set[str]:
    """The runs that a process may be writing files of."""
    rows = connection.execute(
        "SELECT uid FROM runs WHERE status = 'RUNNING' OR id IN (SELECT run_id FROM writers)"
    )
    return {uid for (uid,) in rows}


def known_uids(connection: sqlite3.Connection) -> set[str]:
    return {uid for (uid,) in connection.execute("SELECT uid FROM runs")}


def registered_paths(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Run uid and path of each artifact that is a version of a model."""
    rows = connection.execute(
        "SELECT r.uid, v.path FROM model_versions v JOIN runs r ON r.id = v.run_id WHERE v.path <> ''"
    )
    return set(rows.fetchall())
