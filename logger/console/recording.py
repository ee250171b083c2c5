"""Which runs of this process have their output recorded, from their start to their end.

Every open run records all that the process and its children print: of nested runs, the outer one has what the inner
one printed too.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from traceback import format_exception
from types import TracebackType

from logger import notebook
from logger.console.capture import Capture
from logger.console.choice import is_wanted, limit
from logger.signals import undisturbed
from logger.store.locate import Store


class _Console:
    """The capture of this process, and the ids of the runs that it records for."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.capture: Capture | None = None
        self.open: set[str] = set()
        self.watches_forks = False
        self.has_warned = False


_console = _Console()


def begin(store: Store, uid: str, asked: bool | None) -> bool:
    """Record what is printed from here on for a run; False when it is not wanted or not possible."""
    if not is_wanted(asked):
        return False
    with undisturbed, _console.lock:
        capture = _living_capture()
        if capture is None:
            return False
        directory = os.fsencode(store.console(uid))
        name = f"{os.uname().nodename[:40].replace('/', '_')}-{os.getpid()}-{time.time_ns():x}"
        if _console.open:
            capture.sync()
        fields = (b"open", uid.encode(), directory, os.fsencode(name), str(limit()).encode())
        if any(b"\n" in field or b"\0" in field for field in fields):
            return False
        capture.send(*fields)
        _console.open.add(uid)
        capture.lead()
        return True


def end(uid: str, *, exiting: bool = False) -> None:
    """Everything printed so far for a run is in its record; the record ends, unless the process does too.

    As the process ends its streams are left as they are: what its exit prints belongs to the record as well.
    """
    with undisturbed, _console.lock:
        capture = _console.capture
        if uid not in _console.open or capture is None:
            return
        capture.sync()
        if exiting:
            return
        _console.open.discard(uid)
        capture.command(b"close", uid.encode())
        if not _console.open:
            capture.lead_back()


def note_failure(uid: str, error: BaseException) -> None:
    """Put the traceback of what ended a run into its record; the interpreter prints it after the run has ended."""
    _note(uid, format_exception(error))


def note_cell_failure(error: BaseException, trace: TracebackType | None) -> None:
    """Put the traceback of what ended a notebook's cell into the record of every open run; the kernel shows its own."""
    for uid in list(_console.open):
        _note(uid, format_exception(type(error), error, trace))


def _note(uid: str, lines: list[str]) -> None:
    with undisturbed, _console.lock:
        if uid in _console.open and _console.capture is not None:
            _console.capture.sync()
            text = "".join(lines).encode("utf-8", "replace")
            _console.capture.command(b"text", uid.encode(), text.hex().encode())


def _living_capture() -> Capture | None:
    if _console.capture is not None and _console.capture.is_alive:
        return _console.capture
    _console.open.clear()
    try:
        _console.capture = _fitting_capture()
    except (OSError, NotImplementedError) as error:
        _console.capture = None
        if not _console.has_warned:
            _console.has_warned = True
            warnings.warn(
                f"tui-tracker cannot record the console ({error}): output goes on unrecorded",
                RuntimeWarning,
                stacklevel=4,
            )
    if not _console.watches_forks:
        _console.watches_forks = True
        os.register_at_fork(
            before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
        )
    return _console.capture


def _fitting_capture() -> Capture:
    """Of the descriptors; of the streams, where a kernel sends those elsewhere. Raises OSError."""
    if notebook.shell() is None:
        return Capture()
    from logger.console.beside import CaptureBeside

    return CaptureBeside()


def _before_fork() -> None:
    _console.lock.acquire()


def _after_fork_in_parent() -> None:
    _console.lock.release()


def _after_fork_in_child() -> None:
    """The child prints through its parent's channels; a run of its own has a pump of its own."""
    _console.lock = threading.RLock()
    if _console.capture is not None:
        _console.capture.forget_in_child()
    _console.capture = None
    _console.open = set()
