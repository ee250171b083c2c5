"""The append-only record that one process writes: a file of frames, which `logger.frames` describes.

Only `append` adds to a file, with a single write(2), so what a caller was told is recorded survives the death of the
process.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
import warnings
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from logger.frames import FORMAT, HEADER, LONGEST_BODY, framed, frames, json_bytes, json_object
from logger.store.locate import PRIVATE_DIRECTORY, PRIVATE_FILE
from logger.syncing import sync_data

SUFFIX = ".journal"
# A journal being born has this suffix until its lock is taken, so that nobody takes it for an orphan's.
NEWBORN_SUFFIX = ".new"
# A journal part of which could not be read gets this added when all the rest is filed.
DAMAGED_SUFFIX = ".damaged"
# Records kept in memory while they cannot be written (a full disk, say), and how often writing is tried again.
_BACKLOG_BYTES = 32 * 1024 * 1024
_RETRY_SECONDS = 1.0
_BLOCK_BYTES = 1024 * 1024
_LOCK_ATTEMPTS = 100
_LOCK_PAUSE = 0.001
_LONGEST_HEADER = 4096
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class Journal:
    """The journal of this process: locked while it lives, written by one `append` at a time.

    The file, under a name never used before, is made for the first record. The caller serialises calls. No method
    raises for a fault of the disk: what cannot be written is kept, up to 32 MB of it, written later in its order, and
    told once by a warning.
    """

    def __init__(self, directory: Path, prefix: str = "") -> None:
        """`prefix`: what its name begins with."""
        self._host = os.uname().nodename
        unique = f"{os.getpid()}-{time.time_ns():x}-{os.urandom(3).hex()}"
        self.path = directory / f"{prefix}{self._host[:40].replace('/', '_')}-{unique}{SUFFIX}"
        self._descriptor = -1
        self.size = 0
        """bytes of whole frames in the file"""
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._retry_at = 0.0
        self._warned = False
        self._is_dropping = False

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_open(self) -> bool:
        """Whether the file is there and ours."""
        return self._descriptor >= 0

    @property
    def is_stuck(self) -> bool:
        """Whether records wait in memory because they could not be written."""
        return bool(self._backlog)

    def append(self, kind: int, body: bytes) -> None:
        """Add one frame. Raises ValueError for one too long to be read back."""
        if len(body) > LONGEST_BODY:
            raise ValueError(
                f"a record of {len(body) >> 20} MB is too long: log_text and log_artifact keep what is longer than"
                f" {LONGEST_BODY >> 20} MB"
            )
        frame = framed(kind, body)
        if self._backlog:
            self._keep(frame)
            self.retry()
        elif not self._write(frame):
            self._keep(frame)

    def append_json(self, kind: int, value: Mapping[str, Any]) -> None:
        self.append(kind, json_bytes(value))

    def retry(self, *, force: bool = False) -> None:
        """Write what could not be written before, at most once a second."""
        if not self._backlog or (not force and time.monotonic() < self._retry_at):
            return
        while self._backlog and self._write(self._backlog[0]):
            self._backlog_bytes -= len(self._backlog.popleft())

    def sync(self) -> None:
        """Make what is written survive a power cut, as far as the disk can tell."""
        sync_data(self._descriptor)

    def close(self) -> None:
        """Give up the file and, with it, the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def is_deleted(self) -> bool:
        """Whether somebody has deleted the file that is open."""
        return self._descriptor >= 0 and not os.fstat(self._descriptor).st_nlink

    def restore(self) -> bool:
        """Make a deleted file again, byte for byte, under its name; False when it cannot be made."""
        old, size = self._descriptor, self.size
        try:
            self._open(lambda descriptor: _copy(old, descriptor))
        except OSError:
            self._descriptor, self.size = old, size
            return False
        os.close(old)
        return True

    def discard(self) -> None:
        """Delete a journal that has no record yet."""
        self.close()
        self.path.unlink(missing_ok=True)

    def create(self) -> bool:
        """Make the file before the first record does; False when it cannot be made."""
        try:
            self._open()
        except OSError:
            return False
        return True

    def _open(self, begin: Callable[[int], None] | None = None) -> None:
        """Make the file, locked before anybody can take it for an orphan's. Raises OSError.

        It begins with a header, or with what `begin` writes to its descriptor.
        """
        for directory in (self.path.parent.parent, self.path.parent):
            directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        newborn = self.path.with_name(self.path.name + NEWBORN_SUFFIX)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        descriptor = _above_streams(os.open(newborn, flags, PRIVATE_FILE))
        try:
            _lock(descriptor)
            if begin is None:
                _write_whole(descriptor, self._header())
            else:
                begin(descriptor)
            newborn.rename(self.path)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor, self.size = descriptor, os.fstat(descriptor).st_size

    def _header(self) -> bytes:
        header = {
            "format": FORMAT,
            "host": self._host,
            "machine": machine(),
            "pid": os.getpid(),
            "started": time.time(),
        }
        return framed(HEADER, json_bytes(header))

    def _write(self, frame: bytes) -> bool:
        try:
            if self._descriptor < 0:
                self._open()
            written = os.write(self._descriptor, frame)
            if written == len(frame):
                self.size += written
                return True
            # The disk filled up within the frame: leave no torn one before those that follow. What is before it is
            # asked of the file, since a Ctrl-C may have come between a write and its being counted.
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - written)
            reason = "the disk is full"
        except OSError as failure:
            reason = failure.strerror or str(failure)
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        self.tell(reason)
        return False

    def tell(self, reason: str) -> None:
        """Warn, once, that nothing can be written, or that the next record cannot be."""
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"tui-tracker cannot write to {self.path} ({reason}): training goes on, up to"
                f" {_BACKLOG_BYTES // 2**20} MB of records are kept in memory and written when it can",
                RuntimeWarning,
                stacklevel=5,
            )

    def _keep(self, frame: bytes) -> None:
        if self._backlog_bytes + len(frame) <= _BACKLOG_BYTES:
            self._backlog.append(frame)
            self._backlog_bytes += len(frame)
        elif not self._is_dropping:
            self._is_dropping = True
            warnings.warn(
                f"tui-tracker has {_BACKLOG_BYTES // 2**20} MB of records in memory that it cannot write to"
                f" {self.path}: what is logged from here on, until it can, is lost",
                RuntimeWarning,
                stacklevel=4,
            )


def _write_whole(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _copy(source: int, target: int) -> None:
    """Append all of one open file to another. Raises OSError."""
    place = 0
    while block := os.pread(source, _BLOCK_BYTES, place):
        _write_whole(target, block)
        place += len(block)


def _lock(descriptor: int) -> None:
    """Say that the owner lives, where the filesystem has locks; some that are shared have none."""
    for attempt in range(_LOCK_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:  # noqa: PERF203 - tried again
            # Somebody looks whether its process lives, which takes microseconds.
            if attempt == _LOCK_ATTEMPTS - 1:
                raise
            time.sleep(_LOCK_PAUSE)
        except OSError as failure:
            if failure.errno not in _NO_LOCKS:
                raise
            return


def machine() -> str:
    """What tells this machine, since it was started, from every other one that may bear the same name."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return os.uname().nodename


def born(name: str) -> int:
    """When a journal of this name was made, in nanoseconds; 0 for a name that was not given here."""
    try:
        return int(name.rsplit("-", 2)[1], 16)
    except (IndexError, ValueError):
        return 0


def header(descriptor: int) -> dict[str, Any]:
    """What a journal says of the process that writes it; empty where its beginning is damaged."""
    for _, kind, body in frames(os.pread(descriptor, _LONGEST_HEADER, 0), skipping=False):
        return json_object(body) if kind == HEADER else {}
    return {}


def _above_streams(descriptor: int) -> int:
    """A descriptor that is no standard stream's: a script without a stdout may print all the same."""
    if descriptor > 2:
        return descriptor
    above = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return above


def is_newer(descriptor: int) -> bool:
    """Whether a journal was written by software that knows more frames and events than this."""
    written_in = header(descriptor).get("format")
    return isinstance(written_in, int) and written_in > FORMAT
