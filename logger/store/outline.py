"""The outline of a chunk: the few of its points that decide how it looks from afar.

Of each block of 256 points in a row the outline keeps the first, the last, the least, the greatest and, where values
of both signs are there, the least positive one (the least on a logarithmic axis). Drawn where a block lies in one
column of dots, these give the picture that all points give. Of a block across the border of two columns the points in
between may be needed: an outline therefore tells which of its points are of one block.

A block that holds a value that is not finite, or steps or times that go back, is kept whole. With each point goes its
level: the mean of the block, or, of a block that is whole, its own value. A mean over levels is one over all points.

An outline is a sequence of records, little-endian, so that many of them are read as one array, and behind them a byte
for each block, one less than the number of its records:

    records x (int64 step, int64 time in epoch milliseconds, double value, double level)
    blocks x uint8
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from struct import Struct

from logger.store.columns import Points

BLOCK = 256
RECORD = Struct("<qqdd")


def encode_outline(points: Points) -> bytes:
    """The outline of these points, in about half a byte a point."""
    sizes = bytearray()
    steps, times, values = points.steps.tolist(), points.times.tolist(), points.values.tolist()
    ordered = _rises(steps) and _rises(times) and math.isfinite(sum(values))
    parts: list[bytes | bytearray] = []
    for start in range(0, len(values), BLOCK):
        end = start + BLOCK
        block = values[start:end]
        if ordered or (
            _rises(steps[start:end]) and _rises(times[start:end]) and all(map(math.isfinite, block))
        ):
            level = _mean(block)
            chosen = [(place, level) for place in _deciding(block)]
        else:
            chosen = list(enumerate(block))
        sizes.append(len(chosen) - 1)
        parts += [
            RECORD.pack(steps[start + place], times[start + place], block[place], level)
            for place, level in chosen
        ]
    parts.append(sizes)
    return b"".join(parts)


def block_sizes(outline: bytes, n: int) -> bytes:
    """How many records the blocks of an outline of n points have, less one; nothing where it is no such outline."""
    sizes = outline[len(outline) + n // -BLOCK :]
    records = sum(sizes) + len(sizes)
    return sizes if len(outline) == records * RECORD.size + len(sizes) else b""


def _deciding(block: Sequence[float]) -> list[int]:
    """The places of the points that an outline keeps, ascending."""
    low, high = min(block), max(block)
    places = {0, len(block) - 1, block.index(low), block.index(high)}
    if low <= 0 < high:
        places.add(block.index(min(value for value in block if value > 0)))
    return sorted(places)


def _mean(block: Sequence[float]) -> float:
    mean = sum(block) / len(block)
    # The sum of finite values may not be.
    return mean if math.isfinite(mean) else math.fsum(value / len(block) for value in block)


def _rises(column: Sequence[int]) -> bool:
    # Sorting what is in order is the quickest way to see that it is.
    return column == sorted(column)
