"""Moving bytes from one file to another: shared where the filesystem can, hashed, gone on with where they stopped.

A reflink shares blocks until either file is written to, so the copy stays what it was. A hard link would not: a script
that writes its checkpoint in place would change the record with it. Where there is no reflink the bytes are read and
written: they pass through this process for their hash anyway, so that copying them within the kernel saves little.

Reading, writing and hashing leave the GIL to others; the blocks are large, since each of them asks for it again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# Below this a copy is over before anybody could wait for it: hashed in the same thread, begun anew when interrupted.
LARGE = 32 * 1024 * 1024
_BLOCK = 8 * 1024 * 1024
_SMALL_BLOCK = 1024 * 1024
# Blocks that may wait to be hashed.
_WAITING = 2
# linux/fs.h: share the blocks of one file with another.
_FICLONE = 0x40049409
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

Tell = Callable[[int], object]


@dataclass(frozen=True)
class Copied:
    """What was written."""

    size: int
    """bytes"""
    sha256: str


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def copy(source: int, target: int, size: int, tell: Tell = lambda _: None) -> Copied:
    """Make the file `target` what the regular file `source` holds; both are descriptors at their beginnings.

    `size`: of the source; what is appended to it meanwhile is left out. What is in `target` already is kept as far as
    it is the same. `tell` is called with the number of bytes that are done. Raises OSError, at once where a large
    file does not fit on the disk.
    """
    there = os.fstat(target).st_size
    digest = hashlib.sha256()
    if not there and clone(source, target):
        return Copied(_read_on(target, digest, tell), digest.hexdigest())
    done = _common(source, target, digest, tell) if there else 0
    os.ftruncate(target, done)
    os.lseek(target, done, os.SEEK_SET)
    os.lseek(source, done, os.SEEK_SET)
    if size >= LARGE:
        _require_room(target, size - done)
    # Of a size of nothing, as files below /proc have, there may be more to read.
    done = _move(source, target, done, size or sys.maxsize, digest, tell)
    return Copied(done, digest.hexdigest())


def clone(source: int, target: int) -> bool:
    """Share the blocks of a file; False where the filesystem cannot, or the two are not on the same."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def is_full(error: OSError) -> bool:
    """Whether the disk, or the share of it that the user has, is used up."""
    return error.errno in _NO_ROOM


def hash_file(descriptor: int, tell: Tell = lambda _: None) -> Copied:
    """The size and SHA-256 of what a descriptor reads from where it stands. Raises OSError."""
    digest = hashlib.sha256()
    return Copied(_read_on(descriptor, digest, tell), digest.hexdigest())


def _read_on(descriptor: int, digest: _Digest, tell: Tell) -> int:
    done = 0
    while block := os.read(descriptor, _BLOCK):
        digest.update(block)
        done += len(block)
        tell(done)
    return done


def _common(source: int, target: int, digest: _Digest, tell: Tell) -> int:
    """How far the two agree, in whole blocks; that much is hashed."""
    done = 0
    while block := os.read(target, _BLOCK):
        # Compared itself rather than by a hash: after a loss of power the end of a file may be zeros.
        if _read_exactly(source, len(block)) != block:
            break
        digest.update(block)
        done += len(block)
        tell(done)
    return done


def _read_exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count and (part := os.read(descriptor, count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _require_room(target: int, needed: int) -> None:
    """Fail before the disk is full: its last bytes are worth more to the journal than to a file that cannot fit."""
    try:
        found = os.fstatvfs(target)
    except OSError:
        return
    # Some filesystems tell of no blocks at all.
    if found.f_blocks and found.f_bavail * found.f_frsize < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _move(source: int, target: int, done: int, end: int, digest: _Digest, tell: Tell) -> int:
    length = _BLOCK if end - done >= LARGE and end != sys.maxsize else _SMALL_BLOCK
    with _HashedBeside(digest) if length == _BLOCK else contextlib.nullcontext(digest) as hashing:
        while done < end and (block := os.read(source, min(length, end - done))):
            hashing.update(block)
            write_all(target, block)
            done += len(block)
            tell(done)
    return done


def write_all(target: int, block: bytes) -> None:
    """Write all of a block, however little the system takes at a time. Raises OSError."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(target, rest) :]


class _HashedBeside:
    """Hashes blocks in a thread of its own, while the next ones are read and written."""

    def __init__(self, digest: _Digest) -> None:
        self._digest = digest
        self._blocks: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._work, name="tui-tracker hashing", daemon=True)
        self._works = False

    def __enter__(self) -> _HashedBeside:
        # An interpreter that is ending starts no thread.
        with contextlib.suppress(RuntimeError):
            self._thread.start()
            self._works = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._works:
            self._blocks.put(None)
            self._thread.join()

    def update(self, block: bytes) -> None:
        if self._works:
            self._blocks.put(block)
        else:
            self._digest.update(block)

    def _work(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._digest.update(block)
