"""One process's side of one store: the journal that it writes, and a thread that looks after it.

`logger.filing_recorder` files the journal into the store; `logger.shared_recorder` leaves that to whoever reads a
shared one. Nothing here raises into a training loop for a fault of the store: it warns once, the journal keeps what was
logged, and all goes on when the cause is gone. `logger.process` makes recorders and knows when the process ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
import warnings
import weakref
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol

from logger.frames import EVENT
from logger.journal import Journal
from logger.pacing import Pace
from logger.store.connection import LeaseBusy
from logger.store.locate import Store
from logger.store.runs import RUNNING
from logger.syncing import Syncing


class RecordedRun(Protocol):
    """What a recorder must know of a run that this process logs to, before or after its end."""

    id: str
    status: str

    def forget_journal(self) -> None:
        """The next record goes to another journal: what was defined in the old one is not defined there."""

    def end(self, status: str) -> bool:
        """Record the end of the run, if it is open and this process is the one to end it."""

    should_stop: bool
    """whether the store asks it to stop"""


class Recorder(ABC):
    """The journal of this process for one store, and its thread."""

    def __init__(self, store: Store) -> None:
        self.store = store
        # Re-entrant, so that a signal handler may log while its own thread is logging.
        self.lock = threading.RLock()
        """serialises writing to the journal"""
        self.pace = Pace()
        self.journal = Journal(store.journals)
        self.syncing = Syncing()
        self.runs: weakref.WeakSet[RecordedRun] = weakref.WeakSet()
        self._filing = threading.RLock()
        """held by the thread while it works"""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._warned = False
        self._shapes = 0

    @abstractmethod
    def drain(self, timeout: float = ...) -> bool:
        """Bring all that was recorded so far to the store; False when it took too long or the store has a fault."""

    @abstractmethod
    def close(self, timeout: float = ...) -> None:
        """Drain and give up the journal; what is left in it is kept, for the next one who comes."""

    @abstractmethod
    def _keep_filing(self) -> None:
        """What the thread does, until `_stop` is set."""

    def next_shape(self) -> int:
        """A number for a shape, never used before in this process; the caller holds `lock`."""
        self._shapes += 1
        return self._shapes

    def event(self, event: str, run: str, **values: Any) -> None:
        """Record something that is not a point. Never raises for a fault of the store."""
        with self.lock:
            self.journal.append_json(EVENT, {"event": event, "run": run, "time": time.time(), **values})
        self.start_filing()

    def start_filing(self) -> None:
        """Start the filing thread, once."""
        if self._thread is None:
            with self.lock:
                if self._thread is None:
                    thread = threading.Thread(
                        target=self._keep_filing, name="tui-tracker filing", daemon=True
                    )
                    # An interpreter that is ending starts no thread; then the journal is filed as an orphan's.
                    with contextlib.suppress(RuntimeError):
                        thread.start()
                        self._thread = thread

    def _continue_in(self, journal: Journal) -> None:
        self.journal = journal
        self.syncing.begin_journal()
        for run in list(self.runs):
            run.forget_journal()

    def _open_runs(self) -> list[RecordedRun]:
        return [run for run in list(self.runs) if run.status == RUNNING]

    def _tell(self, error: Exception) -> None:
        """Warn, once. A busy lease is no fault, and of a disk that takes no journal the journal tells."""
        if self.journal.is_stuck or isinstance(error, LeaseBusy):
            return
        if _is_of_a_full_disk(error, self.store.directory):
            self.journal.tell("the disk is full")
        elif not self._warned:
            self._warned = True
            warnings.warn(
                f"tui-tracker cannot file into {self.store.database} ({error}): training goes on, the journal in"
                f" {self.store.journals} keeps everything, and it is filed when the cause is gone",
                RuntimeWarning,
                stacklevel=2,
            )

    # Forking.

    def before_fork(self) -> None:
        """Let no filing and no write be under way: their locks and SQLite's would stay taken in the child."""
        self._filing.acquire()
        self.lock.acquire()

    def after_fork_in_parent(self) -> None:
        self.lock.release()
        self._filing.release()

    def after_fork_in_child(self) -> None:
        """A child has its own journal; the parent's is closed here, which leaves the parent's lock on it alone."""
        self.journal.close()
        self.lock, self._filing, self._stop = threading.RLock(), threading.RLock(), threading.Event()
        self._thread = None
        self.pace = Pace()
        self._continue_in(Journal(self.store.journals))


def _is_of_a_full_disk(error: Exception, directory: Path) -> bool:
    cause = error.__cause__ or error
    if isinstance(cause, OSError):
        return cause.errno in (errno.ENOSPC, errno.EDQUOT)
    # What SQLite says of it depends on which of its files it could not make longer.
    with contextlib.suppress(OSError):
        return "disk is full" in str(cause) or not os.statvfs(directory).f_bavail
    return False
