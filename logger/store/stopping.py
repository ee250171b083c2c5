"""Asking a run to stop, and the processes that log to it.

A request is heard by the run's own process at its next filing (`Run.should_stop`). What signal was sent is kept, so
that a run that is killed on purpose ends as KILLED and not as LOST.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from logger.store.runs import touch
from logger.store.series import marks


@dataclass(frozen=True)
class Process:
    """A process that has logged to a run."""

    host: str
    pid: int
    started: float
    """when it began to log, epoch seconds"""
    user: str
    birth: str
    """what `logger.identity.birth` said of it"""


@dataclass(frozen=True)
class Request:
    """What has been done to stop a run."""

    time: float
    """epoch seconds of the first request"""
    user: str
    signal: str
    """the last signal sent: TERM, KILL, or nothing"""


def add_process(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO processes (run_id, host, pid, started, user, birth) VALUES (?, ?, ?, ?, ?, ?)",
        (run_id, *(values[name] for name in ("host", "pid", "started", "user", "birth"))),
    )


def processes(connection: sqlite3.Connection, run_id: int) -> list[Process]:
    """Oldest first; some may have ended."""
    rows = connection.execute(
        "SELECT host, pid, started, user, birth FROM processes WHERE run_id = ? ORDER BY started, pid",
        (run_id,),
    )
    return [Process(*row) for row in rows]


def logging_on(connection: sqlite3.Connection, host: str) -> list[tuple[int, str, Process]]:
    """The processes of a host that log to runs that have not ended, with the id and the name of the run."""
    rows = connection.execute(
        "SELECT r.id, r.name, p.host, p.pid, p.started, p.user, p.birth FROM processes p"
        " JOIN runs r ON r.id = p.run_id WHERE r.status = 'RUNNING' AND p.host = ? AND r.deleted IS NULL"
        " ORDER BY p.started",
        (host,),
    )
    return [(run_id, name, Process(*process)) for run_id, name, *process in rows]


def request(connection: sqlite3.Connection, run_id: int, user: str, signal: str = "") -> None:
    """Ask a run to stop, or note that its processes were sent a signal (TERM, KILL)."""
    connection.execute(
        "UPDATE runs SET stop_requested = COALESCE(stop_requested, ?), stop_user = ?,"
        " stop_signal = CASE WHEN ?3 = '' THEN stop_signal ELSE ?3 END WHERE id = ?4",
        (time.time(), user, signal, run_id),
    )
    touch(connection, [run_id])


def withdraw(connection: sqlite3.Connection, run_id: int) -> None:
    """Ask no longer."""
    connection.execute(
        "UPDATE runs SET stop_requested = NULL, stop_user = '', stop_signal = '' WHERE id = ?", (run_id,)
    )
    touch(connection, [run_id])


def requested(connection: sqlite3.Connection, run_id: int) -> Request | None:
    row = connection.execute(
        "SELECT stop_requested, stop_user, stop_signal FROM runs WHERE id = ? AND stop_requested IS NOT NULL",
        (run_id,),
    ).fetchone()
    return None if row is None else Request(*row)


def asked_to_stop(connection: sqlite3.Connection, uids: Collection[str]) -> set[str]:
    """Those of these runs that are asked to stop; a request from before a resume is over with it."""
    rows = connection.execute(
        "SELECT uid FROM runs WHERE stop_requested IS NOT NULL AND status = 'RUNNING'"
        f" AND uid IN ({marks(len(uids))})",
        tuple(uids),
    )
    return {uid for (uid,) in rows}
