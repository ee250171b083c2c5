"""One process's side of one store: its journal, and the thread that files it.

Nothing here raises into a training loop for a fault of the store: it warns once, the journal keeps what was logged, and
filing goes on when the cause is gone. `logger.process` makes recorders and knows when the process ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from logger.frames import EVENT
from logger.journal import Journal, sync_file
from logger.orphans import collect_orphans
from logger.pacing import Pace
from logger.signals import undisturbed
from logger.signs import DiskSpace, Silence
from logger.store import stopping
from logger.store.connection import LeaseBusy, StoreError, lease
from logger.store.locate import Store
from logger.store.runs import RUNNING
from logger.store_link import StoreLink

# How long the filing thread waits for whoever logs at this moment, who may wait for it.
_LOCK_SECONDS = 0.1
_SYNC_SECONDS = 1.0
_ORPHAN_SECONDS = 2.0
_HEARTBEAT_SECONDS = 10.0
_WATCH_SECONDS = 5.0
# A journal is replaced by a fresh one when it is this long and all of it is filed.
_ROTATE_BYTES = 64 * 1024 * 1024
# How long the end of a run may wait for other processes' filings; what is not filed then, the next one who comes files.
_DRAIN_SECONDS = 10.0
# A filing stops after this long, to let other processes have the lease.
_TURN_SECONDS = 0.5


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


class Recorder:
    """The journal and the filing thread of this process for one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        # Re-entrant, so that a signal handler may log while its own thread is logging.
        self.lock = threading.RLock()
        """serialises writing to the journal"""
        self.pace = Pace()
        self.journal = Journal(store.journals)
        self.runs: weakref.WeakSet[RecordedRun] = weakref.WeakSet()
        self._filing = threading.RLock()
        self._filing_thread: int | None = None
        self._link = StoreLink(store)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._synced = 0
        self._unsynced: deque[Path] = deque()
        self._last_news = time.monotonic()
        self._silence = Silence(self._last_news)
        self._disk = DiskSpace(store.directory)
        self._heard_version = -1
        """what `StoreLink.seen` was when runs were last told that they are asked to stop"""
        self._warned = False
        self._shapes = 0

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

    def drain(self, timeout: float = _DRAIN_SECONDS) -> bool:
        """File all that this process has recorded so far; False when it took too long or the store has a fault."""
        with undisturbed:
            return self._drain(timeout)

    def _drain(self, timeout: float) -> bool:
        with self.lock:
            self.journal.retry(force=True)
            if not self.journal.is_open:
                return not self.journal.is_stuck
            journal, goal = self.journal, self.journal.size
        deadline = time.monotonic() + timeout
        while True:
            left = max(deadline - time.monotonic(), 0)
            with self._filing_turn(left) as has_turn:
                if not has_turn:
                    return False
                try:
                    self._restore_journal()
                    self._link.file(self.journal, wait=left, deadline=deadline)
                    filer = self._link.filer
                    # A journal is left for the next one when all of it is filed.
                    if self.journal is not journal or (filer is not None and filer.offset >= goal):
                        return True
                except (LeaseBusy, StoreError, sqlite3.Error, OSError) as error:
                    self._tell(error)
                    return False
            if time.monotonic() > deadline:
                return False

    @contextlib.contextmanager
    def _filing_turn(self, timeout: float) -> Iterator[bool]:
        """Be the only thread that files, if that can be within the time; not within a filing, in a signal's handler."""
        me = threading.get_ident()
        if self._filing_thread == me:
            yield False
            return
        try:
            has_turn = self._filing.acquire(timeout=timeout)
            if has_turn:
                self._filing_thread = me
            yield has_turn
        finally:
            if self._filing_thread == me:
                self._filing_thread = None
            # Given up if it was taken, even where a Ctrl-C came before that could be noted.
            with contextlib.suppress(RuntimeError):
                self._filing.release()

    def close(self, timeout: float = _DRAIN_SECONDS) -> None:
        """File everything and give up the journal; what cannot be filed stays in it, for the next one who comes."""
        with undisturbed:
            self._stop.set()
            self._sync_files()
            filed = self._drain(timeout)
            # A filing that hangs (on a disk that does not answer) must not keep the process from ending.
            with self._filing_turn(timeout) as has_turn:
                if has_turn:
                    self._give_up_journal(timeout if filed else 0.0)

    def _give_up_journal(self, timeout: float) -> None:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(lease(self.store, timeout))
                # From here on other threads of the script wait, until what they log goes to another journal.
                held.enter_context(self.lock)
                filer = self._link.filer
                if filer is not None and not self.journal.is_stuck and filer.file():
                    filer.retire(self.journal.path)
            except (StoreError, sqlite3.Error, OSError) as error:
                self._tell(error)
            finally:
                self._link.close()
                with self.lock:
                    self.journal.close()
                    # What the script's own exit handlers log goes to this one, which is an orphan at once.
                    self._continue_in(Journal(self.store.journals))

    def _continue_in(self, journal: Journal) -> None:
        self.journal = journal
        self._synced = 0
        for run in list(self.runs):
            run.forget_journal()

    # The filing thread.

    def _keep_filing(self) -> None:
        last_orphans = last_sync = last_watch = time.monotonic()
        pause = self.pace.pause(0.0)
        while not self._stop.wait(pause):
            now, begun = time.monotonic(), time.thread_time()
            try:
                # First, since whoever has the lease may keep it for long.
                if now - last_sync > _SYNC_SECONDS:
                    last_sync = now
                    self._sync()
                    self._sync_files()
                self._take_turn(now)
                if now - last_watch > _WATCH_SECONDS:
                    last_watch = now
                    self._watch(now)
                if now - last_orphans > _ORPHAN_SECONDS:
                    last_orphans = now
                    # Under the lock too: a fork must not find SQLite at work in any thread.
                    with self._filing:
                        collect_orphans(self.store)
            except LeaseBusy:
                pass
            except Exception as error:  # whatever happens here must not end the thread
                self._tell(error)
                with self._filing:
                    self._link.close()
            pause = self.pace.pause(time.thread_time() - begun)
        self.pace.stop()

    def _take_turn(self, now: float) -> None:
        """File what is new; without news, say from time to time that the process lives."""
        has_news = self._has_news()
        with self._filing:
            if self._stop.is_set():
                return
            self._restore_journal()
            if has_news:
                self._link.file(self.journal, deadline=now + _TURN_SECONDS)
                self._last_news = now
            elif now - self._last_news > _HEARTBEAT_SECONDS and self._link.filer is not None:
                with lease(self.store):
                    self._link.filer.heartbeat()
                self._last_news = now
            else:
                self._link.look()
            self._rotate_if_long()
            self._hear()

    def _hear(self) -> None:
        """Let runs know that they are asked to stop; asks only when another process has written to the store."""
        connection = self._link.connection
        if connection is not None and self._heard_version != self._link.seen:
            asked = stopping.asked_to_stop(connection, [run.id for run in self._open_runs()])
            for run in self._open_runs():
                run.should_stop = run.id in asked
            self._heard_version = self._link.seen

    def _open_runs(self) -> list[RecordedRun]:
        return [run for run in list(self.runs) if run.status == RUNNING]

    def _watch(self, now: float) -> None:
        """Tell what is wrong with the process or its disk."""
        filer = self._link.filer
        if filer is not None and filer.has_metrics:
            filer.has_metrics = False
            self._silence.heard(now)
        for sign in (self._silence.look(now), self._disk.look()):
            if sign is not None:
                for run in self._open_runs():
                    self.event("alert", run.id, **sign)

    def _restore_journal(self) -> None:
        """Go on where somebody has deleted the journal, or the whole store, with all that the journal held.

        The runs of this process are recorded anew from it. What else had been filed is gone with what was deleted.
        """
        if not self.journal.is_deleted or not self.lock.acquire(timeout=_LOCK_SECONDS):
            return
        try:
            filed = self._link.has_filed_all(self.journal)
            # The new file has the name and the bytes of the old one, so what a database knows of it stays true.
            self._link.close()
            if filed and not self._open_runs():
                # A store without a run under way may go; the next record makes another.
                self.journal.close()
                self._continue_in(Journal(self.store.journals))
                return
            if not self.journal.restore():
                return
            for run in list(self.runs):
                if run.status == RUNNING:
                    # Whoever saw the journal missing has taken the run for lost.
                    self.journal.append_json(
                        EVENT, {"event": "resume", "run": run.id, "time": time.time(), "values": {}}
                    )
        finally:
            self.lock.release()
        warnings.warn(
            f"the store {self.store.directory} was deleted under a run that is being recorded: training goes on, and"
            " the runs of this process are recorded anew, in a new store at the same place",
            RuntimeWarning,
            stacklevel=2,
        )

    def _has_news(self) -> bool:
        filer = self._link.filer
        with self.lock:
            self.journal.retry()
            return self.journal.is_open and (filer is None or self.journal.size > filer.offset)

    def _rotate_if_long(self) -> None:
        if self.journal.size < _ROTATE_BYTES or not self._link.has_filed_all(self.journal):
            return
        # Not waited for: the main thread may hold the lock within a handler that waits for this filing to end.
        if not self.lock.acquire(timeout=_LOCK_SECONDS):
            return
        try:
            with lease(self.store):
                filer = self._link.filer
                if filer is None or not self._link.has_filed_all(self.journal) or self.journal.is_stuck:
                    return
                old, fresh = self.journal, Journal(self.store.journals)
                if fresh.create():
                    try:
                        filer.hand_over(old.path, fresh.name)
                    except sqlite3.Error:
                        fresh.discard()
                        raise
                    self._link.stop_reading()
                    self._continue_in(fresh)
                    old.close()
        finally:
            self.lock.release()

    def sync_later(self, path: Path) -> None:
        """Have a file of the store synced soon, as the journal is, without waiting for it."""
        self._unsynced.append(path)

    def _sync_files(self) -> None:
        while self._unsynced:
            # What was replaced or removed meanwhile need not be synced.
            with contextlib.suppress(OSError):
                sync_file(self._unsynced.popleft())

    def _sync(self) -> None:
        journal = self.journal
        if journal.size != self._synced:
            self._synced = journal.size
            journal.sync()

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
        self._link.forget()
        self.lock, self._filing, self._stop = threading.RLock(), threading.RLock(), threading.Event()
        self._thread = self._filing_thread = None
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
