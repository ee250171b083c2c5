"""What people and scripts say of a run: its params, tags, note and name, and whether it is out of the way.

Functions run inside the caller's transaction, which gives the run its new revision (`runs.touch`).
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Mapping


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


def set_git_dirty(connection: sqlite3.Connection, run_id: int, *, dirty: bool) -> None:
    """Record whether the working tree had changes that are in no commit."""
    connection.execute("UPDATE runs SET git_dirty = ? WHERE id = ?", (int(dirty), run_id))


def set_deleted(connection: sqlite3.Connection, run_id: int, *, deleted: bool) -> None:
    """Delete softly, or restore; doing either twice changes nothing."""
    connection.execute(
        "UPDATE runs SET deleted = CASE WHEN ?1 THEN COALESCE(deleted, ?2) END WHERE id = ?3",
        (deleted, time.time(), run_id),
    )


def set_archived(connection: sqlite3.Connection, run_id: int, *, archived: bool) -> None:
    """Put a run out of the way, or take it back; doing either twice changes nothing."""
    connection.execute(
        "UPDATE runs SET archived = CASE WHEN ?1 THEN COALESCE(archived, ?2) END WHERE id = ?3",
        (archived, time.time(), run_id),
    )


def number(value: str) -> float | None:
    """The number that a param's text is, None where it is not one (True and False are not)."""
    try:
        found = float(value)
    except ValueError:
        return None
    return None if math.isnan(found) else found
