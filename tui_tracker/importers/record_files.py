"""Files that are sequences of records, as far as they were written: what a killed writer left unfinished is left out.

TFRecord: https://www.tensorflow.org/tutorials/load_data/tfrecord, LevelDB's log:
https://github.com/google/leveldb/blob/main/doc/log_format.md. Checksums are not looked at: what they would find, the
messages within show by not being any.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tui_tracker.importers.foreign import ForeignError

_LENGTH = struct.Struct("<Q")
_CHECKSUM_BYTES = 4
_LONGEST = 1 << 30

_BLOCK = 32 * 1024
_FRAME = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
# Magic, a second one, a version.
_FILE_HEADER = 7


def tf_records(path: Path) -> Iterator[bytes]:
    """The records of a TFRecord file. Raises ForeignError for what cannot be read."""
    head_bytes = _LENGTH.size + _CHECKSUM_BYTES
    with _opened(path) as stream:
        while len(head := stream.read(head_bytes)) == head_bytes:
            (length,) = _LENGTH.unpack_from(head)
            if length > _LONGEST:
                raise ForeignError(f"{path} is damaged: it announces a record of {length:,} bytes")
            record = stream.read(length)
            if len(record) < length or len(stream.read(_CHECKSUM_BYTES)) < _CHECKSUM_BYTES:
                return
            yield record


def leveldb_records(path: Path, magic: bytes) -> Iterator[bytes]:
    """The records of a log that begins with a header of seven bytes, `magic` first. Raises ForeignError."""
    with _opened(path) as stream:
        if not stream.read(_FILE_HEADER).startswith(magic):
            raise ForeignError(f"{path} does not begin with {magic.decode()}")
        parts: list[bytes] = []
        for kind, data in _fragments(stream):
            if kind in (_FULL, _FIRST):
                parts.clear()
            parts.append(data)
            if kind in (_FULL, _LAST):
                yield b"".join(parts)
                parts.clear()


def _fragments(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Kind and data of each part of a record; none goes over the end of a block."""
    place = _FILE_HEADER
    while True:
        left = _BLOCK - place % _BLOCK
        if left < _FRAME.size:
            stream.read(left)
            place += left
            continue
        head = stream.read(_FRAME.size)
        if len(head) < _FRAME.size:
            return
        _, length, kind = _FRAME.unpack(head)
        data = stream.read(length)
        if len(data) < length or kind not in (_FULL, _FIRST, _MIDDLE, _LAST):
            return
        place += _FRAME.size + length
        yield kind, data


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ForeignError(f"{path} cannot be read: {error.strerror}") from None
