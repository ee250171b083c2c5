"""Messages of Protocol Buffers, taken apart into numbered fields without their definitions.

The wire format is described at https://protobuf.dev/programming-guides/encoding. Only what is asked for is understood,
so that a newer program's fields are no trouble.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tui_tracker.importers.foreign import ForeignError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10

Field = tuple[int, "int | bytes"]


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a message in order: number, and an unsigned integer or bytes. Raises ForeignError."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == _BYTES:
            length, place = _varint(message, place)
        elif kind == _FIXED64:
            length = 8
        elif kind == _FIXED32:
            length = 4
        else:
            raise ForeignError(f"a message has a field of the unknown kind {kind}")
        if place + length > len(message):
            raise ForeignError("a message ends in the middle of a field")
        yield number, message[place : place + length]
        place += length


def last(message: bytes, number: int) -> int | bytes | None:
    """The value of a field, of several the last, as the format says; None where it is not there."""
    found = None
    for given, value in fields(message):
        if given == number:
            found = value
    return found


def text(value: int | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def signed(value: int | bytes | None) -> int:
    """An int64."""
    number = value if isinstance(value, int) else 0
    return number - (1 << 64) if number >= 1 << 63 else number


def double(value: int | bytes | None) -> float:
    return float(struct.unpack("<d", value)[0]) if isinstance(value, bytes) and len(value) == 8 else 0.0


def single(value: int | bytes | None) -> float:
    return float(struct.unpack("<f", value)[0]) if isinstance(value, bytes) and len(value) == 4 else 0.0


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    for byte in message[place : place + _LONGEST_VARINT]:
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (1 << 64) - 1, place
        shift += 7
    raise ForeignError("a message ends in the middle of a number")


def message(value: int | bytes | None) -> bytes:
    """A field that is a message itself; an empty one where it is none."""
    return value if isinstance(value, bytes) else b""
