"""Which version a store has, and bringing it up to this software's.

`logger.store.migrations` describes the tables. `PRAGMA user_version` holds the number of the last migration applied, so
opening a current store costs one pragma and never imports sqlite-utils.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from logger.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from sqlite_utils import Database

VERSION = len(MIGRATIONS)
TABLES = (
    "experiments",
    "runs",
    "params",
    "tags",
    "series",
    "segments",
    "chunks",
    "artifacts",
    "processes",
    "alerts",
    "inputs",
    "models",
    "model_versions",
    "model_aliases",
    "model_tags",
    "registry_events",
    "journals",
    "writers",
)


class NewerStoreError(RuntimeError):
    """The store was written by a newer version of this software."""


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration applied; 0 for an empty database."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database up to `VERSION`; the caller holds the store's lease.

    Raises NewerStoreError when the store is ahead of this software.
    """
    found = version(connection)
    if found == VERSION:
        return
    if found > VERSION:
        raise NewerStoreError(
            f"the store has version {found}, this software knows {VERSION}: upgrade tui-tracker to open it"
        )
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("tui_tracker")
    for number, statements in enumerate(MIGRATIONS, start=1):
        migrations()(_Applier(statements, number))
    migrations.apply(Database(connection))


class _Applier:
    """One migration: its statements, then its number, inside the transaction that sqlite-utils opens."""

    def __init__(self, statements: str, number: int) -> None:
        self.statements = statements
        self.number = number
        self.__name__ = f"{number:04}"

    def __call__(self, db: Database, /) -> None:
        pending = ""
        for line in self.statements.splitlines(keepends=True):
            pending += line
            if sqlite3.complete_statement(pending):
                db.conn.execute(pending)
                pending = ""
        db.conn.execute(f"PRAGMA user_version = {self.number}")
