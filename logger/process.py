"""The recorders of this process, and what happens to them when it forks or ends.

- Normal exit ends open runs as FINISHED, an unhandled exception as FAILED, SIGTERM as KILLED; all is filed.
- A forked child keeps its runs usable with a journal of its own, and ends none of its parent's. It often ends without a
  word (multiprocessing kills its workers); then its journal is an orphan, which its parent or the next one files.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from logger.filing_recorder import FilingRecorder
from logger.masking import mask
from logger.recorder import Recorder
from logger.signals import InterruptsHeld, undisturbed
from logger.store.connection import StoreError
from logger.store.locate import Store
from logger.store.runs import FAILED, FINISHED, KILLED

# How long a reader waits for another process of this host that files what a shared store has.
_COLLECTING_SECONDS = 10.0

_LONGEST_REASON = 500

_recorders: dict[Store, Recorder] = {}
_lock = threading.RLock()


class _End:
    """What is known of the end of this process."""

    def __init__(self) -> None:
        self.watched = False
        self.exiting = False
        self.status = FINISHED
        self.reason = ""
        self.asked: list[Callable[[], tuple[str, str] | None]] = []
        """who may know better: status and reason"""
        self.handler: Callable[[int, FrameType | None], None] | None = None
        """ours for SIGTERM, where one was set"""
        self.previous: Any = signal.SIG_DFL
        """the script's for SIGTERM, before ours"""


_end = _End()


class _Fork(threading.local):
    """What a thread that forks holds from before until after."""

    def __init__(self) -> None:
        self.held: list[Recorder] | None = None
        """None where an interrupt came before anything was"""
        self.mask: set[signal.Signals | int] = set()


_fork = _Fork()
_interrupts = InterruptsHeld()


def recorder_for(store: Store) -> Recorder:
    """The recorder of this process for a store, made at first use. Raises OSError."""
    with _lock:
        recorder = _recorders.get(store)
        if recorder is None:
            if not _end.watched:
                _end.watched = True
                _watch_the_end()
            recorder = _recorders[store] = _made_for(store)
        return recorder


def _made_for(store: Store) -> Recorder:
    if store.is_shared:
        from logger.shared_recorder import SharedRecorder

        return SharedRecorder(store)
    return FilingRecorder(store)


@contextlib.contextmanager
def no_fork() -> Iterator[None]:
    """For the length of the block another thread's fork waits: for what must not be half done in a child."""
    with _lock:
        yield


def drain(store: Store) -> None:
    """Before reading: see to it that what this process has logged to the store is in its database.

    Of a shared store, what every process has logged.
    """
    recorder = _recorders.get(store)
    if recorder is not None:
        recorder.drain()
    if store.is_shared:
        from logger.sharing import collect

        # What cannot be filed stays in the journals; the reader says what is wrong with the database.
        with contextlib.suppress(StoreError, sqlite3.Error, OSError):
            collect(store, _COLLECTING_SECONDS)


def end_status() -> str:
    """How a run ends that its script does not end: KILLED after a SIGTERM, FAILED after an unhandled exception."""
    return _end.status


def expect_end(status: str, reason: str = "") -> None:
    """Say how runs end that are open when the process does, as far as can be told by now."""
    _end.status, _end.reason = status, reason


def ask_at_exit(asked: Callable[[], tuple[str, str] | None]) -> None:
    """Have `asked` called as the process ends, for the status and the reason of open runs; None leaves them."""
    _end.asked.append(asked)


def end_reason() -> str:
    """The unhandled exception that ends the process, in a line; empty without one."""
    return _end.reason


def one_line(error: BaseException) -> str:
    """An exception as its traceback ends, secrets masked; no longer than a line."""
    try:
        said = str(error).partition("\n")[0]
    except Exception:  # whatever the script's own exception does to become text
        said = ""
    kind = type(error).__name__
    return mask(f"{kind}: {said}" if said else kind)[:_LONGEST_REASON]


def is_exiting() -> bool:
    """Whether the interpreter, or a SIGTERM, is ending the process."""
    return _end.exiting


def close_all(status: str) -> None:
    """End every run that this process has open, file everything, give up the journals."""
    with _lock:
        closing = list(_recorders.values())
        _recorders.clear()
    # All ends are recorded before any is waited for: a process that is killed meanwhile has told them.
    for recorder in closing:
        for run in list(recorder.runs):
            run.end(status)
    for recorder in closing:
        recorder.close()


def _watch_the_end() -> None:
    atexit.register(_exit)
    _chain_excepthook()
    if threading.current_thread() is threading.main_thread():
        _chain_sigterm()
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )


def _exit() -> None:
    _end.exiting = True
    for asked in _end.asked:
        if told := asked():
            expect_end(*told)
    close_all(_end.status)


def _chain_excepthook() -> None:
    previous = sys.excepthook

    def notice(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _end.status = KILLED if issubclass(kind, KeyboardInterrupt) else FAILED
        _end.reason = one_line(error)
        previous(kind, error, trace)

    sys.excepthook = notice


def _chain_sigterm() -> None:
    previous = signal.getsignal(signal.SIGTERM)
    if previous is signal.SIG_IGN or previous is None:
        return

    def end(number: int, frame: FrameType | None) -> None:
        _end.status = KILLED
        if callable(previous):
            # The script decides whether this is the end; what it logged is safe either way.
            previous(number, frame)
        elif not undisturbed.later(end_now):
            end_now()

    def end_now() -> None:
        _end.exiting = True
        close_all(KILLED)
        _die_of(signal.SIGTERM)

    _end.handler, _end.previous = end, previous
    signal.signal(signal.SIGTERM, end)


def _die_of(number: signal.Signals) -> None:
    """End as the process would have without a handler, so that its parent sees the signal."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _before_fork() -> None:
    """No filing is under way during a fork, and no signal gets lost or leaves it half prepared.

    A child that has a Python handler forgets a SIGTERM that comes before its interpreter is ready, and a pool that ends
    its workers sends it only once; so it waits until the child has the script's own handling again.
    """
    _interrupts.hold()
    undisturbed.__enter__()
    _fork.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _lock.acquire()
    _fork.held = list(_recorders.values())
    for recorder in _fork.held:
        recorder.before_fork()


def _after_fork_in_parent() -> None:
    held, _fork.held = _fork.held, None
    if held is None:
        return
    for recorder in held:
        recorder.after_fork_in_parent()
    _lock.release()
    signal.pthread_sigmask(signal.SIG_SETMASK, _fork.mask)
    undisturbed.__exit__(None, None, None)
    _interrupts.release()


def _after_fork_in_child() -> None:
    global _lock  # noqa: PLW0603 - the parent's is held by a thread that is not here
    _lock = threading.RLock()
    held, _fork.held = _fork.held, None
    for recorder in _recorders.values():
        recorder.after_fork_in_child()
    if _end.handler is not None and signal.getsignal(signal.SIGTERM) is _end.handler:
        signal.signal(signal.SIGTERM, _end.previous)
    undisturbed.forget()
    if held is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, _fork.mask)
        _interrupts.release(forget=True)
