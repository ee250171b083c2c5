"""The viewer's way to its store: questions and edits, asked from worker threads.

Two read-only connections serve the questions, each one after another: one serves those that a person waits for, the
other those that may take long and go on behind. A connection is opened when the first question comes and again when the
database file has been replaced. No read transaction outlives its question. Whatever SQLite or the operating system has
to complain about arrives as a StoreError, one sentence.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from logger.store.connection import Reader, StoreError, open_reader, writing
from logger.store.locate import Store

T = TypeVar("T")

# `version` counts openings in the high part and SQLite's own counter in the low part.
_OPENINGS_SHIFT = 32
_FROZEN_SECONDS = 2.0


class _Connection:
    """A reader that one thread at a time uses, opened when it is needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._identity: tuple[int, int] | None = None
        self._openings = 0
        self._opened = 0.0

    def read(self, question: Callable[[Reader], T], interrupted: Callable[[], bool]) -> T:
        with self._lock:
            reader = self._current_reader()
            reader.interrupted = interrupted
            try:
                return question(reader)
            except sqlite3.Error as error:
                self._close()
                raise StoreError(f"cannot read {self._store.database}: {error}") from error
            finally:
                reader.interrupted = _never

    def version(self) -> int:
        with self._lock:
            reader = self._current_reader()
            try:
                (counter,) = reader.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error as error:
                self._close()
                raise StoreError(f"cannot read {self._store.database}: {error}") from error
            return (self._openings << _OPENINGS_SHIFT) + int(counter)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _current_reader(self) -> Reader:
        """The connection to the file that bears the database's name at this moment."""
        identity = self._file_identity()
        if self._reader is None or identity != self._identity or self._is_stale(self._reader):
            self._close()
            self._reader = open_reader(self._store)
            self._opened = time.monotonic()
            self._identity = identity
            self._openings += 1
        return self._reader

    def _is_stale(self, reader: Reader) -> bool:
        """Whether what it shows may no longer be so: it was opened where nothing could be written."""
        return reader.is_frozen and time.monotonic() - self._opened > _FROZEN_SECONDS

    def _file_identity(self) -> tuple[int, int] | None:
        try:
            status = self._store.database.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class Source:
    """A store as the screens see it; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._awaited = _Connection(store)
        self._behind = _Connection(store)

    def read(
        self,
        question: Callable[[Reader], T],
        *,
        interrupted: Callable[[], bool] | None = None,
        behind: bool = False,
    ) -> T:
        """The answer to a question; blocks, so never call it from the event loop.

        `interrupted` says whether the asker has lost interest; the question then ends early. `behind`: it may take
        long, and what a key asks for is not to wait for it. Raises StoreError.
        """
        connection = self._behind if behind else self._awaited
        return connection.read(question, interrupted or _never)

    def edit(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """One short transaction under the store's lease; blocks. Raises StoreError."""
        try:
            with writing(self.store) as connection:
                return change(connection)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot write to {self.store.directory}: {error}") from error

    def change(self, work: Callable[[Store], T]) -> T:
        """What opens its own transactions, and may take longer than one; blocks. Raises StoreError."""
        try:
            return work(self.store)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot write to {self.store.directory}: {error}") from error

    def version(self) -> int:
        """A number that changes when someone else has committed, or replaced the database. Raises StoreError."""
        return self._awaited.version()

    def close(self) -> None:
        """Close the connections; the next question opens another."""
        self._awaited.close()
        self._behind.close()


def _never() -> bool:
    return False
