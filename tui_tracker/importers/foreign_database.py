"""Another program's SQLite database, opened so that it cannot be changed and nothing in it is trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tui_tracker.importers.foreign import ForeignError

_MAGIC = b"SQLite format 3\0"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection. Raises ForeignError, also for what goes wrong in the block."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA trusted_schema = 0")
            # Text that is not UTF-8 is no reason to stop.
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            yield connection
    except sqlite3.Error as error:
        raise ForeignError(f"{path} cannot be read: {error}") from None


def tables(path: Path) -> set[str]:
    """The names of its tables; empty where it is no SQLite database."""
    try:
        with path.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                return set()
    except OSError:
        return set()
    with opened(path) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def columns(connection: sqlite3.Connection, table: str, wanted: Sequence[str]) -> str:
    """A list of columns to select, NULL for those that the table, of another version, has not."""
    present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    return ", ".join(f'"{name}"' if name in present else f'NULL AS "{name}"' for name in wanted)


def pairs(connection: sqlite3.Connection, sql: str, *bound: Any) -> dict[str, str]:
    """The rows of two columns as texts by their names."""
    return {str(key): "" if value is None else str(value) for key, value in connection.execute(sql, bound)}
