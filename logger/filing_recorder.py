"""A recorder that files: its thread brings the journal into the store, about ten times a second.

It also tells runs that they are asked to stop, files what dead processes left behind, and says that the process lives.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator

from logger.frames import EVENT
from logger.journal import Journal
from logger.orphans import collect_orphans
from logger.recorder import Recorder
from logger.signals import undisturbed
from logger.signs import ProcessSigns
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


class FilingRecorder(Recorder):
    """The journal and the filing thread of this process for one store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._filing_thread: int | None = None
        self._link = StoreLink(store)
        self._last_news = time.monotonic()
        self._signs = ProcessSigns(store.directory, self._last_news)
        self._heard_version = -1
        """what `StoreLink.seen` was when runs were last told that they are asked to stop"""

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
            self.syncing.sync_files()
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

    # The filing thread.

    def _keep_filing(self) -> None:
        last_orphans = last_sync = last_watch = time.monotonic()
        pause = self.pace.pause()
        while not self._stop.wait(pause):
            now = time.monotonic()
            try:
                # First, since whoever has the lease may keep it for long.
                if now - last_sync > _SYNC_SECONDS:
                    last_sync = now
                    self.syncing.sync_journal(self.journal)
                    self.syncing.sync_files()
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
            pause = self.pace.pause()
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

    def _watch(self, now: float) -> None:
        """Tell what is wrong with the process or its disk."""
        filer = self._link.filer
        for sign in self._signs.look(now, has_logged=filer is not None and filer.has_new_metrics()):
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

    def after_fork_in_child(self) -> None:
        self._link.forget()
        self._filing_thread = None
        super().after_fork_in_child()
