"""Looks at everything in a store, and tidies what is left over: what `tracker-tui doctor` says.

Nothing here is needed for normal use: orphans are filed and runs are lost by whoever opens the store. Findings come one
by one, as they are made.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from logger.frames import unreadable
from logger.journal import DAMAGED_SUFFIX, SUFFIX
from logger.orphans import collect_orphans, orphans
from logger.store import health, schema, surroundings
from logger.store.connection import (
    LeaseBusy,
    Reader,
    StoreError,
    checkpoint,
    lease,
    lease_holder,
    open_reader,
    open_writer,
    transaction,
)
from logger.store.health import Finding, Tick, many, octets
from logger.store.locate import Store

# A journal that is longer than this was written by nobody here.
_LONGEST_JOURNAL = 512 * 1024 * 1024
# Beyond this the log is longer than a busy store's, which checkpoints at a few MB.
_LONG_WAL = 64_000_000
_LEASE_SECONDS = 5.0


def examine(store: Store, *, full: bool = False, hashes: bool = False, tick: Tick) -> Iterator[Finding]:
    """Check a store and tidy it; `full` reads every point and index, `hashes` every artifact."""
    yield from surroundings.disk(store)
    yield from surroundings.rights(store)
    yield from surroundings.library()
    yield from _journals(store)
    if not store.is_shared and not os.access(store.directory, os.W_OK):
        yield Finding("database", "note", f"{store.directory} cannot be written to: it is only looked at")
    else:
        yield from _tidied(store)
    try:
        reader = open_reader(store)
    except StoreError as error:
        yield Finding("database", "problem", str(error))
        return
    # Checks may take longer than a question.
    reader.seconds = math.inf
    with contextlib.closing(reader):
        yield from _database(store, reader, full=full, hashes=hashes, tick=tick)


def _database(store: Store, reader: Reader, *, full: bool, hashes: bool, tick: Tick) -> Iterator[Finding]:
    tick("the database")
    try:
        yield from health.integrity(reader, full=full)
        yield from health.foreign_keys(reader)
        yield from health.summaries(reader, full=full, tick=tick)
        recorded = health.recorded_files(reader)
    except sqlite3.Error as error:
        yield Finding("database", "problem", f"it cannot be read any further: {error}")
        return
    yield from surroundings.files(store, recorded, hashes=hashes, tick=tick)
    strays = list(surroundings.unrecorded(store, recorded))
    if strays:
        size = sum(path.lstat().st_size for path in strays)
        yield Finding(
            "leftovers",
            "note",
            f"{many(len(strays), 'file')} among the artifacts, {octets(size)}, that no run recorded, such as"
            f" {strays[0]}: `tracker-tui gc --leftovers` removes those that nobody writes",
        )


def _journals(store: Store) -> Iterator[Finding]:
    """Whether the journals can be read, those of the dead also to their ends."""
    dead = set() if store.is_shared else {path for path, _ in orphans(store)}
    paths = sorted(path for path in store.journals.glob(f"*{SUFFIX}")) if store.journals.is_dir() else []
    if damaged := sorted(store.journals.glob(f"*{DAMAGED_SUFFIX}")):
        yield Finding(
            "journals",
            "note",
            f"{many(len(damaged), 'journal')} with damaged parts, kept when all else in them was filed, such as"
            f" {damaged[0]}: they are not needed any more",
        )
    whole = 0
    for path in paths:
        finding = _journal(path, is_over=path in dead)
        if finding is None:
            whole += 1
        else:
            yield finding
    if whole:
        yield Finding(
            "journals",
            "ok",
            f"{many(whole, 'journal')} can be read",
        )


def _journal(path: Path, *, is_over: bool) -> Finding | None:
    try:
        if path.stat().st_size > _LONGEST_JOURNAL:
            return Finding("journals", "problem", f"{path} is too long to be one of this software")
        damaged, tail = unreadable(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        return Finding("journals", "problem", f"{path} cannot be read: {error.strerror or error}")
    if damaged:
        return Finding(
            "journals", "problem", f"{damaged:,} bytes in {path} are damaged: the records in them are lost"
        )
    if tail and is_over:
        return Finding(
            "journals",
            "note",
            f"{path.name} ends in {tail:,} bytes of a record that its process did not finish",
        )
    return None


def _tidied(store: Store) -> Iterator[Finding]:
    """File orphans, let go of what is stale, shorten the WAL: all under the lease, where it can be had."""
    before = _version(store)
    try:
        filed = collect_orphans(store)
        with lease(store, _LEASE_SECONDS), contextlib.closing(open_writer(store)) as connection:
            if 0 < before < schema.VERSION:
                yield Finding(
                    "schema", "done", f"brought the database from version {before} to {schema.VERSION}"
                )
            else:
                yield Finding("schema", "ok", f"version {schema.VERSION}")
            if filed:
                whose = "that had grown" if store.is_shared else "of processes that are gone"
                yield Finding("journals", "done", f"filed {many(filed, 'journal')} {whose}")
            with transaction(connection):
                present = {path.name for path in store.journals.glob(f"*{SUFFIX}")}
                findings = list(health.abandoned(connection, present))
            yield from findings
            yield from _checkpointed(store, connection)
    except LeaseBusy:
        yield Finding(
            "lease", "problem", f"for over {_LEASE_SECONDS:.0f} s it has been held by {lease_holder(store)}"
        )
    except (StoreError, sqlite3.Error, OSError) as error:
        yield Finding("database", "problem", f"it cannot be written: {error}")


def _version(store: Store) -> int:
    """The version of the database as it lies there; 0 where there is none that says so."""
    if not store.database.is_file():
        return 0
    try:
        with contextlib.closing(
            sqlite3.connect(f"{store.database.as_uri()}?mode=ro", uri=True)
        ) as connection:
            return schema.version(connection)
    except sqlite3.Error:
        return 0


def _checkpointed(store: Store, connection: sqlite3.Connection) -> Iterator[Finding]:
    wal = store.database.with_name(f"{store.database.name}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    done = checkpoint(connection)
    if done and size:
        yield Finding("wal", "done", f"wrote the log of {octets(size)} into the database and emptied it")
    elif done:
        yield Finding("wal", "ok", "the log is empty")
    else:
        level: health.Level = "problem" if size > _LONG_WAL else "note"
        yield Finding(
            "wal", level, f"the log has {octets(size)}, and a program that reads keeps it from shrinking"
        )
