"""Which version a store has, and bringing it up to this software's.

`logger.store.migrations` describes the tables. `PRAGMA user_version` holds the number of the last migration applied, so
opening a current store costs one pragma. sqlite-utils, which takes longer to import than a store to make, is loaded
only where an older store is to be migrated; a new one is made directly, with the records that sqlite-utils keeps.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from logger.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from sqlite_utils import Database

VERSION = len(MIGRATIONS)
_SET = "tui_tracker"
# What sqlite-utils makes to remember the migrations that it applied.
_RECORDS = """
CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
CREATE UNIQUE INDEX idx__sqlite_migrations_migration_set_name ON _sqlite_migrations (migration_set, name);
"""
TABLES = (
    "experiments",
    "runs",
    "params",
    "tags",
    "series",
    "segments",
    "chunks",
    "outlines",
    "artifacts",
    "processes",
    "alerts",
    "inputs",
    "models",
    "model_versions",
    "model_aliases",
    "model_tags",
    "registry_events",
    "removed_runs",
    "journals",
    "writers",
)
# Those that a store of any version has.
FIRST_TABLES = tuple(name for name in TABLES if f"CREATE TABLE {name} (" in MIGRATIONS[0])


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
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        _create(connection)
    else:
        _upgrade(connection)


def _upgrade(connection: sqlite3.Connection) -> None:
    """Apply the migrations that an older store lacks."""
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(_SET)
    for number, statements in enumerate(MIGRATIONS, start=1):
        migrations()(_Applier(statements, number))
    migrations.apply(Database(connection))


def _create(connection: sqlite3.Connection) -> None:
    """Apply every migration to an empty database, all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        _execute(connection, _RECORDS)
        for number, statements in enumerate(MIGRATIONS, start=1):
            _execute(connection, statements)
            connection.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
                " VALUES (?, ?, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))",
                (_SET, _name(number)),
            )
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _execute(connection: sqlite3.Connection, statements: str) -> None:
    """Statements one by one, inside the caller's transaction (`executescript` would commit it)."""
    pending = ""
    for line in statements.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            connection.execute(pending)
            pending = ""


def _name(number: int) -> str:
    return f"{number:04}"


class _Applier:
    """One migration: its statements, then its number, inside the transaction that sqlite-utils opens."""

    def __init__(self, statements: str, number: int) -> None:
        self.statements = statements
        self.number = number
        self.__name__ = _name(number)

    def __call__(self, db: Database, /) -> None:
        _execute(db.conn, self.statements)
        db.conn.execute(f"PRAGMA user_version = {self.number}")
