"""One process's side of a store on a network filesystem: its journal, and the thread that keeps it.

Nothing is filed here: `logger.sharing` files what all processes have written, when somebody reads.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from logger.editing import EDIT_PREFIX
from logger.frames import CLOSED, EVENT
from logger.journal import SUFFIX, Journal
from logger.journal_reader import Batch, JournalReader
from logger.recorder import Recorder
from logger.signals import undisturbed
from logger.store import runs
from logger.store.locate import Store

# How often a process without news says that it lives; `sharing.SILENT_SECONDS` is several times that.
ALIVE_SECONDS = 10.0
_SYNC_SECONDS = 1.0
# Short, since a reader that does not remember a journal reads it from its beginning to learn its shapes.
_ROTATE_BYTES = 16 * 1024 * 1024


def _edits(store: Store) -> set[Path]:
    """The journals of changes that people made, on whatever host."""
    return set(store.journals.glob(f"{EDIT_PREFIX}*{SUFFIX}"))


def _whole_batch(path: Path) -> Batch:
    """All that a short journal says."""
    with path.open("rb") as file:
        return JournalReader(file.fileno()).next_batch()


class SharedRecorder(Recorder):
    """This process's side of a shared store: a journal that is synced every second, and a sign of life."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        # What was asked before this process began was not asked of it.
        self._heard = _edits(store)
        self._heard_at = 0

    def drain(self, timeout: float = 0.0) -> bool:
        """Write and sync what was recorded, so that every host can see it; False when that cannot be."""
        del timeout
        with undisturbed, self.lock:
            self.journal.retry(force=True)
            if self.journal.is_stuck:
                return False
            if self.journal.is_open:
                self.syncing.sync_journal(self.journal)
        return True

    def close(self, timeout: float = 0.0) -> None:
        """End the journal, which stays: every host files it."""
        del timeout
        self._stop.set()
        with undisturbed, self.lock:
            if self.journal.is_open:
                self._end_journal(None)
                self.drain()
            self.journal.close()
            self._continue_in(Journal(self.store.journals))

    def _keep_filing(self) -> None:
        """Files nothing: syncs, tries again what could not be written, and says that the process lives."""
        last_news, size = time.monotonic(), -1
        while not self._stop.wait(_SYNC_SECONDS):
            try:
                self.syncing.sync_files()
                with self._filing:
                    now = time.monotonic()
                    if now - last_news > ALIVE_SECONDS:
                        self._say_alive()
                    if self.journal.size != size:
                        last_news, size = now, self.journal.size
                    self.drain()
                    self._rotate_if_long()
                    with contextlib.suppress(OSError):
                        self._hear()
            except Exception as error:  # noqa: PERF203 - whatever happens here must not end the thread
                self._tell(error)

    def _hear(self) -> None:
        """Let runs know that they are asked to stop; reads what was written since the last time, once it is whole."""
        changed = self.store.journals.stat().st_mtime_ns
        if changed == self._heard_at:
            return
        self._heard_at = changed
        for path in _edits(self.store) - self._heard:
            batch = _whole_batch(path)
            if batch.closed is None:
                self._heard_at = 0
                continue
            self._heard.add(path)
            asked = {event.get("run") for event in batch.events if event.get("event") == "stop"}
            for run in self._open_runs():
                run.should_stop = run.should_stop or run.id in asked

    def _say_alive(self) -> None:
        for run in list(self.runs):
            if run.status == runs.RUNNING:
                with self.lock:
                    self.journal.append_json(EVENT, {"event": "alive", "run": run.id, "time": time.time()})

    def _rotate_if_long(self) -> None:
        with self.lock:
            if self.journal.size < _ROTATE_BYTES or self.journal.is_stuck:
                return
            old, fresh = self.journal, Journal(self.store.journals)
            if fresh.create():
                self._end_journal(fresh.name)
                old.sync()
                self._continue_in(fresh)
                old.close()

    def _end_journal(self, successor: str | None) -> None:
        self.journal.append_json(CLOSED, {"next": successor})
