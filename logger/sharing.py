"""A store on a network filesystem: many hosts write journals there, and none of them SQLite.

Journals stay where they are, for every host files them into a database of its own (`Store.private`), which knows how
far it has come in each. A process that logs only appends to its journal, and closes it with a CLOSED frame; whoever
reads files first (`collect`).

Whether a process on another host lives, its locks do not tell here. So a living one writes something every few seconds,
and one whose journal has not been seen to grow for a minute is taken for gone, until it writes again. On the same
machine a free lock tells at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from logger.filing import Filer
from logger.journal import SUFFIX, born, header, is_newer, machine
from logger.journal_reader import Batch, Shape
from logger.store import journals, locks
from logger.store.connection import LeaseBusy, lease, open_writer, transaction
from logger.store.journals import Filed
from logger.store.locate import DATABASE_NAME, PRIVATE_FILE, Store, make_private

SILENT_SECONDS = 60.0
# Another host may see the end of a file before its middle. It is synced every second, so after this long what still
# cannot be read is damaged.
DAMAGED_SECONDS = 30.0

# The shapes of journals read before by this process: by database and name, with how far they had been read.
_known: dict[tuple[Path, str], tuple[int, Mapping[int, Shape]]] = {}


def collect(store: Store, wait: float = 0.0) -> int:
    """File what the journals of a shared store have gained; returns how many had.

    Waits so many seconds for another process of this host that does the same; then what is new is left to it.
    Raises StoreError, sqlite3.Error and OSError when this host's own database cannot be written.
    """
    try:
        paths = [path for path in store.journals.iterdir() if path.suffix == SUFFIX]
    except FileNotFoundError:
        return 0
    # In order of birth: a run is started in an older journal than the one it is resumed in.
    paths.sort(key=lambda path: (born(path.name), path.name))
    make_private(store.private, store.private.parent)
    try:
        with lease(store, wait):
            if not store.database.exists():
                _begin_with_what_is_there(store)
            with contextlib.closing(open_writer(store)) as connection:
                known = journals.filed(connection)
                return sum(
                    _collect_one(connection, store, path, known.get(path.name, Filed())) for path in paths
                )
    except LeaseBusy:
        return 0


def _begin_with_what_is_there(store: Store) -> None:
    """Copy the database that lies in the store itself, from when it was on a local disk, or was taken for so."""
    old = store.directory / DATABASE_NAME
    if not old.is_file():
        return
    copy = store.database.with_suffix(".copy")
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
    with (
        contextlib.closing(sqlite3.connect(f"{old.as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    copy.rename(store.database)


def _collect_one(connection: sqlite3.Connection, store: Store, path: Path, known: Filed) -> bool:
    if known.state == journals.CLOSED:
        return False
    try:
        file = locks.open_lockable(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        descriptor = file.fileno()
        status = os.fstat(descriptor)
        if status.st_size <= known.offset and not known.has_writers:
            return False
        if not stat.S_ISREG(status.st_mode) or is_newer(descriptor):
            return False
        # Before reading, so that of a process that is gone everything is read.
        alive = _is_alive(descriptor, known)
        place = (store.database, path.name)
        filer = SharedFiler(connection, path.name, descriptor, known, _known.get(place, (0, {})))
        grown = filer.catch_up(alive=alive)
        _known[place] = (filer.offset, filer.shapes)
        if filer.known.state == journals.CLOSED:
            del _known[place]
        return grown
    finally:
        locks.close(file)


def _is_alive(descriptor: int, known: Filed) -> bool:
    """Whether the process of a journal is there, as far as this host can tell."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        if header(descriptor).get("machine") == machine():
            return False
    status = os.fstat(descriptor)
    now = time.time()
    if status.st_size > known.offset and known.grown is not None:
        return True
    return now - (known.grown or min(status.st_mtime, now)) < SILENT_SECONDS


class SharedFiler(Filer):
    """Files one journal of a shared store into this host's own database."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        name: str,
        descriptor: int,
        known: Filed,
        shapes: tuple[int, Mapping[int, Shape]],
    ) -> None:
        super().__init__(connection, name, descriptor, shapes)
        self.known = known

    @property
    def shapes(self) -> Mapping[int, Shape]:
        """Those defined up to `offset`."""
        return self._reader.shapes

    def catch_up(self, *, alive: bool) -> bool:
        """File what is new, and settle the runs of a process that has ended or is gone; whether there was any."""
        before = self.offset
        patient = alive and not self._is_long_damaged()
        self._reader.skipping = not patient
        self.file()
        now, status = time.time(), os.fstat(self._descriptor)
        grown = self.offset > before
        if self.known.grown is None:
            seen: float | None = min(status.st_mtime, now)
        else:
            seen = now if grown else self.known.grown
        stuck = patient and self.offset < status.st_size
        with transaction(self._connection):
            state = self._settle(alive=alive)
            self.known = Filed(self.offset, state, seen, (self.known.damaged or now) if stuck else None)
            journals.remember(self._connection, self.name, self.known)
        return grown

    def _is_long_damaged(self) -> bool:
        return self.known.damaged is not None and time.time() - self.known.damaged > DAMAGED_SECONDS

    def _settle(self, *, alive: bool) -> str:
        """What the journal has come to."""
        if self._closed is not None:
            successor = self._closed.get("next")
            if successor:
                journals.hand_over(self._connection, self.name, str(successor))
            else:
                journals.release(self._connection, self.name)
            return journals.CLOSED
        if alive:
            return ""
        journals.release(self._connection, self.name)
        return journals.SILENT

    def _file_batch(self, batch: Batch) -> None:
        super()._file_batch(batch)
        if self.known.state == journals.SILENT:
            journals.revive(self._connection, self.name, self._touched)
