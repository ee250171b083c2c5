"""The data sets that runs read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


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
        "SELECT name, path, context, size, files, sha256, created FROM inputs WHERE run_id = ? ORDER BY name",
        (run_id,),
    )
    return [Input(*row) for row in rows]


def record(connection: sqlite3.Connection, run_id: int, found: Input) -> None:
    """Note what a run read; reading a name again replaces what was known of it."""
    connection.execute(
        "INSERT OR REPLACE INTO inputs (run_id, name, path, context, size, files, sha256, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (run_id, found.name, found.path, found.context, found.size, found.files, found.sha256, found.created),
    )
