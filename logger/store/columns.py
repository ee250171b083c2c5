"""Points as packed columns: the blobs in `segments.points` and `chunks.points`.

All numbers are little-endian. A point is (step, time, value): step a signed 64-bit integer, time signed 64-bit epoch
milliseconds, value a double whose bits, NaN included, are kept.

A **segment** holds what one filing added to a run, column by column, one entry per series:

    uint32 entries
    entries x (int64 series id, uint32 n)
    entries x (n int64 steps, n int64 times, n double values)

A **chunk** holds many points of one series, in about 10 bytes each:

    uint32 n
    steps column, times column
    n double values

where a column of integers is one of

    'r' int64 start, int64 stride            start, start + stride, ...
    'p' int64 first, uint8 mask, planes      byte by byte: see below
    'b' 'h' 'i' int64 start, n - 1 deltas    differences to the one before in 1, 2 or 4 bytes: read, but not written
    'q' n int64                              as they are: likewise

Plane k of a column is byte k of each of its integers, lowest first. A plane whose bytes are all alike is that of
`first`; of the others, those with bit k in the mask, lowest first, the chunk holds

    uint32 length, then n bytes if length is n, else a zlib stream of so many

Slow bytes (the minutes of a time) shrink to next to nothing, fast ones stay as they are, and all of it is undone by a
few strided copies: no sum runs along the points.
"""

from __future__ import annotations

import math
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, chain
from struct import Struct

_COUNT = Struct("<I")
_ENTRY = Struct("<qI")
_REGULAR = Struct("<cqq")
_PLANES = Struct("<cqB")
_DELTAS = Struct("<cq")
_POINT_BYTES = 24
# A plane is compressed where that leaves a quarter of it: reading less is then worth inflating it.
_WORTH_INFLATING = 4
# Regular columns are made so many at a time, unless they are short.
_BLOCK = 8192
_FEW = 512


def _steps() -> array[int]:
    return array("q")


def _values() -> array[float]:
    return array("d")


@dataclass
class Points:
    """Points of one series in order of arrival: three arrays of equal length."""

    steps: array[int] = field(default_factory=_steps)
    """int64"""
    times: array[int] = field(default_factory=_steps)
    """int64, epoch milliseconds"""
    values: array[float] = field(default_factory=_values)
    """double; NaN and infinities are values like any other"""

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, places: slice) -> Points:
        return Points(self.steps[places], self.times[places], self.values[places])

    def append(self, step: int, time: int, value: float) -> None:
        self.steps.append(step)
        self.times.append(time)
        self.values.append(value)

    def extend(self, other: Points) -> None:
        self.steps.extend(other.steps)
        self.times.extend(other.times)
        self.values.extend(other.values)


def value_range(points: Points) -> tuple[float | None, float | None, int]:
    """The least and the greatest value that is a number (None where none is), and how many are not."""
    values: Sequence[float] = points.values
    # A sum without NaN has none among its terms, and is found in a fraction of the time that asking each takes.
    nans = sum(map(math.isnan, values)) if math.isnan(sum(values)) else 0
    if nans:
        values = [value for value in values if not math.isnan(value)]
    return (min(values), max(values), nans) if values else (None, None, nans)


def encode_segment(points: Mapping[int, Points]) -> bytes:
    """The segment that holds these points, by series id."""
    parts = [_COUNT.pack(len(points))]
    parts += [_ENTRY.pack(series_id, len(column)) for series_id, column in points.items()]
    for column in points.values():
        parts += [_to_bytes(column.steps), _to_bytes(column.times), _to_bytes(column.values)]
    return b"".join(parts)


def decode_segment(blob: bytes, wanted: frozenset[int] | None = None) -> Iterator[tuple[int, Points]]:
    """The points of each series in a segment, or of the wanted ones."""
    view = memoryview(blob)
    (entries,) = _COUNT.unpack_from(view)
    place = _COUNT.size + entries * _ENTRY.size
    for series_id, n in _ENTRY.iter_unpack(view[_COUNT.size : place]):
        if wanted is None or series_id in wanted:
            first, second, third, end = (place + n * 8 * column for column in range(4))
            yield (
                series_id,
                Points(
                    _integers("q", view[first:second]),
                    _integers("q", view[second:third]),
                    _doubles(view[third:end]),
                ),
            )
        place += n * _POINT_BYTES


def encode_chunk(points: Points) -> bytes:
    """The chunk that holds these points; there is at least one."""
    return b"".join(
        (
            _COUNT.pack(len(points)),
            _encode_integers(points.steps),
            _encode_integers(points.times),
            _to_bytes(points.values),
        )
    )


def decode_chunk(blob: bytes) -> Points:
    view = memoryview(blob)
    (n,) = _COUNT.unpack_from(view)
    steps, view = _decode_integers(view[_COUNT.size :], n)
    times, view = _decode_integers(view, n)
    return Points(steps, times, _doubles(view[: n * 8]))


def _encode_integers(column: array[int]) -> bytes:
    n, start, stride = len(column), column[0], column[1] - column[0] if len(column) > 1 else 0
    # Most columns that are not regular show it at their ends.
    if (
        column[-1] == start + (n - 1) * stride
        and -(2**63) <= stride < 2**63
        and column == _regular(start, stride, n)
    ):
        return _REGULAR.pack(b"r", start, stride)
    data = _to_bytes(column)
    mask, planes = 0, []
    for k in range(8):
        plane = data[k::8]
        if plane.count(plane[:1]) < n:
            mask |= 1 << k
            packed = zlib.compress(plane, 1)
            kept = packed if len(packed) * _WORTH_INFLATING <= n else plane
            planes += [_COUNT.pack(len(kept)), kept]
    return b"".join((_PLANES.pack(b"p", start, mask), *planes))


def _decode_integers(view: memoryview, n: int) -> tuple[array[int], memoryview]:
    """A column of n integers, and what follows it."""
    code = bytes(view[:1])
    if code == b"q":
        end = 1 + n * 8
        return _integers("q", view[1:end]), view[end:]
    if code == b"r":
        _, start, stride = _REGULAR.unpack_from(view)
        return _regular(start, stride, n), view[_REGULAR.size :]
    if code == b"p":
        return _decode_planes(view, n)
    _, start = _DELTAS.unpack_from(view)
    width = array(code.decode()).itemsize
    end = _DELTAS.size + (n - 1) * width
    deltas = _integers(code.decode(), view[_DELTAS.size : end])
    return _running_sum(start, deltas), view[end:]


def _decode_planes(view: memoryview, n: int) -> tuple[array[int], memoryview]:
    _, first, mask = _PLANES.unpack_from(view)
    view = view[_PLANES.size :]
    data = bytearray(first.to_bytes(8, "little", signed=True) * n)
    for k in range(8):
        if mask >> k & 1:
            (length,) = _COUNT.unpack_from(view)
            kept = view[_COUNT.size : _COUNT.size + length]
            data[k::8] = kept if length == n else zlib.decompress(kept, bufsize=n)
            view = view[_COUNT.size + length :]
    return _integers("q", data), view


def _regular(start: int, stride: int, n: int) -> array[int]:
    """start, start + stride, ...: n of them."""
    last = start + (n - 1) * stride
    if not stride:
        return array("q", [start]) * n
    if n < _FEW or start < 0 or stride < 0:
        return array("q", range(start, last + stride, stride))
    # Whole blocks are added as one long number, 64 bits an entry, which is five times as fast as entry by entry.
    # Entries beyond the n-th may not fit; they carry into higher ones only.
    zeroth, ones = _block(stride)
    column: array[int] = array("q")
    for place in range(0, n, _BLOCK):
        block = (zeroth + ones * (start + place * stride)).to_bytes(_BLOCK * 8 + 16, "little")
        column.extend(_integers("q", memoryview(block)[: min(n - place, _BLOCK) * 8]))
    return column


@lru_cache(maxsize=8)
def _block(stride: int) -> tuple[int, int]:
    """0, stride, 2 x stride ... and 1, 1, 1 ...: a block of each as one number, 64 bits an entry, the first lowest."""
    counts, ones = array("q", range(_BLOCK)), array("q", [1]) * _BLOCK
    return stride * int.from_bytes(_to_bytes(counts), "little"), int.from_bytes(_to_bytes(ones), "little")


def _running_sum(start: int, deltas: array[int]) -> array[int]:
    """`start` and, after each delta, the sum so far."""
    return array("q", accumulate(chain((start,), deltas)))


def _integers(code: str, view: memoryview | bytearray) -> array[int]:
    column: array[int] = array(code)
    column.frombytes(view)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _doubles(view: memoryview) -> array[float]:
    column: array[float] = array("d")
    column.frombytes(view)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _to_bytes(column: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()


def concatenate(parts: Iterable[Points]) -> Points:
    whole = Points()
    for part in parts:
        whole.extend(part)
    return whole
