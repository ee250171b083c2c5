"""The frames that a journal is made of: how they are written, found again and told from damage.

A journal is a sequence of frames, nothing else. Integers are little-endian.

    uint16 0x4AA7, uint8 kind, uint32 length, uint32 CRC-32 of the body, body

    HEADER  JSON {"format", "host", "pid", "started"}: the first frame
    EVENT   JSON {"event": name, "run": uid, ...}: everything that is not a point
    SHAPE   JSON {"shape": number, "run": uid, "keys": [names]}: comes before the first POINTS of its shape
    POINTS  uint32 shape, int64 step, int64 epoch milliseconds, one double per key of the shape
    CLOSED  JSON {"next": name of the journal in which the process goes on, or null}: nothing comes after it

A frame counts once it is whole and its checksum is right: a torn tail is not yet there, a damaged frame is skipped and
counted, and reading goes on at the next whole one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from struct import Struct
from typing import Any
from zlib import crc32

# Raised with every kind of frame and every event that is added: software that does not know them leaves the journal to
# one that does.
FORMAT = 2
HEADER, EVENT, SHAPE, POINTS, CLOSED = range(5)
LONGEST_BODY = 64 * 1024 * 1024

_MAGIC = 0x4AA7
MAGIC = _MAGIC.to_bytes(2, "little")
"""how a frame begins"""
_FRAME = Struct("<HBII")
FRAME_BYTES = _FRAME.size
"""of a frame without its body"""
LONGEST_FRAME = LONGEST_BODY + FRAME_BYTES
# At the beginning of the body of POINTS.
SHAPE_NUMBER = Struct("<I")


def framed(kind: int, body: bytes) -> bytes:
    """A frame, ready to be appended."""
    return _FRAME.pack(_MAGIC, kind, len(body), crc32(body)) + body


class PointEncoder:
    """Encodes the points of one shape: the same names in the same order."""

    __slots__ = ("_pack", "number")

    def __init__(self, number: int, width: int) -> None:
        self.number = number
        self._pack = Struct(f"<Iqq{width}d").pack

    def encode(self, step: int, time_ms: int, values: Any) -> bytes:
        """The body of a POINTS frame. Raises struct.error, TypeError or OverflowError for what is not a number."""
        return self._pack(self.number, step, time_ms, *values)


def runs(data: bytes, start: int = 0, *, skipping: bool = True) -> Iterator[tuple[int, int, list[bytes]]]:
    """The whole frames from `start` on: where each ends, its kind, its body.

    Frames of points of one shape in a row come together: where the last ends, and all bodies. Damaged bytes are
    skipped, or, without `skipping`, end the answer.
    """
    view = memoryview(data)
    total = len(data)
    header = _FRAME.size
    place = start
    while place + header <= total:
        magic, kind, length, checksum = _FRAME.unpack_from(data, place)
        end = place + header + length
        if magic == _MAGIC and end <= total and crc32(view[place + header : end]) == checksum:
            bodies = [data[place + header : end]]
            if kind == POINTS:
                bodies += _further(view[end:], bodies[0])
            place += len(bodies) * (header + length)
            yield place, kind, bodies
            continue
        found = _next_frame(data, place + 1) if skipping else None
        if found is None:
            return
        place = found


def _further(view: memoryview, body: bytes) -> Iterator[bytes]:
    """The bodies of the frames with which a view begins, as long as they are whole, and of points of the same shape."""
    length, shape = len(body), body[: SHAPE_NUMBER.size]
    struct = _frame_of(length)
    whole = len(view) // struct.size * struct.size
    for magic, kind, said, checksum, further in struct.iter_unpack(view[:whole]):
        if (
            magic != _MAGIC
            or kind != POINTS
            or said != length
            or not further.startswith(shape)
            or crc32(further) != checksum
        ):
            return
        yield further


@lru_cache(maxsize=64)
def _frame_of(length: int) -> Struct:
    """A frame whose body is so long."""
    return Struct(f"{_FRAME.format}{length}s")


def frames(data: bytes, start: int = 0, *, skipping: bool = True) -> Iterator[tuple[int, int, bytes]]:
    """As `runs`, one by one."""
    for end, kind, bodies in runs(data, start, skipping=skipping):
        size = _FRAME.size + len(bodies[0])
        for place, body in enumerate(bodies, start=1 - len(bodies)):
            yield end + place * size, kind, body


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
    place = data.find(MAGIC, start)
    while place >= 0 and place + _FRAME.size <= len(data):
        _, _, length, checksum = _FRAME.unpack_from(data, place)
        end = place + _FRAME.size + length
        if end <= len(data) and crc32(view[place + _FRAME.size : end]) == checksum:
            return place
        place = data.find(MAGIC, place + 1)
    return None


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """The body of a frame that holds an object."""
    # Lone surrogates cannot be stored as text anywhere: each becomes "?" here.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def json_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds; empty where it holds none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
