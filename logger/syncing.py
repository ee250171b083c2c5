"""Making what a process has written survive a power cut, as far as the disk can tell."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from pathlib import Path
from typing import Protocol


class Growing(Protocol):
    """A file that grows at its end."""

    size: int

    def sync(self) -> None: ...


class Syncing:
    """What of a process is to be synced: its journal, as far as it has grown, and files of the store."""

    def __init__(self) -> None:
        self._synced = 0
        """bytes of the journal"""
        self._files: deque[Path] = deque()

    def later(self, path: Path) -> None:
        """Have a file of the store synced soon, as the journal is, without waiting for it."""
        self._files.append(path)

    def sync_files(self) -> None:
        while self._files:
            # What was replaced or removed meanwhile need not be synced.
            with contextlib.suppress(OSError):
                sync_file(self._files.popleft())

    def sync_journal(self, journal: Growing) -> None:
        """Raises OSError."""
        if journal.size != self._synced:
            self._synced = journal.size
            journal.sync()

    def begin_journal(self) -> None:
        """The process goes on in another journal."""
        self._synced = 0


def sync_data(descriptor: int) -> None:
    # macOS has no fdatasync.
    getattr(os, "fdatasync", os.fsync)(descriptor)


def sync_file(path: Path) -> None:
    """Make a file and its name survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make names made, given or taken away in a directory survive a power cut. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
