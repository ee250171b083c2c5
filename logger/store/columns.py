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

where `logger.store.integers` describes a column of integers.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from logger.store import integers
from logger.store.integers import Regular, little_endian

_COUNT = Struct("<I")
_ENTRY = Struct("<qI")
_POINT_BYTES = 24


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
        parts += [little_endian(column.steps), little_endian(column.times), little_endian(column.values)]
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
                    unpacked("q", view[first:second]),
                    unpacked("q", view[second:third]),
                    unpacked("d", view[third:end]),
                ),
            )
        place += n * _POINT_BYTES


def encode_chunk(points: Points) -> bytes:
    """The chunk that holds these points; there is at least one."""
    return b"".join(
        (
            _COUNT.pack(len(points)),
            integers.encode(points.steps),
            integers.encode(points.times),
            little_endian(points.values),
        )
    )


def decode_chunk(blob: bytes) -> Points:
    return decode_chunks([blob], _held(blob))


def decode_chunks(blobs: Iterable[bytes], n: int, skip: int = 0) -> Points:
    """The n points of chunks in a row that follow the first `skip`, which are in the first chunk.

    Raises ValueError for chunks that hold more or fewer.
    """
    steps, times, values = _Filling("q", n), _Filling("q", n), _Filling("d", n)
    for blob in blobs:
        count = _held(blob)
        part, view = integers.decode(memoryview(blob)[_COUNT.size :], count, skip)
        steps.add(part)
        part, view = integers.decode(view, count, skip)
        times.add(part)
        values.add(view[skip * 8 : count * 8])
        skip = 0
    return Points(steps.whole(), times.whole(), values.whole())


def _held(blob: bytes) -> int:
    """How many points a chunk says it holds; nothing is made for more than it can hold."""
    (count,) = _COUNT.unpack_from(blob)
    if count * 8 > len(blob):
        raise ValueError(f"a chunk of {len(blob)} bytes cannot hold {count} points")
    return int(count)


class _Filling:
    """A column put together part by part.

    Its memory is taken once: memory that was never touched costs more than what is done in it.
    """

    def __init__(self, code: str, n: int) -> None:
        self._column: array[Any] = array(code, bytes(8)) * n
        self._view = memoryview(self._column).cast("B")
        self._end = 0
        self._regular: Regular | None = None
        """the last part where it is regular: it may go on in the next one, and is made in one piece with it"""

    def add(self, part: Regular | bytes | bytearray | memoryview) -> None:
        if isinstance(part, Regular):
            joined = self._regular and self._regular + part
            if joined is None:
                self._make_regular()
            self._regular = joined or part
        else:
            self._make_regular()
            self._copy(part)

    def whole(self) -> array[Any]:
        self._make_regular()
        if self._end != len(self._view):
            raise ValueError(f"{self._end // 8} points were found and {len(self._column)} were to be")
        # Until then the column could not be extended.
        self._view.release()
        if sys.byteorder == "big":
            self._column.byteswap()
        return self._column

    def _make_regular(self) -> None:
        if self._regular is not None:
            for block in self._regular.blocks():
                self._copy(block)
            self._regular = None

    def _copy(self, part: bytes | bytearray | memoryview) -> None:
        end = self._end + len(part)
        if end > len(self._view):
            raise ValueError(f"{end // 8} points were found and {len(self._column)} were to be")
        self._view[self._end : end] = part
        self._end = end


def unpacked(code: str, view: bytes | memoryview) -> array[Any]:
    """The array of these stored bytes."""
    column = array(code)
    column.frombytes(view)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def concatenate(parts: Iterable[Points]) -> Points:
    whole = Points()
    for part in parts:
        whole.extend(part)
    return whole
