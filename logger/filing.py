"""Journal to store: by the thread of a live process, or on behalf of a dead one.

Filing is exactly-once: one transaction holds what a batch of a journal says and how far that journal has been filed.
It happens under the store's lease. A journal is deleted only after a commit that was synced, so at every instant each
record is in its journal, in the database, or in both with the offset that tells so.

The journals of dead processes are found by `logger.orphans`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from logger.journal import DAMAGED_SUFFIX
from logger.journal_reader import Batch, JournalReader, Shape
from logger.signs import MetricSigns
from logger.store import alerts, artifacts, edits, inputs, journals, run_values, runs, series, stopping
from logger.store.columns import Points
from logger.store.connection import (
    StoreError,
    synced,
    transaction,
)
from logger.store.fields import SYSTEM_PREFIX
from logger.syncing import sync_directory

# Events whose values are those of a row.
_KEPT_AS_GIVEN: dict[str, Callable[[sqlite3.Connection, int, Mapping[str, Any]], object]] = {
    "artifact": artifacts.record,
    "alert": alerts.record,
    "input": inputs.record_event,
}


@dataclass
class _FiledRun:
    """What a filer knows of a run it files to, so that it need not ask the database every time."""

    id: int
    series_ids: dict[str, int] = field(default_factory=dict)
    segments: int = 0
    hot: dict[str, int] = field(default_factory=dict)
    """points per metric since the last compaction"""
    signs: MetricSigns = field(default_factory=MetricSigns)


class Filer:
    """Files one journal. Every call is made by the holder of the store's lease, with an open writer."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        name: str,
        descriptor: int,
        known: tuple[int, Mapping[int, Shape]] = (0, {}),
    ) -> None:
        """`descriptor` reads the journal and stays the caller's. `known`: as JournalReader takes it."""
        self.name = name
        self._connection = connection
        self._reader = JournalReader(descriptor, journals.offset(connection, name), known)
        self._descriptor = descriptor
        self._runs: dict[str, _FiledRun] = {}
        self._closed: dict[str, Any] | None = None
        self._touched: set[int] = set()
        self._senseless = False
        self._in_doubt = False
        """whether a filing was begun and not brought to its end here: then the database alone knows what it did"""
        self._has_metrics = False

    @property
    def offset(self) -> int:
        """Bytes of the journal that are in the store."""
        return self._reader.offset

    def file(self, *, deadline: float | None = None) -> bool:
        """File what the journal holds, batch by batch; True when all of it, as last looked at, is in the store.

        Stops early after `deadline` (monotonic seconds). Raises sqlite3.Error; then nothing of that batch is filed.
        """
        if self._in_doubt:
            self._end_doubt()
        while True:
            batch = self._reader.next_batch()
            if batch.end == self._reader.offset:
                return True
            self._closed = batch.closed or self._closed
            self._in_doubt = True
            if batch:
                with transaction(self._connection):
                    self._file_batch(batch)
            self._reader.offset = batch.end
            self._in_doubt = False
            if batch.is_last:
                return True
            if deadline is not None and time.monotonic() > deadline:
                return False

    def has_new_metrics(self) -> bool:
        """Whether any metrics, other than those of the machine, were filed since this was last asked."""
        found, self._has_metrics = self._has_metrics, False
        return found

    def _end_doubt(self) -> None:
        """Go on from where the database is: an error, or a Ctrl-C at any instant, ended the last filing."""
        # The ids of rows that were rolled back mean nothing.
        self._runs.clear()
        self._connection.rollback()
        self._reader.offset = max(self._reader.offset, journals.offset(self._connection, self.name))
        self._in_doubt = False

    def heartbeat(self) -> None:
        """Say that the process lives, for the runs it has open."""
        with transaction(self._connection):
            running = journals.running(self._connection, self.name)
            if running:
                runs.touch(self._connection, running, time.time())

    def retire(self, path: Path) -> None:
        """All is filed and the process ends or has ended: settle its runs and delete the journal."""
        with self._last_transaction(path):
            journals.release(self._connection, self.name)
            # Such are those whose start was in a part of the journal that is damaged.
            runs.lose_unwritten(self._connection, [run.id for run in self._runs.values()])

    def hand_over(self, path: Path, successor: str) -> None:
        """All is filed and the process goes on in another journal: its runs follow, the old one is deleted."""
        with self._last_transaction(path):
            journals.hand_over(self._connection, self.name, successor)

    @contextlib.contextmanager
    def _last_transaction(self, path: Path) -> Iterator[None]:
        """A transaction after which the journal is not needed any more, and is deleted.

        It is synced, so that a power cut cannot take from the database what is no longer in a journal.
        """
        with synced(self._connection), transaction(self._connection):
            yield
            journals.set_offset(self._connection, self.name, self.offset)
        if self._reader.damaged or self._senseless:
            # What could not be read may still tell something to somebody.
            path.rename(path.with_name(path.name + DAMAGED_SUFFIX))
        else:
            path.unlink(missing_ok=True)
        # A journal that came back after a power cut must find how far it had been filed.
        sync_directory(path.parent)
        journals.forget(self._connection, self.name)

    def _file_batch(self, batch: Batch) -> None:
        touched = self._touched = set()
        last = batch.events[-1] if batch.events and batch.events[-1].get("event") == "finish" else None
        for event in batch.events:
            if event is not last:
                self._apply(event, touched)
        for uid, points in batch.points.items():
            touched.add(self._append(uid, points))
        if last is not None:
            self._apply(last, touched)
        runs.touch(self._connection, touched, min(time.time(), batch.written))
        journals.set_offset(self._connection, self.name, batch.end)

    def _run(self, uid: str, now: float) -> _FiledRun:
        run = self._runs.get(uid)
        if run is None:
            run = self._runs[uid] = _FiledRun(runs.ensure(self._connection, uid, now))
            run.segments = series.segments(self._connection, run.id)
        return run

    def _append(self, uid: str, points: dict[str, Points]) -> int:
        first_time = next(iter(points.values())).times[0] / 1000
        run = self._run(uid, first_time)
        series.append(self._connection, run.id, points, run.series_ids)
        self._has_metrics = self._has_metrics or not all(key.startswith(SYSTEM_PREFIX) for key in points)
        for sign in run.signs.look(points):
            alerts.record(self._connection, run.id, sign)
        run.segments += 1
        for key, column in points.items():
            run.hot[key] = run.hot.get(key, 0) + len(column)
        if run.segments >= series.SEGMENTS_AT or max(run.hot.values()) >= series.COMPACT_AT:
            series.compact(self._connection, run.id)
            run.segments = 1
            run.hot.clear()
        return run.id

    def _apply(self, event: dict[str, Any], touched: set[int]) -> None:
        """Record one event. One that makes no sense, which no process of ours wrote, is passed over."""
        try:
            touched.add(self._record(event))
        except (LookupError, TypeError, ValueError, AttributeError, StoreError, sqlite3.IntegrityError):
            self._senseless = True
        except (sqlite3.InterfaceError, sqlite3.ProgrammingError):
            # A value of a type that no column takes.
            self._senseless = True

    def _record(self, event: dict[str, Any]) -> int:
        """Record one event; returns the id of its run. Unknown events, of a newer version, change nothing."""
        name, uid = event["event"], event["run"]
        connection = self._connection
        if name == "start":
            run_id = runs.start(connection, uid, event["values"])
            self._write_to(run_id, event)
            return run_id
        run = self._run(uid, float(event.get("time", time.time())))
        if name == "resume":
            runs.resume(connection, run.id, event["values"])
            self._write_to(run.id, event)
        elif name == "params":
            run_values.set_params(connection, run.id, event["values"])
        elif name == "tags":
            run_values.set_tags(connection, run.id, event["values"])
        elif name == "note":
            run_values.set_note(connection, run.id, event["note"])
        elif name == "rename":
            run_values.rename(connection, run.id, event["name"])
        elif name == "code":
            run_values.set_git_dirty(connection, run.id, dirty=bool(event["dirty"]))
        elif name in _KEPT_AS_GIVEN:
            _KEPT_AS_GIVEN[name](connection, run.id, event)
        elif name == "edit":
            edits.make(connection, [edits.from_values(run.id, event["values"])])
        elif name == "stop":
            stopping.request(connection, run.id, str(event["user"]), str(event["signal"]))
        elif name == "finish":
            self._finish(run, event)
        return run.id

    def _write_to(self, run_id: int, event: Mapping[str, Any]) -> None:
        if "process" in event:
            stopping.add_process(self._connection, run_id, event["process"])
        journals.write_to(self._connection, self.name, run_id)

    def _finish(self, run: _FiledRun, event: dict[str, Any]) -> None:
        """End a run, unless it ended well here and other processes still write to it."""
        others = journals.leave(self._connection, self.name, run.id)
        if others and event["status"] == runs.FINISHED:
            return
        runs.finish(self._connection, run.id, event["status"], float(event["ended"]))
        why = str(event.get("why", ""))
        if event["status"] == runs.FAILED or (why and event["status"] == runs.KILLED):
            ended_badly = {
                "time": float(event["ended"]),
                "level": "ERROR" if event["status"] == runs.FAILED else "INFO",
                "title": event["status"].lower(),
                "text": why,
            }
            alerts.record(self._connection, run.id, ended_badly)
        series.compact(self._connection, run.id, everything=True)
        run.segments = 0
        run.hot.clear()
