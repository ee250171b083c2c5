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
