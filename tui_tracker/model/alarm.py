"""What a person is to be told while the viewer runs: new alerts, and runs that have ended."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from logger.store import alerts, runs
from logger.store.alerts import Alert
from logger.store.connection import Reader
from logger.store.runs import FINISHED, KILLED, RUNNING
from tui_tracker.model.source import Source

# Of more runs that change at once, no end is told.
_MOST_RUNS = 200
# Failed and lost runs have alerts of their own in the store.
_TOLD_ENDS = {FINISHED: "finished", KILLED: "killed"}


class Alarm:
    """Remembers what has been told; what the store held at the first look is taken for known."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: int | None = None
        self._running: set[int] = set()

    def look(self, changed: Collection[int]) -> Sequence[Alert]:
        """What is new after a change of these runs, oldest first. Blocks; raises StoreError."""
        return self._source.read(lambda reader: self._look(reader, changed))

    def _look(self, reader: Reader, changed: Collection[int]) -> list[Alert]:
        if self._seen is None:
            self._seen = alerts.last_id(reader)
            self._running = runs.running(reader)
            return []
        found = alerts.after(reader, self._seen)
        if found:
            self._seen = found[-1].id
        if len(changed) <= _MOST_RUNS:
            for run in runs.by_ids(reader, changed):
                if run.status == RUNNING:
                    self._running.add(run.id)
                elif run.id in self._running:
                    self._running.discard(run.id)
                    if run.status in _TOLD_ENDS and not _tells_its_end(found, run):
                        found.append(_ended(run))
        return found


def _tells_its_end(found: Sequence[Alert], run: runs.StoredRun) -> bool:
    """Whether the store has an alert of the end, since it has a reason for it."""
    return any(alert.run_id == run.id and alert.title == _TOLD_ENDS[run.status] for alert in found)


def _ended(run: runs.StoredRun) -> Alert:
    ended = run.ended or time.time()
    title = _TOLD_ENDS[run.status]
    return Alert(0, run.id, run.uid, run.name, ended, "INFO", title, "", None, title)
