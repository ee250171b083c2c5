"""The open way from a process's journal into its store: a connection that writes, and the filer that reads the journal.

It is opened at the first filing, and anew when the database was replaced, deleted or migrated under it. One thread at a
time may use it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3

from logger.filing import Filer
from logger.journal import Journal
from logger.store import schema
from logger.store.connection import lease, open_writer
from logger.store.locate import Store


class StoreLink:
    """From one journal after the other into one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.connection: sqlite3.Connection | None = None
        self.filer: Filer | None = None
        """of the journal that was filed last"""
        self.seen = -1
        """a number that is another one when another process has written to the store; see `look`"""
        self._verified = -1
        """what `seen` was when the version of the store was last found to be ours"""
        self._database_id: tuple[int, int] | None = None
        self._reading = -1
        self._leaked: list[object] = []

    def file(self, journal: Journal, *, wait: float = 0.0, deadline: float | None = None) -> None:
        """One turn of filing, under the lease. Raises LeaseBusy, StoreError, sqlite3.Error."""
        with lease(self.store, wait):
            self._open(journal).file(deadline=deadline)

    def has_filed_all(self, journal: Journal) -> bool:
        """Whether the whole of this journal, and not of one before it, is in the store."""
        filer = self.filer
        return filer is not None and filer.name == journal.name and filer.offset >= journal.size

    def look(self) -> int:
        """See whether another process has written to the store."""
        if self.connection is not None:
            (self.seen,) = self.connection.execute("PRAGMA data_version").fetchone()
        return self.seen

    def close(self) -> None:
        """Close what is open; the next filing opens it again."""
        self.stop_reading()
        if self.connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
            self.connection = None
            # The next one counts by itself.
            self.seen = self._verified = -1

    def stop_reading(self) -> None:
        """Let go of the journal: what is filed of it says nothing of the next one."""
        self.filer = None
        if self._reading >= 0:
            os.close(self._reading)
            self._reading = -1

    def forget(self) -> None:
        """In a forked child: it must not use an SQLite connection, and closing it is a use."""
        if self._reading >= 0:
            os.close(self._reading)
        # Kept from the collector, which would close it.
        self._leaked.append(self.connection)
        self.connection = self.filer = None
        self._reading = -1

    def _open(self, journal: Journal) -> Filer:
        if self.connection is not None and (self._database_id != _file_id(self.store) or self._is_migrated()):
            self.close()
        if self.connection is None:
            self.connection = open_writer(self.store)
            self._database_id = _file_id(self.store)
        if self.filer is None or self.filer.name != journal.name:
            self.stop_reading()
            self._reading = os.open(journal.path, os.O_RDONLY | os.O_CLOEXEC)
            self.filer = Filer(self.connection, journal.name, self._reading)
        return self.filer

    def _is_migrated(self) -> bool:
        """Whether the store is another version's since it was opened; asked only where another process has written."""
        assert self.connection is not None
        if self._verified != self.look():
            if schema.version(self.connection) != schema.VERSION:
                return True
            self._verified = self.seen
        return False


def _file_id(store: Store) -> tuple[int, int] | None:
    try:
        found = store.database.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
