"""Notices that the store has changed, and tells the app what.

A thread sleeps until the store's directory changes, or for a second where the system cannot say so (a network
file system, a directory that is not there yet). It then asks for SQLite's change counter, which costs
microseconds, and only if that has moved, which runs have a new revision. Once a second it files what dead
processes left behind, so that a killed run turns LOST while someone watches.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from textual.message import Message

from logger.store import runs, search
from logger.store.connection import Reader, StoreError
from logger.store.locate import DATABASE_NAME, Store
from logger.store.registry import events as registry_events
from logger.store.runs import Experiment, StoredRun
from tui_tracker.messages import AlertsRaised, StoreChanged, StoreFailed
from tui_tracker.model.alarm import Alarm
from tui_tracker.model.source import Source

# How often to look when nothing wakes the thread.
POLL_SECONDS = 1.0
# Changes within this time of one another are told as one; a logger files ten times a second. The watching library looks
# at what the system has told it once a step, also while nothing happens: each costs some 20 us of processor time.
_DEBOUNCE_MS = 40
_STEP_MS = 40
# More runs than this are not looked at one by one.
_FEW = 100


# What of a run the experiments' counts depend on: experiment, status, times of deletion and archiving.
_Standing: TypeAlias = tuple[int, str, float | None, float | None]


@dataclass(frozen=True)
class Situation:
    """What is remembered of the store between two looks at it."""

    revision: int
    """the latest change to any run"""
    experiments: tuple[Experiment, ...]
    """with their counts of runs"""
    registry: int
    """the latest event of the model registry"""
    standings: Mapping[int, _Standing]
    """of the runs that have changed while they were watched, by id"""


class Detector:
    """Compares the store with what it was at the last look."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._version: int | None = None
        self._seen: Situation | None = None

    def look(self) -> StoreChanged | None:
        """What changed since the last look; None if nothing did, and at the first. Raises StoreError."""
        version = self._source.version()
        if version == self._version:
            return None
        before = self._seen
        changed, after = self._source.read(lambda reader: _compare(reader, before))
        self._version, self._seen = version, after
        if before is None:
            return None
        structure = (before.experiments, before.registry) != (after.experiments, after.registry)
        return StoreChanged(changed, structure) if changed or structure else None


def _compare(reader: Reader, before: Situation | None) -> tuple[frozenset[int], Situation]:
    revision, registry = runs.revision(reader), registry_events.revision(reader)
    if before is None or revision == before.revision:
        standings = {} if before is None else before.standings
        return frozenset(), Situation(revision, tuple(runs.experiments(reader)), registry, standings)
    # A revision that went down belongs to another database under the same name: everything is new.
    grown = revision > before.revision
    changed = runs.changed_since(reader, before.revision if grown else -1)
    known = before.standings if grown else {}
    standings, experiments = known, before.experiments
    # Counting goes through all runs; beside a busy writer it is spared while the same runs only get longer.
    if len(changed) <= _FEW:
        found = [row.run for row in search.by_ids(reader, changed)]
        standings = {**known, **{run.id: _standing(run) for run in found}}
    if standings != known or len(changed) > _FEW:
        experiments = tuple(runs.experiments(reader))
    return frozenset(changed), Situation(revision, experiments, registry, standings)


def _standing(run: StoredRun) -> _Standing:
    return run.experiment_id, run.status, run.deleted, run.archived


class Watcher:
    """The thread that looks, from `start` to `stop`."""

    def __init__(self, source: Source, post: Callable[[Message], object]) -> None:
        self._source = source
        self._post = post
        self._detector = Detector(source)
        self._alarm = Alarm(source)
        self._stopped = threading.Event()
        self._complaints: dict[str, str] = {}
        self._has_looked = False
        self._collected = -POLL_SECONDS
        self._thread = threading.Thread(target=self._run, name="store watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for a look that is under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def look(self) -> None:
        """One look: post what changed, or that the store has become unreadable, or readable again."""
        self._collect_orphans()
        try:
            change = self._detector.look()
        except StoreError as error:
            self._complain("reading", str(error))
            return
        # At the first look too: the screens may have read the store before it, and changes between are in neither.
        if self._complaints.pop("reading", None) or not self._has_looked:
            self._has_looked = True
            change = StoreChanged(change.run_ids if change else frozenset(), structure=True)
        if change is not None:
            self._post(change)
            self._raise_alerts(change)

    def _raise_alerts(self, change: StoreChanged) -> None:
        # A store that cannot be read is told by the next look.
        with contextlib.suppress(StoreError):
            raised = self._alarm.look(change.run_ids)
            if raised:
                self._post(AlertsRaised(raised))

    def _run(self) -> None:
        for _ in _wakings(self._source.store, self._stopped):
            if self._stopped.is_set():
                return
            self.look()

    def _collect_orphans(self) -> None:
        now = time.monotonic()
        if now - self._collected < POLL_SECONDS or not self._source.store.journals.is_dir():
            return
        self._collected = now
        from logger.orphans import collect_orphans

        try:
            collect_orphans(self._source.store)
        except (StoreError, sqlite3.Error, OSError) as error:
            self._complain("filing", f"cannot file journals in {self._source.store.journals}: {error}")
        else:
            self._complaints.pop("filing", None)

    def _complain(self, about: str, reason: str) -> None:
        """Say what is wrong, once for as long as it is."""
        if self._complaints.get(about) != reason:
            self._complaints[about] = reason
            self._post(StoreFailed(reason))


def _wakings(store: Store, stopped: threading.Event) -> Iterator[None]:
    """Yields when the database may have changed, at the latest after `POLL_SECONDS`."""
    yield
    while not stopped.is_set():
        with contextlib.suppress(OSError, RuntimeError):
            yield from _file_events(store, stopped)
        if not stopped.is_set():
            # Nothing to watch, or no means to: look again after the usual time.
            stopped.wait(POLL_SECONDS)
            yield


def _file_events(store: Store, stopped: threading.Event) -> Iterator[None]:
    from watchfiles import watch

    for _ in watch(
        store.private,
        watch_filter=lambda _, path: DATABASE_NAME in path.rpartition("/")[2],
        recursive=False,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=int(POLL_SECONDS * 1000),
        yield_on_timeout=True,
        stop_event=stopped,
        raise_interrupt=False,
    ):
        yield
