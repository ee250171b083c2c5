"""Files to lock, which a forked child does not share, and which no Ctrl-C leaves locked.

A lock of flock(2) belongs to the open file and not to the process: it lasts until the last process that inherited the
descriptor has closed it. A worker forked while another thread holds a lock would keep it for as long as it lives, so
every child closes what was open here. A Ctrl-C may come between any two steps of the main thread, also of a `finally`:
a file that is no longer referred to closes itself.
"""

from __future__ import annotations

import io
import os
import threading
import weakref
from pathlib import Path


class _Open:
    """The files open at this moment, and the lock without which none is opened or closed.

    Re-entrant, so that a signal handler may record the end of the process at any moment.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.files: weakref.WeakSet[io.FileIO] = weakref.WeakSet()

    def before_fork(self) -> None:
        self.lock.acquire()

    def after_fork_in_parent(self) -> None:
        self.lock.release()

    def after_fork_in_child(self) -> None:
        for file in list(self.files):
            file.close()
        self.lock = threading.RLock()


_open = _Open()
os.register_at_fork(
    before=_open.before_fork,
    after_in_parent=_open.after_fork_in_parent,
    after_in_child=_open.after_fork_in_child,
)


def open_lockable(path: Path, flags: int, mode: int = 0) -> io.FileIO:
    """Open a file in order to lock it. Raises OSError."""
    writes = "r+" if flags & os.O_RDWR else "r"
    with _open.lock:
        file = io.FileIO(path, writes, opener=lambda *_: os.open(path, flags | os.O_CLOEXEC, mode))
        _open.files.add(file)
        return file


def close(file: io.FileIO) -> None:
    """Close what `open_lockable` opened; a child has closed it already."""
    with _open.lock:
        file.close()
