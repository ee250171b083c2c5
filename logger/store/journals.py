"""How far journals have been filed, and, of a shared store, what is known of the processes that write them.

`journals` and `writers` in `logger.store.migrations` are the tables. Writing functions run inside the caller's
transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass

from logger.store import alerts, runs
from logger.store.series import marks

CLOSED, SILENT = "closed", "silent"


@dataclass(frozen=True)
class Filed:
    """What a database knows of one journal."""

    offset: int = 0
    """bytes that have been filed"""
    state: str = ""
    """CLOSED, SILENT, or "" while its process lives"""
    grown: float | None = None
    """epoch seconds: when it was last seen to grow"""
    damaged: float | None = None
    """epoch seconds: since when what follows `offset` cannot be read"""
    has_writers: bool = False
    """whether any run has it among its writers"""


def filed(connection: sqlite3.Connection) -> dict[str, Filed]:
    """Every journal that the database knows, by name."""
    rows = connection.execute(
        "SELECT name, offset, state, grown, damaged,"
        " EXISTS (SELECT 1 FROM writers w WHERE w.journal = journals.name) FROM journals"
    )
    return {
        name: Filed(offset, state, grown, damaged, bool(writers))
        for name, offset, state, grown, damaged, writers in rows
    }


def remember(connection: sqlite3.Connection, name: str, known: Filed) -> None:
    connection.execute(
        "INSERT INTO journals (name, offset, state, grown, damaged) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name)"
        " DO UPDATE SET offset = ?2, state = ?3, grown = ?4, damaged = ?5",
        (name, known.offset, known.state, known.grown, known.damaged),
    )


def offset(connection: sqlite3.Connection, name: str) -> int:
    """How many bytes of a journal have been filed."""
    row = connection.execute("SELECT offset FROM journals WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def set_offset(connection: sqlite3.Connection, name: str, offset: int) -> None:
    connection.execute("INSERT OR REPLACE INTO journals (name, offset) VALUES (?, ?)", (name, offset))


def forget(connection: sqlite3.Connection, name: str) -> None:
    """A journal is deleted."""
    connection.execute("DELETE FROM journals WHERE name = ?", (name,))


def running(connection: sqlite3.Connection, name: str) -> list[int]:
    """The running runs that a journal writes to."""
    rows = connection.execute(
        "SELECT w.run_id FROM writers w JOIN runs r ON r.id = w.run_id WHERE w.journal = ?"
        " AND r.status = 'RUNNING'",
        (name,),
    )
    return [run_id for (run_id,) in rows]


def write_to(connection: sqlite3.Connection, name: str, run_id: int) -> None:
    """A journal writes to a run."""
    connection.execute("INSERT OR IGNORE INTO writers (run_id, journal) VALUES (?, ?)", (run_id, name))


def leave(connection: sqlite3.Connection, name: str, run_id: int) -> bool:
    """A journal writes to a run no more; whether others do."""
    connection.execute("DELETE FROM writers WHERE run_id = ? AND journal = ?", (run_id, name))
    return connection.execute("SELECT 1 FROM writers WHERE run_id = ?", (run_id,)).fetchone() is not None


def release(connection: sqlite3.Connection, name: str) -> None:
    """The process of a journal is gone: running runs that only it wrote to are LOST."""
    runs.lose(connection, name)
    alerts.lost(connection, name, time.time())
    connection.execute("DELETE FROM writers WHERE journal = ?", (name,))


def writing(connection: sqlite3.Connection) -> set[str]:
    """The journals that write to some run."""
    return {name for (name,) in connection.execute("SELECT DISTINCT journal FROM writers")}


def hand_over(connection: sqlite3.Connection, name: str, successor: str) -> None:
    """The process of a journal goes on in another one, and so do its runs."""
    connection.execute("UPDATE OR REPLACE writers SET journal = ? WHERE journal = ?", (successor, name))


def revive(connection: sqlite3.Connection, name: str, run_ids: Collection[int]) -> None:
    """A process that was thought gone writes again: those of its runs that were LOST are running."""
    lost = connection.execute(
        f"UPDATE runs SET status = 'RUNNING', ended = NULL WHERE status = 'LOST' AND id IN ({marks(len(run_ids))})"
        " RETURNING id",
        tuple(run_ids),
    ).fetchall()
    connection.executemany(
        "INSERT OR IGNORE INTO writers (run_id, journal) VALUES (?, ?)",
        [(run_id, name) for (run_id,) in lost],
    )
