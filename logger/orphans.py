"""Journals whose processes are gone: found, filed and deleted by whoever comes by.

An orphan is a journal whose lock is free. Runs that no other process writes to become LOST. Nobody has to repair.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from logger.filing import Filer
from logger.journal import NEWBORN_SUFFIX, SUFFIX, born, is_newer
from logger.store import journals, locks
from logger.store.connection import LeaseBusy, StoreError, lease, open_reader, open_writer, writing
from logger.store.locate import Store

_NEWBORN_SECONDS = 60.0
# How often a process looks for runs whose journals are gone, and when it last did.
_LOOK_SECONDS = 30.0
_looked: dict[Store, float] = {}


def orphans(store: Store) -> Iterator[tuple[Path, int]]:
    """Each journal whose process is gone, with a descriptor that holds its lock until the next one is asked for."""
    try:
        paths = list(store.journals.iterdir())
    except OSError:
        return
    # In order of birth: a run is started in an older journal than the one it is resumed in.
    for path in sorted(paths, key=lambda path: (born(path.name), path.name)):
        if path.suffix not in (SUFFIX, NEWBORN_SUFFIX):
            continue
        try:
            file = locks.open_lockable(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            descriptor = file.fileno()
            status = os.fstat(descriptor)
            if path.suffix == NEWBORN_SUFFIX and time.time() - status.st_mtime < _NEWBORN_SECONDS:
                # Its process is about to lock it, and must find it free.
                continue
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or is_newer(descriptor):
                continue
            if path.suffix == SUFFIX and status.st_nlink:
                yield path, descriptor
            elif path.suffix == NEWBORN_SUFFIX:
                path.unlink(missing_ok=True)
        except OSError:
            continue
        finally:
            locks.close(file)


def collect_orphans(store: Store) -> int:
    """File what dead processes left behind; returns how many journals. Never waits: what is busy is left for later.

    Of a shared store, what all processes have written is filed. Raises StoreError and sqlite3.Error when the database
    cannot be written.
    """
    if store.is_shared:
        from logger.sharing import collect

        return collect(store)
    _release_deleted(store)
    collected = 0
    with contextlib.ExitStack() as held:
        connection: sqlite3.Connection | None = None
        for path, descriptor in orphans(store):
            if connection is None:
                try:
                    held.enter_context(lease(store))
                except LeaseBusy:
                    return 0
                connection = held.enter_context(contextlib.closing(open_writer(store)))
            filer = Filer(connection, path.name, descriptor)
            if filer.file():
                filer.retire(path)
                collected += 1
    return collected


def _release_deleted(store: Store) -> None:
    """Runs whose journals somebody has deleted have lost their processes. Looked for once in a while."""
    now = time.monotonic()
    if now - _looked.get(store, -_LOOK_SECONDS) < _LOOK_SECONDS or not store.database.exists():
        return
    _looked[store] = now
    with contextlib.suppress(StoreError, sqlite3.Error, OSError):
        with contextlib.closing(open_reader(store)) as reader:
            if not _deleted(store, reader):
                return
        # Asked again under the lease: a process may be about to hand its runs over to another journal.
        with writing(store, 0.0) as connection:
            for name in _deleted(store, connection):
                journals.release(connection, name)


def _deleted(store: Store, connection: sqlite3.Connection) -> list[str]:
    """The journals that write to runs and are not there any more."""
    return [name for name in journals.writing(connection) if not (store.journals / name).exists()]
