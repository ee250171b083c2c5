"""A column of integers packed: the steps or the times of a chunk.

All numbers are little-endian. A packed column is one of

    'r' int64 start, int64 stride            start, start + stride, ...
    'p' int64 first, uint8 mask, planes      byte by byte: see below
    'b' 'h' 'i' int64 start, n - 1 deltas    differences to the one before in 1, 2 or 4 bytes: read, but not written
    'q' n int64                              as they are: likewise

Plane k of a column is byte k of each of its integers, lowest first. A plane whose bytes are all alike is that of
`first`; of the others, those with bit k in the mask, lowest first, the column holds

    uint32 length, then n bytes if length is n, else a zlib stream of so many

Slow bytes (the minutes of a time) shrink to next to nothing, fast ones stay as they are, and all of it is undone by a
few strided copies: no sum runs along the points.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from struct import Struct

_COUNT = Struct("<I")
_WORD = Struct("<q")
_REGULAR = Struct("<cqq")
_PLANES = Struct("<cqB")
_DELTAS = Struct("<cq")
# A plane is compressed where that leaves a quarter of it: reading less is then worth inflating it.
_WORTH_INFLATING = 4
# No zlib stream that holds anything is shorter.
_SHORTEST_STREAM = 9
# Regular integers are made so many at a time, unless they are few.
_BLOCK = 8192
_FEW = 512
# After so many regular integers their two low bytes repeat; worth using where the bytes above change seldom.
_CYCLE = 65536
_GENTLE = 256


@dataclass(frozen=True)
class Regular:
    """start, start + stride, ...: n integers."""

    start: int
    stride: int
    n: int

    def __add__(self, other: Regular) -> Regular | None:
        """Both in one, where the other goes on as this one does."""
        if self.stride != other.stride or other.start != self.start + self.n * self.stride:
            return None
        return Regular(self.start, self.stride, self.n + other.n)

    def blocks(self) -> Iterator[bytes | bytearray | memoryview]:
        """All of them, 64 bits each."""
        if not self.stride:
            yield _WORD.pack(self.start) * self.n
        elif self.n < _FEW or self.start < 0 or self.stride < 0:
            end = self.start + self.n * self.stride
            yield little_endian(array("q", range(self.start, end, self.stride)))
        elif self.n <= _CYCLE or self.stride > _GENTLE:
            yield from self._sums()
        else:
            yield from self._stairs()

    def _sums(self) -> Iterator[memoryview]:
        """Blocks added as one long number, 64 bits an entry, which is many times as fast as one by one.

        Entries beyond the n-th may not fit; they carry into higher ones only.
        """
        zeroth, ones = _block(self.stride)
        block, further = zeroth + ones * self.start, ones * (_BLOCK * self.stride)
        for left in range(self.n, 0, -_BLOCK):
            yield memoryview(block.to_bytes(_BLOCK * 8 + 16, "little"))[: min(left, _BLOCK) * 8]
            block += further

    def _stairs(self) -> Iterator[bytearray]:
        """Blocks in which the low two bytes are those of one cycle before, and the others the same for a while."""
        cycle = b"".join(Regular(self.start, self.stride, _CYCLE)._sums())
        low, middle = cycle[0::8], cycle[1::8]
        for place in range(0, self.n, _BLOCK):
            n, first = min(self.n - place, _BLOCK), self.start + place * self.stride
            block = bytearray()
            for high in range(first >> 16, (first + (n - 1) * self.stride >> 16) + 1):
                end = min(-((first - (high + 1 << 16)) // self.stride), n)
                block += _WORD.pack(high << 16) * (end - len(block) // 8)
            at = place % _CYCLE
            block[0::8], block[1::8] = low[at : at + n], middle[at : at + n]
            yield block


def encode(column: array[int]) -> bytes:
    """A packed column; there is at least one integer."""
    return _encoded(little_endian(column))


# Metrics logged together have the same steps and times.
@lru_cache(maxsize=2)
def _encoded(data: bytes) -> bytes:
    n = len(data) // 8
    start, second, last = (_WORD.unpack_from(data, place * 8)[0] for place in (0, min(1, n - 1), n - 1))
    stride = second - start
    # Most columns that are not regular show it at their ends.
    if (
        last == start + (n - 1) * stride
        and -(2**63) <= stride < 2**63
        and b"".join(Regular(start, stride, n).blocks()) == data
    ):
        return _REGULAR.pack(b"r", start, stride)
    mask, planes = 0, []
    for k in range(8):
        plane = data[k::8]
        if plane.count(plane[:1]) < n:
            mask |= 1 << k
            kept = _shrunk(plane)
            planes += [_COUNT.pack(len(kept)), kept]
    return b"".join((_PLANES.pack(b"p", start, mask), *planes))


def _shrunk(plane: bytes) -> bytes:
    """A plane, compressed where that is worth it."""
    most = len(plane) // _WORTH_INFLATING
    packed = zlib.compress(plane, 1) if most >= _SHORTEST_STREAM else plane
    return packed if len(packed) <= most else plane


def decode(
    view: memoryview, n: int, skip: int = 0
) -> tuple[Regular | bytes | bytearray | memoryview, memoryview]:
    """The integers of a column of n without the first `skip`, regular or 64 bits each; and what follows them."""
    code = bytes(view[:1])
    if code == b"r":
        _, start, stride = _REGULAR.unpack_from(view)
        return Regular(start + skip * stride, stride, n - skip), view[_REGULAR.size :]
    if code == b"p":
        return _decode_planes(view, n, skip)
    if code == b"q":
        end = 1 + n * 8
        return view[1 + skip * 8 : end], view[end:]
    _, start = _DELTAS.unpack_from(view)
    deltas = array(code.decode())
    end = _DELTAS.size + (n - 1) * deltas.itemsize
    deltas.frombytes(view[_DELTAS.size : end])
    if sys.byteorder == "big":
        deltas.byteswap()
    return little_endian(array("q", accumulate(chain((start,), deltas)))[skip:]), view[end:]


def _decode_planes(view: memoryview, n: int, skip: int) -> tuple[bytearray, memoryview]:
    _, first, mask = _PLANES.unpack_from(view)
    view = view[_PLANES.size :]
    data = bytearray(_WORD.pack(first) * (n - skip))
    for k in range(8):
        if mask >> k & 1:
            (length,) = _COUNT.unpack_from(view)
            kept = view[_COUNT.size : _COUNT.size + length]
            plane = kept if length == n else zlib.decompress(kept, bufsize=n)
            data[k::8] = plane[skip:]
            view = view[_COUNT.size + length :]
    return data, view


@lru_cache(maxsize=8)
def _block(stride: int) -> tuple[int, int]:
    """0, stride, 2 x stride ... and 1, 1, 1 ...: a block of each as one number, 64 bits an entry, the first lowest."""
    counts, ones = (
        int.from_bytes(little_endian(array("q", column)), "little")
        for column in (range(_BLOCK), [1] * _BLOCK)
    )
    return stride * counts, ones


def little_endian(column: array[int] | array[float]) -> bytes:
    """The bytes of an array as they are stored."""
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()
