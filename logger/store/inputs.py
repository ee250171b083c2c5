"""The data sets that runs read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Input:
    """A file or directory that a run read."""

    name: str
    path: str
    """absolute, as the run saw it"""
    context: str
    """training, validation ..."""
    size: int
    """bytes"""
    files: int
    """more than one for a directory"""
    sha256: str
    """of the content; of a directory, of its names and contents together"""
    created: float


def of_run(connection: sqlite3.Connection, run_id: int) -> list[Input]:
    rows = connection.execute(
        "SELECT name, path, context, size, files, sha256, created FROM inputs WHERE run_id = ? ORDER BY name, context",
        (run_id,),
    )
    return [Input(*row) for row in rows]


def record(connection: sqlite3.Connection, run_id: int, found: Input) -> None:
    """Note what a run read; reading a name again in the same context replaces what was known of it."""
    connection.execute(
        "INSERT OR REPLACE INTO inputs (run_id, name, path, context, size, files, sha256, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (run_id, found.name, found.path, found.context, found.size, found.files, found.sha256, found.created),
    )


def record_event(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """As `record`, of an `input` event. Raises KeyError, TypeError or ValueError for what is none."""
    texts = {key: str(values[key]) for key in ("name", "path", "context", "sha256")}
    size, files, created = int(values["size"]), int(values["files"]), float(values["created"])
    record(connection, run_id, Input(**texts, size=size, files=files, created=created))
