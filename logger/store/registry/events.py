"""The history of the registry: one row for each thing that was done, only ever added.

Models are named as text, so that their history outlives them.
"""

from __future__ import annotations

import getpass
import socket
import sqlite3
import time
from dataclasses import dataclass

from logger.store.registry.names import plain

STAGE, ROLL_BACK = "stage", "roll-back"


@dataclass(frozen=True)
class RegistryEvent:
    """One thing that was done to the registry."""

    id: int
    time: float
    """epoch seconds"""
    user: str
    host: str
    model: str
    version: int | None
    """None where it was done to the model itself"""
    action: str
    """create-model, register, stage, roll-back, alias, unalias, describe, tag, untag or delete"""
    before: str
    after: str
    """a stage, a description, `key=value` of a tag, `alias -> v3` of an alias; "" for nothing"""
    reason: str


def history(
    connection: sqlite3.Connection, name: str | None = None, version: int | None = None, *, limit: int = -1
) -> list[RegistryEvent]:
    """What was done to one model, to one of its versions, or to all models: the newest first."""
    rows = connection.execute(
        "SELECT id, time, user, host, model, version, action, before, after, reason FROM registry_events"
        " WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR version = ?2) ORDER BY id DESC LIMIT ?3",
        (name, version, limit),
    )
    return [RegistryEvent(*row) for row in rows]


def revision(connection: sqlite3.Connection) -> int:
    """The number of the latest event: it grows with every change to the registry."""
    (latest,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM registry_events").fetchone()
    return int(latest)


def record(
    connection: sqlite3.Connection,
    action: str,
    model: str,
    version: int | None = None,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
    user: str | None = None,
) -> float:
    """Add an event, done by `user` (whoever runs this process, by default); returns its time."""
    now = time.time()
    connection.execute(
        "INSERT INTO registry_events (time, user, host, model, version, action, before, after, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now,
            current_user() if user is None else user,
            socket.gethostname(),
            model,
            version,
            action,
            before,
            after,
            plain(reason),
        ),
    )
    return now


def current_user() -> str:
    """The name of whoever runs this process; "" where the system has none for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
