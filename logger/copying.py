"""Moving bytes from one file to another: shared where the filesystem can, hashed, gone on with where they stopped.

A reflink shares blocks until either file is written to, so the copy stays what it was. A hard link would not: a script
that writes its checkpoint in place would change the record with it. Where there is no reflink the bytes are read and
written: they pass through this process for their hash anyway, so that copying them within the kernel saves little.

Reading, writing and hashing leave the GIL to others; the blocks are large, since each of them asks for it again.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# Below this a copy is over before anybody could wait for it: begun anew when interrupted.
LARGE = 32 * 1024 * 1024
_BLOCK = 8 * 1024 * 1024
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
    def update(self, data: bytes | memoryview, /) -> None: ...


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
    # One buffer for all blocks: a fresh one each time costs as much as the copying, in pages to be mapped.
    buffer = memoryview(bytearray(min(_BLOCK, max(end - done, 1))))
    while done < end and (length := os.readv(source, [buffer[: min(len(buffer), end - done)]])):
        block = buffer[:length]
        write_all(target, block)
        digest.update(block)
        done += length
        tell(done)
    return done


def write_all(target: int, block: bytes | memoryview) -> None:
    """Write all of a block, however little the system takes at a time. Raises OSError."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(target, rest) :]
