"""The append-only record that one process writes, and how it is read.

A journal is a sequence of frames, nothing else. Integers are little-endian.

    uint16 0x4AA7, uint8 kind, uint32 length, uint32 CRC-32 of the body, body

    HEADER  JSON {"format", "host", "pid", "started"}: the first frame
    EVENT   JSON {"event": name, "run": uid, ...}: everything that is not a point
    SHAPE   JSON {"shape": number, "run": uid, "keys": [names]}: comes before the first POINTS of its shape
    POINTS  uint32 shape, int64 step, int64 epoch milliseconds, one double per key of the shape
    CLOSED  JSON {"next": name of the journal in which the process goes on, or null}: nothing comes after it

A frame counts once it is whole and its checksum is right: a torn tail is not yet there, a damaged frame is skipped and
counted, and reading goes on at the next whole one. Only `append` adds to a file, with a single write(2), so what a
caller was told is recorded survives the death of the process. `python -m logger.journal FILE` prints one.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import sys
import time
import warnings
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct, error
from typing import Any
from zlib import crc32

from logger.store.columns import Points
from logger.store.locate import PRIVATE_DIRECTORY, PRIVATE_FILE

# Raised with every kind of frame and every event that is added: software that does not know them leaves the journal to
# one that does.
FORMAT = 2
HEADER, EVENT, SHAPE, POINTS, CLOSED = range(5)
SUFFIX = ".journal"
# A journal being born has this suffix until its lock is taken, so that nobody takes it for an orphan's.
NEWBORN_SUFFIX = ".new"
# A journal part of which could not be read gets this added when all the rest is filed.
DAMAGED_SUFFIX = ".damaged"
LONGEST_BODY = 64 * 1024 * 1024

_MAGIC = 0x4AA7
_MAGIC_BYTES = _MAGIC.to_bytes(2, "little")
_FRAME = Struct("<HBII")
_SHAPE_NUMBER = Struct("<I")
_LONGEST_FRAME = LONGEST_BODY + _FRAME.size
# Records kept in memory while they cannot be written (a full disk, say), and how often writing is tried again.
_BACKLOG_BYTES = 32 * 1024 * 1024
_RETRY_SECONDS = 1.0
_LONGEST_HEADER = 4096
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class Journal:
    """The journal of this process: locked while it lives, written by one `append` at a time.

    The file, under a name never used before, is made for the first record. The caller serialises calls. No method
    raises for a fault of the disk: what cannot be written is kept, up to 32 MB of it, written later in its order, and
    told once by a warning.
    """

    def __init__(self, directory: Path) -> None:
        self._host = os.uname().nodename
        unique = f"{os.getpid()}-{time.time_ns():x}-{os.urandom(3).hex()}"
        self.path = directory / f"{self._host[:40].replace('/', '_')}-{unique}{SUFFIX}"
        self._descriptor = -1
        self.size = 0
        """bytes of whole frames in the file"""
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._retry_at = 0.0
        self._warned = False

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
        frame = _FRAME.pack(_MAGIC, kind, len(body), crc32(body)) + body
        if self._backlog:
            self._keep(frame)
            self.retry()
        elif not self._write(frame):
            self._keep(frame)

    def append_json(self, kind: int, value: Mapping[str, Any]) -> None:
        self.append(kind, _json_bytes(value))

    def retry(self, *, force: bool = False) -> None:
        """Write what could not be written before, at most once a second."""
        if not self._backlog or (not force and time.monotonic() < self._retry_at):
            return
        while self._backlog and self._write(self._backlog[0]):
            self._backlog_bytes -= len(self._backlog.popleft())

    def sync(self) -> None:
        """Make what is written survive a power cut, as far as the disk can tell."""
        _sync_data(self._descriptor)

    def close(self) -> None:
        """Give up the file and, with it, the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def create(self) -> bool:
        """Make the file before the first record does; False when it cannot be made."""
        try:
            self._open()
        except OSError:
            return False
        return True

    def _open(self) -> None:
        """Make the file, locked before anybody can take it for an orphan's. Raises OSError."""
        for directory in (self.path.parent.parent, self.path.parent):
            directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        newborn = self.path.with_name(self.path.name + NEWBORN_SUFFIX)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        descriptor = _above_streams(os.open(newborn, flags, PRIVATE_FILE))
        try:
            _lock(descriptor)
            header = {
                "format": FORMAT,
                "host": self._host,
                "machine": machine(),
                "pid": os.getpid(),
                "started": time.time(),
            }
            body = _json_bytes(header)
            frame = _FRAME.pack(_MAGIC, HEADER, len(body), crc32(body)) + body
            if os.write(descriptor, frame) != len(frame):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            newborn.rename(self.path)
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor, self.size = descriptor, len(frame)

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
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"tui-tracker cannot write to {self.path} ({reason}): training goes on, up to"
                f" {_BACKLOG_BYTES // 2**20} MB of records are kept in memory and written when it can",
                RuntimeWarning,
                stacklevel=4,
            )
        return False

    def _keep(self, frame: bytes) -> None:
        if self._backlog_bytes + len(frame) <= _BACKLOG_BYTES:
            self._backlog.append(frame)
            self._backlog_bytes += len(frame)


def _lock(descriptor: int) -> None:
    """Say that the owner lives, where the filesystem has locks; some that are shared have none."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as failure:
        if failure.errno not in _NO_LOCKS:
            raise


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
        return _json(body) if kind == HEADER else {}
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


def _json_bytes(value: Mapping[str, Any]) -> bytes:
    # Lone surrogates cannot be stored as text anywhere: each becomes "?" here.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _sync_data(descriptor: int) -> None:
    # macOS has no fdatasync.
    getattr(os, "fdatasync", os.fsync)(descriptor)


def sync_directory(directory: Path) -> None:
    """Make names made, given or taken away in a directory survive a power cut, as far as the disk can tell."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class PointEncoder:
    """Encodes the points of one shape: the same names in the same order."""

    __slots__ = ("_pack", "number")

    def __init__(self, number: int, width: int) -> None:
        self.number = number
        self._pack = Struct(f"<Iqq{width}d").pack

    def encode(self, step: int, time_ms: int, values: Any) -> bytes:
        """The body of a POINTS frame. Raises struct.error, TypeError or OverflowError for what is not a number."""
        return self._pack(self.number, step, time_ms, *values)


def frames(data: bytes, start: int = 0, *, skipping: bool = True) -> Iterator[tuple[int, int, bytes]]:
    """The whole frames from `start` on: where each ends, its kind, its body.

    Damaged bytes are skipped, or, without `skipping`, end the answer.
    """
    view = memoryview(data)
    total = len(data)
    header = _FRAME.size
    place = start
    while place + header <= total:
        magic, kind, length, checksum = _FRAME.unpack_from(data, place)
        end = place + header + length
        if magic == _MAGIC and end <= total and crc32(view[place + header : end]) == checksum:
            yield end, kind, data[place + header : end]
            place = end
            continue
        found = _next_frame(data, place + 1) if skipping else None
        if found is None:
            return
        place = found


def unreadable(data: bytes) -> tuple[int, int]:
    """How many bytes between whole frames are damaged, and how many follow the last one: a torn tail."""
    damaged = reached = 0
    for end, _, body in frames(data):
        damaged += end - len(body) - _FRAME.size - reached
        reached = end
    return damaged, len(data) - reached


def _next_frame(data: bytes, start: int) -> int | None:
    """Where the next whole frame at or after `start` begins."""
    view = memoryview(data)
    place = data.find(_MAGIC_BYTES, start)
    while place >= 0 and place + _FRAME.size <= len(data):
        _, _, length, checksum = _FRAME.unpack_from(data, place)
        end = place + _FRAME.size + length
        if end <= len(data) and crc32(view[place + _FRAME.size : end]) == checksum:
            return place
        place = data.find(_MAGIC_BYTES, place + 1)
    return None


@dataclass(frozen=True)
class Shape:
    """The names whose values a POINTS frame of this shape holds."""

    run: str
    keys: tuple[str, ...]
    struct: Struct


@dataclass
class Batch:
    """What some frames say, ready to be filed. A `finish` event is the last one of its batch."""

    events: list[dict[str, Any]] = field(default_factory=list)
    points: dict[str, dict[str, Points]] = field(default_factory=dict)
    """by run uid, then by metric name, in order of arrival"""
    end: int = 0
    """where in the journal the last frame ends"""
    closed: dict[str, Any] | None = None
    """what the CLOSED frame says, once it is reached"""

    def __bool__(self) -> bool:
        return bool(self.events or self.points)


class JournalReader:
    """Reads a journal in batches from an offset on, remembering its shapes."""

    # Read at a time: bounds memory for a journal of any size; a longer frame is read whole all the same.
    SLICE = 4 * 1024 * 1024

    def __init__(
        self, descriptor: int, filed: int = 0, known: tuple[int, Mapping[int, Shape]] = (0, {})
    ) -> None:
        """`descriptor` stays the caller's; the first `filed` bytes are read for their shapes only.

        `known`: the shapes defined in so many of the first bytes, which are then not read again.
        """
        self._descriptor = descriptor
        known_to, shapes = known if known[0] <= filed else (0, {})
        self.shapes: dict[int, Shape] = dict(shapes)
        self.offset = known_to
        """where the last batch ended"""
        self.damaged = False
        """whether bytes were passed over that are no record, before one that is"""
        self.skipping = True
        """whether damage is passed over; else reading stops before it"""
        while self.offset < filed:
            before = self.offset
            self.offset = self.next_batch(upto=filed).end
            if self.offset == before:
                self.offset = filed

    def next_batch(self, upto: int | None = None) -> Batch:
        """The frames after `offset` (and not beyond `upto`), as far as they are whole; empty at the end.

        Does not advance: the caller sets `offset` to the batch's end once it is filed.
        """
        available = os.fstat(self._descriptor).st_size if upto is None else upto
        length = min(self.SLICE, available - self.offset)
        while length > 0:
            batch = self._parse(os.pread(self._descriptor, length, self.offset))
            if batch.end > self.offset:
                return batch
            if length >= available - self.offset:
                # Nothing at all is no torn record either.
                self.damaged = self.damaged or (self.offset == 0 and upto is None)
                return batch
            if length >= 2 * _LONGEST_FRAME:
                # A record that began in the first half would be whole.
                self.damaged = True
                return Batch(end=self.offset + length - _LONGEST_FRAME)
            length = min(length * 4, 2 * _LONGEST_FRAME, available - self.offset)
        return Batch(end=self.offset)

    def _parse(self, data: bytes) -> Batch:
        batch = Batch(end=self.offset)
        gathered: dict[int, list[bytes]] = {}
        gathered_keys: dict[str, set[str]] = {}
        for end, kind, body in frames(data, skipping=self.skipping):
            if end - len(body) - _FRAME.size != batch.end - self.offset:
                self.damaged = True
            batch.end = self.offset + end
            if kind == POINTS:
                number = int.from_bytes(body[:4], "little")
                bodies = gathered.get(number)
                if bodies is None:
                    shape = self.shapes.get(number)
                    if shape is None:
                        self.damaged = True
                        continue
                    keys = gathered_keys.setdefault(shape.run, set())
                    if not keys.isdisjoint(shape.keys):
                        # One name in two shapes: keep its points in their order.
                        self._close(gathered, batch)
                        gathered_keys = {shape.run: set()}
                        keys = gathered_keys[shape.run]
                    keys.update(shape.keys)
                    bodies = gathered[number] = []
                bodies.append(body)
            elif kind == SHAPE:
                self._define(self._json(body))
            elif kind == EVENT:
                event = self._json(body)
                batch.events.append(event)
                if event.get("event") == "finish":
                    break
            elif kind == CLOSED:
                batch.closed = self._json(body)
            elif kind != HEADER or end - len(body) - _FRAME.size + self.offset:
                # The checksum does not cover the kind.
                self.damaged = True
        self._close(gathered, batch)
        return batch

    def _json(self, body: bytes) -> dict[str, Any]:
        value = _json(body)
        if not value:
            self.damaged = True
        return value

    def _define(self, value: dict[str, Any]) -> None:
        number, run, keys = value.get("shape"), value.get("run"), value.get("keys")
        if not (
            isinstance(number, int)
            and isinstance(run, str)
            and isinstance(keys, list)
            and all(isinstance(key, str) for key in keys)
        ):
            self.damaged = True
            return
        self.shapes[number] = Shape(run, tuple(keys), Struct(f"<4xqq{len(keys)}d"))

    def _close(self, gathered: dict[int, list[bytes]], batch: Batch) -> None:
        """Turn gathered bodies into columns, all at once rather than point by point."""
        for number, bodies in gathered.items():
            shape = self.shapes[number]
            size = shape.struct.size
            if any(len(body) != size for body in bodies):
                self.damaged = True
                bodies = [body for body in bodies if len(body) == size]  # noqa: PLW2901
                if not bodies:
                    continue
            steps, times, *values = zip(*shape.struct.iter_unpack(b"".join(bodies)), strict=True)
            points = batch.points.setdefault(shape.run, {})
            for key, column in zip(shape.keys, values, strict=True):
                fresh = Points(array("q", steps), array("q", times), array("d", column))
                if key in points:
                    points[key].extend(fresh)
                else:
                    points[key] = fresh
        gathered.clear()


def _json(body: bytes) -> dict[str, Any]:
    """The object that a body holds; empty where it holds none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def describe(data: bytes) -> Iterator[str]:
    """One line per frame of a journal, for people."""
    shapes: dict[int, list[str]] = {}
    names = {HEADER: "header", EVENT: "event", SHAPE: "shape", CLOSED: "closed"}
    for end, kind, body in frames(data):
        if kind in names:
            value = _json(body)
            if kind == SHAPE:
                shapes[value["shape"]] = value["keys"]
            yield f"{end:>10}  {names[kind]:<7} {json.dumps(value)}"
        elif kind == POINTS:
            (number,) = _SHAPE_NUMBER.unpack_from(body)
            keys = shapes.get(number, [])
            try:
                _, step, milliseconds, *values = Struct(f"<Iqq{len(keys)}d").unpack(body)
            except error:
                yield f"{end:>10}  points  of an unknown shape {number}"
                continue
            pairs = " ".join(f"{json.dumps(key)}={value!r}" for key, value in zip(keys, values, strict=True))
            yield f"{end:>10}  points  step={step} time={milliseconds / 1000:.3f} {pairs}"


if __name__ == "__main__":
    for line in describe(Path(sys.argv[1]).read_bytes()):
        print(line)
