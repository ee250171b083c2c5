"""A file while it is being written, beside its place: under its own name it is whole or not there.

What is left of a large copy that was cut short is kept under a name that says of which source it is, so that the same
copy, made again, goes on with it. A lock keeps two processes that copy the same from writing into one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from logger.copying import is_full
from logger.store import partials
from logger.store.locate import PRIVATE_FILE

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Partial:
    """The file to write to. Leaving the block without `complete` removes it, or keeps it to be gone on with."""

    def __init__(self, target: Path, identity: str = "") -> None:
        """`identity`: of the source, where what is left may be used by another copy of it; "" for none."""
        self._target = target
        self._descriptor, self._path, self._kept = -1, target, False
        if identity:
            self._path = target.with_name(f"{partials.prefix(target.name)}{identity}{partials.SUFFIX}")
            self._kept = self._take()
        if not self._kept:
            self._path = target.with_name(f".{os.getpid()}-{os.urandom(4).hex()}{partials.SUFFIX}")
            self._descriptor = os.open(self._path, _FLAGS | os.O_EXCL, PRIVATE_FILE)

    @property
    def descriptor(self) -> int:
        return self._descriptor

    def complete(self) -> None:
        """Give the file its name; what was under that name goes. Raises OSError."""
        self._path.replace(self._target)
        self._path = self._target
        if self._kept:
            for other in partials.of(self._target):
                _remove_unless_busy(other)

    def __enter__(self) -> Partial:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            if self._path != self._target:
                self._leave(error)
        os.close(self._descriptor)

    def _leave(self, error: BaseException | None) -> None:
        # The rest of a disk that is full belongs to the training and its journal.
        is_of_use = self._kept and not (isinstance(error, OSError) and is_full(error))
        if not is_of_use or not os.fstat(self._descriptor).st_size:
            self._path.unlink()

    def _take(self) -> bool:
        """Open the file that is kept, and lock it; False where another process writes to it."""
        descriptor = os.open(self._path, _FLAGS, PRIVATE_FILE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The one that was locked may have got its name, or gone, meanwhile.
            found, there = os.fstat(descriptor), self._path.lstat()
            if (found.st_dev, found.st_ino) == (there.st_dev, there.st_ino):
                self._descriptor = descriptor
                return True
        except OSError:
            pass
        os.close(descriptor)
        return False


def identity_of(source: Path, status: os.stat_result) -> str:
    """What stays the same of a file as long as nobody has written to it."""
    parts = (source.absolute(), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _remove_unless_busy(path: Path) -> None:
    with contextlib.suppress(OSError), _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
