"""Opening the database: as the one writer under the lease, or as a hardened reader.

There is one writer at a time: whoever holds the lease, a lock on a file beside the database. SQLite's own
locks are therefore never contended and no caller sees "database is locked". Locks are flock(2): they end
with the process that held them, however it ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from logger.store import filesystem, locks, schema
from logger.store.locate import PRIVATE_FILE, Store, make_private

T = TypeVar("T")

# Tools other than this one may write to the database too; they do not know the lease.
_BUSY_SECONDS = 10.0
# How long a checkpoint waits for readers, of which none takes much longer.
_CHECKPOINT_MS = 300
# Waiting for the lease: short enough that a finishing run is quick, long enough not to spin.
_LEASE_PAUSE = 0.005
_LEASE_PAUSE_MAX = 0.05
# A reader stops after this many bytes in one value and this many steps of SQLite's machine (some seconds).
_LONGEST_VALUE = 64 * 1024 * 1024
_PROGRESS_INTERVAL = 20_000
_READ_SECONDS = 10.0
_LOCKS = Path("/proc/locks")


class StoreError(RuntimeError):
    """A store that cannot be used: the message is one sentence that says why and what to do."""


class MisuseError(StoreError):
    """What was asked for cannot be meant, whatever a store holds: the message says what can."""


class _OlderStore(StoreError):
    """A store that this software can read once it is migrated."""

    def __init__(self, version: int) -> None:
        super().__init__(f"it has version {version}")
        self.version = version


class LeaseBusy(StoreError):
    """Another process held the lease for longer than the caller would wait."""


@contextlib.contextmanager
def lease(store: Store, timeout: float = 0.0) -> Iterator[None]:
    """Be the store's only writer for the length of the block.

    Waits up to `timeout` seconds (0: not at all), then raises LeaseBusy.
    """
    if store.is_shared:
        make_private(store.private, store.private.parent)
    file = locks.open_lockable(store.lease, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        deadline = time.monotonic() + timeout
        pause = _LEASE_PAUSE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise LeaseBusy(
                        f"another process has been writing to {store.directory} for over {timeout:.0f} s: try again"
                    ) from None
            time.sleep(pause * (0.5 + random.random()))
            pause = min(pause * 2, _LEASE_PAUSE_MAX)
        yield
    finally:
        locks.close(file)


def lease_holder(store: Store) -> str:
    """Who holds the lease, for people: "process 4242", or "another process" where the system does not tell."""
    try:
        inode = store.lease.stat().st_ino
        for line in _LOCKS.read_text().splitlines():
            fields = line.split()
            if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
                return f"process {fields[4]}"
    except (OSError, IndexError):
        pass
    return "another process"


def open_writer(store: Store) -> sqlite3.Connection:
    """A connection for the holder of the lease; creates or migrates the database where that is due.

    Raises StoreError (newer version, not a database) and sqlite3.OperationalError (disk full, no permission).
    """
    if not store.database.exists():
        os.close(os.open(store.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
    connection = sqlite3.connect(
        store.database, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A commit is not synced one by one: the journal is, and outlives the commit (see logger/filing.py).
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        schema.migrate(connection)
    except schema.NewerStoreError as error:
        connection.close()
        raise StoreError(f"cannot write to {store.database}: {error}") from None
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise StoreError(f"{store.database} is not a tracker database ({error}): move it away") from None
    except BaseException:
        # A Ctrl-C: a transaction that is left open would lock the database for as long as somebody knows of it.
        connection.close()
        raise
    return connection


def checkpoint(connection: sqlite3.Connection) -> bool:
    """Write the log into the database and empty it, for the holder of the lease; False if a reader needs it still."""
    connection.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_MS}")
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
    return not busy


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE ... COMMIT, rolled back when the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def synced(connection: sqlite3.Connection) -> Iterator[None]:
    """What is committed within is on the disk when the commit returns."""
    connection.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        connection.execute("PRAGMA synchronous = NORMAL")


@contextlib.contextmanager
def writing(store: Store, timeout: float = 10.0) -> Iterator[sqlite3.Connection]:
    """One short edit: lease, connection and transaction together. Raises StoreError, always for a shared store.

    An edit of this host's own database would be seen by no other host, and contradict theirs. `logger.editing` changes
    runs of any store.
    """
    if store.is_shared:
        raise StoreError(
            f"{store.directory} lies on a network filesystem ({filesystem.kind(store.directory) or 'unknown'}), where"
            " runs can be recorded and edited, and nothing else: copy the directory to a local disk, or, if no other"
            f" host uses the store, set {filesystem.ENVIRONMENT_VARIABLE}=local"
        )
    with writing_here(store, timeout) as connection:
        yield connection


@contextlib.contextmanager
def writing_here(store: Store, timeout: float = 10.0) -> Iterator[sqlite3.Connection]:
    """As `writing`; of a shared store, this host's own database is changed, which the others need not know."""
    with lease(store, timeout), contextlib.closing(open_writer(store)) as connection, transaction(connection):
        yield connection


class Reader(sqlite3.Connection):
    """A read-only connection none of whose statements runs for longer than ten seconds.

    `interrupted` may be set to a callable that says whether the caller still wants the answer, `seconds` to another
    limit.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.interrupted: Callable[[], bool] = _never
        self.seconds = _READ_SECONDS
        self.is_frozen = False
        """whether it shows the database as it is at this moment, whatever is written later"""
        self._deadline = 0.0
        self._brief_until = math.inf
        self.set_progress_handler(self._expired, _PROGRESS_INTERVAL)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._deadline = time.monotonic() + self.seconds
        return super().execute(sql, parameters)

    def briefly(self, question: Callable[[Reader], T], seconds: float) -> T | None:
        """The answer to a question that may be left; None where it takes longer than so many seconds."""
        self._brief_until = time.monotonic() + seconds
        try:
            return question(self)
        except sqlite3.OperationalError:
            if time.monotonic() < self._brief_until or self.interrupted():
                raise
            return None
        finally:
            self._brief_until = math.inf

    def _expired(self) -> bool:
        return self.interrupted() or time.monotonic() > min(self._deadline, self._brief_until)


def open_reader(store: Store) -> Reader:
    """A connection that only reads, and that a hostile or damaged file can neither use nor stall.

    No code in the file's schema is trusted, no value is longer than 64 MB, and what should be tables are tables.
    Two threads may not use it at the same time. Raises StoreError.
    """
    if not store.database.is_file():
        raise StoreError(f"there is no database in {store.directory}: log a run there first")
    try:
        return _opened(store)
    except _OlderStore as older:
        _bring_up(store, older.version)
        return _opened(store)


def _opened(store: Store) -> Reader:
    uri = f"{store.database.as_uri()}?mode=ro"
    try:
        try:
            return _verified(_hardened(uri))
        except sqlite3.OperationalError as error:
            # In a directory we cannot write to, or on a full disk, SQLite makes no shared-memory file for the WAL.
            if os.access(store.private, os.W_OK) and (_has_log(store) or "locked" in str(error)):
                raise
            frozen = _verified(_hardened(f"{uri}&immutable=1"))
            frozen.is_frozen = True
            return frozen
    except _OlderStore:
        raise
    except (sqlite3.DatabaseError, StoreError) as error:
        raise StoreError(f"cannot read {store.database}: {error}{_full_disk(store)}") from None


def _has_log(store: Store) -> bool:
    """Whether there is more to read than the database itself holds."""
    try:
        return store.database.with_name(f"{store.database.name}-wal").stat().st_size > 0
    except OSError:
        return False


def _full_disk(store: Store) -> str:
    try:
        space = os.statvfs(store.private)
    except OSError:
        return ""
    return "" if space.f_bavail else ": the disk is full, free some space"


def _hardened(uri: str) -> Reader:
    connection: Reader = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Reader
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cell_size_check = ON")
    if sys.version_info >= (3, 11):
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    return connection


def _verified(connection: Reader) -> Reader:
    """The connection, if its database is a store of this version; else it is closed.

    Raises _OlderStore, StoreError and sqlite3.DatabaseError.
    """
    try:
        found = schema.version(connection)
        if found > schema.VERSION:
            raise StoreError(
                f"it has version {found}, this software knows {schema.VERSION}: upgrade tui-tracker"
            )
        if _lacks(connection, schema.TABLES if found == schema.VERSION else schema.FIRST_TABLES):
            raise StoreError(
                "it is not a tracker database"
                if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
                else "it is empty: log a run there first"
            )
        if found < schema.VERSION:
            raise _OlderStore(found)
    except BaseException:
        connection.close()
        raise
    return connection


def _lacks(connection: sqlite3.Connection, names: tuple[str, ...]) -> bool:
    """Whether anything of these names is missing, or is no table."""
    (tables,) = connection.execute(
        f"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ({','.join('?' * len(names))})",
        names,
    ).fetchone()
    return int(tables) < len(names)


def _bring_up(store: Store, found: int) -> None:
    """Migrate a store of an older version, where it may be written to. Raises StoreError where it may not."""
    try:
        with lease(store, _BUSY_SECONDS), contextlib.closing(open_writer(store)):
            pass
    except (StoreError, sqlite3.Error, OSError) as error:
        raise StoreError(
            f"cannot read {store.database}: it has version {found} and must be brought up to {schema.VERSION}, which"
            f" needs permission to write to it ({error}): open it once as its owner, or copy {store.directory} to a"
            " place of yours and open the copy"
        ) from None


def _never() -> bool:
    return False
