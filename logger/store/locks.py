"""Descriptors to lock files with, which a forked child does not share.

A lock of flock(2) belongs to the open file and not to the process: it lasts until the last process that inherited the
descriptor has closed it. A worker forked while another thread holds a lock would keep it for as long as it lives, so
every child closes what was open here.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path


class _Open:
    """The descriptors open at this moment, and the lock without which none is opened or closed.

    Re-entrant, so that a signal handler may record the end of the process at any moment.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.descriptors: set[int] = set()

    def before_fork(self) -> None:
        self.lock.acquire()

    def after_fork_in_parent(self) -> None:
        self.lock.release()

    def after_fork_in_child(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = set()
        self.lock = threading.RLock()


_open = _Open()
os.register_at_fork(
    before=_open.before_fork,
    after_in_parent=_open.after_fork_in_parent,
    after_in_child=_open.after_fork_in_child,
)


def open_lockable(path: Path, flags: int, mode: int = 0) -> int:
    """Open a file in order to lock it. Raises OSError."""
    with _open.lock:
        descriptor = os.open(path, flags | os.O_CLOEXEC, mode)
        _open.descriptors.add(descriptor)
        return descriptor


def close(descriptor: int) -> None:
    """Close what `open_lockable` opened, unless this is a child, which has closed it."""
    with _open.lock:
        if descriptor in _open.descriptors:
            _open.descriptors.remove(descriptor)
            os.close(descriptor)
