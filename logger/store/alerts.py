"""Alerts: what a run, or what watches over it, wants a person to know.

A script's own alerts are `about` nothing; the others are about one thing each (`nan:train/loss`, `silent`, `disk`), so
that a run says it once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["INFO", "WARN", "ERROR"]
LEVELS: tuple[Level, ...] = ("INFO", "WARN", "ERROR")


@dataclass(frozen=True)
class Alert:
    """One alert of one run."""

    id: int
    run_id: int
    run_uid: str
    run_name: str
    time: float
    """epoch seconds"""
    level: str
    title: str
    text: str
    step: int | None
    about: str


_COLUMNS = "a.id, a.run_id, r.uid, r.name, a.time, a.level, a.title, a.text, a.step, a.about"
_FROM = "FROM alerts a CROSS JOIN runs r ON r.id = a.run_id"


def record(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> bool:
    """Note an alert; False when the run has told of this very thing before."""
    about = str(values.get("about", ""))
    if about and has_told(connection, run_id, about):
        return False
    connection.execute(
        "INSERT INTO alerts (run_id, time, level, title, text, step, about) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (run_id, *(values.get(name) for name in ("time", "level", "title", "text", "step")), about),
    )
    return True


def has_told(connection: sqlite3.Connection, run_id: int, about: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM alerts WHERE run_id = ? AND about = ? LIMIT 1", (run_id, about)
    ).fetchone()
    return row is not None


def of_run(connection: sqlite3.Connection, run_id: int) -> list[Alert]:
    """Latest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE a.run_id = ? ORDER BY a.id DESC", (run_id,))
    return [Alert(*row) for row in rows]


def latest(connection: sqlite3.Connection, limit: int) -> list[Alert]:
    """Of all runs that are not deleted, latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE r.deleted IS NULL ORDER BY a.id DESC LIMIT ?", (limit,)
    )
    return [Alert(*row) for row in rows]


def after(connection: sqlite3.Connection, seen: int) -> list[Alert]:
    """Those with greater ids than `seen`, oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE a.id > ? ORDER BY a.id", (seen,))
    return [Alert(*row) for row in rows]


def last_id(connection: sqlite3.Connection) -> int:
    """The id of the latest; 0 without any."""
    (number,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM alerts").fetchone()
    return int(number)


def lost(connection: sqlite3.Connection, journal: str, now: float) -> None:
    """Note, for the runs that the process of a journal wrote to and that are LOST, that they are."""
    connection.execute(
        "INSERT INTO alerts (run_id, time, level, title, text, about)"
        " SELECT r.id, ?2, 'ERROR', 'lost', ?3, 'lost' FROM writers w JOIN runs r ON r.id = w.run_id"
        " WHERE w.journal = ?1 AND r.status = 'LOST'",
        (journal, now, "its process is gone without a word: killed, crashed, out of memory, or a power cut"),
    )
