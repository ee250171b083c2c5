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
    'b' 'h' 'i' int64 start, n - 1 deltas    differences to the one before in 1, 2 or 4 bytes
    'q' n int64                              as they are
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain
from operator import sub
from struct import Struct

_COUNT = Struct("<I")
_ENTRY = Struct("<qI")
_REGULAR = Struct("<cqq")
_DELTAS = Struct("<cq")
_POINT_BYTES = 24
# The widths that differences are tried in, narrowest first.
_WIDTHS = ((b"b", 7), (b"h", 15), (b"i", 31))


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
    start = column[0]
    deltas = list(map(sub, column[1:], column))
    low, high = (min(deltas), max(deltas)) if deltas else (0, 0)
    if low == high and -(2**63) <= low < 2**63:
        return _REGULAR.pack(b"r", start, low)
    for code, bits in _WIDTHS:
        if -(1 << bits) <= low and high < 1 << bits:
            return _DELTAS.pack(code, start) + _to_bytes(array(code.decode(), deltas))
    return b"q" + _to_bytes(column)


def _decode_integers(view: memoryview, n: int) -> tuple[array[int], memoryview]:
    """A column of n integers, and what follows it."""
    code = bytes(view[:1])
    if code == b"q":
        end = 1 + n * 8
        return _integers("q", view[1:end]), view[end:]
    if code == b"r":
        _, start, stride = _REGULAR.unpack_from(view)
        return _running_sum(start, array("q", [stride]) * (n - 1)), view[_REGULAR.size :]
    _, start = _DELTAS.unpack_from(view)
    width = array(code.decode()).itemsize
    end = _DELTAS.size + (n - 1) * width
    deltas = _integers(code.decode(), view[_DELTAS.size : end])
    return _running_sum(start, deltas), view[end:]


def _running_sum(start: int, deltas: array[int]) -> array[int]:
    """`start` and, after each delta, the sum so far."""
    # The logger never imports numpy, but in a program that has loaded it (the viewer) sums are twenty times as fast.
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return array("q", accumulate(chain((start,), deltas)))
    column = array("q", (start,)) * (len(deltas) + 1)
    sums = numpy.frombuffer(column, dtype=numpy.int64)
    sums[1:] += numpy.cumsum(deltas, dtype=numpy.int64)
    return column


def _integers(code: str, view: memoryview) -> array[int]:
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
