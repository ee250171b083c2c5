"""Taking back the room of what was deleted: what `tracker-tui gc` does, and only when it is asked to.

`survey` says what would go, `Reclaiming` lets it go. Each run goes in one transaction under the lease, which is free
between two of them, so that processes that log go on. The files of a run are moved aside before its rows go and are
deleted after: interrupted at any moment, what is left is a run that is still deleted, and the next time finishes it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from logger.journal import NEWBORN_SUFFIX, SUFFIX
from logger.orphans import collect_orphans
from logger.store import filesystem, garbage, health, surroundings
from logger.store.connection import StoreError, lease, open_reader, open_writer, transaction
from logger.store.garbage import Deleted, Room
from logger.store.locate import Store

# A file that nobody recorded and nobody has touched for so long is not being written.
_LEFT_SECONDS = 3600.0
_LEASE_SECONDS = 30.0
_ASIDE = ".removed-"

Tick = Callable[[str], None]


@dataclass(frozen=True)
class Survey:
    """What is there to be reclaimed."""

    runs: tuple[Deleted, ...]
    """deleted runs, those that cannot go among them"""
    files: dict[str, int]
    """bytes of files by run uid"""
    leftovers: tuple[Path, ...]
    """files that nobody recorded; empty unless asked for"""
    leftover_bytes: int
    room: Room
    loose: int
    """runs whose points are to be packed"""

    @property
    def going(self) -> tuple[Deleted, ...]:
        return tuple(run for run in self.runs if not run.kept_by)

    @property
    def size(self) -> int:
        """Bytes of what goes: points and files."""
        return sum(run.points + self.files[run.uid] for run in self.going) + self.leftover_bytes

    @property
    def is_empty(self) -> bool:
        return not (self.going or self.leftovers or self.loose or self.room.is_worth_shrinking)


def survey(store: Store, before: float, *, leftovers: bool = False) -> Survey:
    """What was deleted before that moment, and what is left over. Raises StoreError, always for a shared store."""
    if store.is_shared:
        raise StoreError(
            f"{store.directory} lies on a network filesystem, where nothing can be removed for every host at once: copy"
            f" it to a local disk, or, if no other host uses it, set {filesystem.ENVIRONMENT_VARIABLE}=local"
        )
    collect_orphans(store)
    with contextlib.closing(open_reader(store)) as reader:
        runs = tuple(garbage.deleted_runs(reader, before))
        strays = tuple(_left_over(store, reader)) if leftovers else ()
        return Survey(
            runs,
            {run.uid: sum(map(_size_below, _places(store, run.uid))) for run in runs},
            strays,
            sum(path.lstat().st_size for path in strays),
            garbage.room(reader),
            len(garbage.loose_runs(reader)),
        )


def _left_over(store: Store, reader: sqlite3.Connection) -> Sequence[Path]:
    """Files that nobody recorded, and that nobody can be about to record."""
    busy, known = garbage.busy_uids(reader), garbage.known_uids(reader)
    registered = garbage.registered_paths(reader)
    # A run that is not known may be one whose journal has not been filed.
    some_unfiled = any(path.suffix in (SUFFIX, NEWBORN_SUFFIX) for path in store.journals.glob("*"))
    latest = time.time() - _LEFT_SECONDS
    found = []
    for path in surroundings.unrecorded(store, health.recorded_files(reader)):
        uid, *rest = path.relative_to(store.artifacts).parts
        names = {(uid, "/".join(rest[:count])) for count in range(1, len(rest) + 1)}
        if uid in busy or (uid not in known and some_unfiled) or names & registered:
            continue
        if path.lstat().st_ctime < latest:
            found.append(path)
    return found


def _places(store: Store, uid: str) -> tuple[Path, ...]:
    """The directories in which a run has files."""
    return store.artifacts / uid, store.console(uid)


def _size_below(directory: Path) -> int:
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(folder, name).lstat().st_size
    return total


@dataclass(frozen=True)
class Reclaimed:
    """What was done."""

    runs: int
    files: int
    """leftover files removed"""
    packed: int
    """runs whose points were packed"""
    before: Room
    after: Room
    remark: str
    """what could not be done, and why; "" otherwise"""


class Reclaiming:
    """Lets go what a survey found."""

    def __init__(self, store: Store, found: Survey, before: float, tick: Tick) -> None:
        self._store = store
        self._found = found
        self._before = before
        self._tick = tick

    def carry_out(self) -> Reclaimed:
        """Do it all. Raises StoreError, sqlite3.Error and OSError; what was done until then stays done."""
        self._sweep()
        removed = sum(self._remove(run) for run in self._found.going)
        with self._writer() as connection, transaction(connection):
            garbage.remove_experiments(connection, self._before)
        for path in self._found.leftovers:
            path.unlink(missing_ok=True)
            self._remove_empty(path.parent)
        packed = self._pack()
        before, after, remark = self._shrink()
        return Reclaimed(removed, len(self._found.leftovers), packed, before, after, remark)

    @contextlib.contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        with lease(self._store, _LEASE_SECONDS), contextlib.closing(open_writer(self._store)) as connection:
            yield connection

    def _remove(self, run: Deleted) -> bool:
        self._tick(f"removing {run.name}")
        aside = []
        with self._writer() as connection, transaction(connection):
            if not garbage.remove(connection, run.id):
                return False
            for place in _places(self._store, run.uid):
                aside.append(place.with_name(_ASIDE + place.name))
                with contextlib.suppress(FileNotFoundError):
                    place.rename(aside[-1])
        for place in aside:
            self._delete(place)
        return True

    def _sweep(self) -> None:
        """Finish what was interrupted."""
        for place in _places(self._store, _ASIDE):
            for path in list(place.parent.glob(f"{_ASIDE}*")):
                self._delete(path)

    def _delete(self, path: Path) -> None:
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)

    def _remove_empty(self, directory: Path) -> None:
        while directory != self._store.artifacts:
            try:
                directory.rmdir()
            except OSError:
                return
            directory = directory.parent

    def _pack(self) -> int:
        with contextlib.closing(open_reader(self._store)) as reader:
            loose = garbage.loose_runs(reader)
        for place, run_id in enumerate(loose):
            self._tick(f"packing the points of run {place + 1:,} of {len(loose):,}")
            with self._writer() as connection, transaction(connection):
                # In the meantime a process may have taken the run up again.
                if run_id in garbage.loose_runs(connection):
                    garbage.compact(connection, run_id)
        return len(loose)

    def _shrink(self) -> tuple[Room, Room, str]:
        with self._writer() as connection:
            before = garbage.room(connection)
            if not before.is_worth_shrinking:
                return before, before, ""
            # It is written anew beside the old one, and then through the log.
            needed = 2 * (before.size - before.unused) + 1_000_000
            if shutil.disk_usage(self._store.directory).free < needed:
                return (
                    before,
                    before,
                    f"the database was not shrunk: that takes {health.octets(needed)} of free disk",
                )
            self._tick("shrinking the database")
            # Nothing is written outside the store, and a small /tmp does not matter.
            os.environ["SQLITE_TMPDIR"] = str(self._store.directory)
            done = garbage.shrink(connection)
            remark = "" if done else "the file gets smaller when the programs that read it have finished"
            return before, garbage.room(connection), remark
