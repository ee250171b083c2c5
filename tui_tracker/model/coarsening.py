"""Outlines made coarser: of many records in a row the few that decide how they look together.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from logger.store.chunks import Chunk
from logger.store.outline import BLOCK
from tui_tracker.model.blocks import RECORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACTOR = 4
"""How many blocks become one."""
# A block of an outline is mostly four records: its first, its last, its least and its greatest.
_ROW = 4 * FACTOR


@dataclass(frozen=True)
class Part:
    """Some chunks of a series in a row, in an outline that is as coarse as `level` says."""

    chunk: Chunk
    """the one chunk; at a greater level one that stands for all of them, with their first number and their ranges, and
    with as many points as its outline has"""
    last: int
    """the number of the last chunk"""
    fine: int
    """how many records the outlines of the chunks have together"""
    level: int = 0
    """how often it was made coarser"""

    @classmethod
    def of(cls, chunk: Chunk) -> Part:
        """A chunk by itself."""
        return cls(chunk, chunk.seq, sum(chunk.block_sizes) + len(chunk.block_sizes))

    @cached_property
    def records(self) -> NDArray[Any]:
        count = self.chunk.n if self.level else self.fine
        return np.frombuffer(self.chunk.outline, RECORDS, count)


def shortened(parts: Sequence[Part], most: int) -> list[Part]:
    """The same parts with so many records or fewer, if that can be: neighbours are joined, all parts about alike."""
    found, level = list(parts), 0
    while sum(len(part.records) for part in found) > most and level <= max(part.level for part in found):
        found = _joined(found, level)
        level += 1
    return found


def _joined(parts: Sequence[Part], level: int) -> list[Part]:
    """With every so many neighbours of this level as one part of the next."""
    found: list[Part] = []
    row: list[Part] = []
    for part in parts:
        if part.level != level:
            found += [*row, part]
            row = []
            continue
        row.append(part)
        if len(row) == FACTOR:
            found.append(_join(row))
            row = []
    return [*found, *row]


def _join(parts: Sequence[Part]) -> Part:
    records = coarsen(np.concatenate([part.records for part in parts]))
    steps, times = ([getattr(part.chunk, name) for part in parts] for name in ("steps", "times"))
    chunk = Chunk(
        parts[0].chunk.seq,
        len(records),
        (min(low for low, _ in steps), max(high for _, high in steps)),
        (min(low for low, _ in times), max(high for _, high in times)),
        records.tobytes(),
        bytes(-(-len(records) // BLOCK)),
    )
    return Part(chunk, parts[-1].last, sum(part.fine for part in parts), parts[0].level + 1)


def coarsen(records: NDArray[Any]) -> NDArray[Any]:
    """About a quarter of these records of an outline, in their order, as an outline of its own.

    Of each row of 16 stay the first and the last, the least and the greatest finite one, the least positive one where
    values of both signs are there, and the first NaN, +Inf and -Inf: no spike disappears. Their level is the mean of
    the row's blocks, where that is finite. Steps and times that go back within a row may go back less.
    """
    count = len(records)
    if not count:
        return records
    padded = np.concatenate([records, np.repeat(records[-1:], -count % _ROW)])
    values = padded["value"].reshape(-1, _ROW)
    finite = np.isfinite(values)
    is_positive = finite & (values > 0)
    kept = np.zeros(values.shape, dtype=np.bool_)
    kept[:, 0] = True
    _mark(kept, np.where(finite, values, np.inf).argmin(axis=1), finite.any(axis=1))
    _mark(kept, np.where(finite, values, -np.inf).argmax(axis=1), finite.any(axis=1))
    _mark(
        kept,
        np.where(is_positive, values, np.inf).argmin(axis=1),
        is_positive.any(axis=1) & (finite & ~is_positive).any(axis=1),
    )
    for odd in (np.isnan(values), values == np.inf, values == -np.inf):
        _mark(kept, odd.argmax(axis=1), odd.any(axis=1))
    flat = kept.reshape(-1)
    # The last row ends where the records do, and every other one where the next begins.
    flat[_ROW - 1 :: _ROW] = True
    flat[count - 1] = True
    flat = flat[:count]
    coarse = records[flat]
    levels = _levels(records, padded)
    rows = np.flatnonzero(flat) // _ROW
    own = ~np.isfinite(coarse["value"])
    coarse["level"] = np.where(own, coarse["value"], levels[rows])
    return coarse


def _mark(kept: NDArray[np.bool_], places: NDArray[np.intp], rows: NDArray[np.bool_]) -> None:
    """Keep one place of each of these rows."""
    chosen = np.flatnonzero(rows)
    kept[chosen, places[chosen]] = True


def _levels(records: NDArray[Any], padded: NDArray[Any]) -> NDArray[np.float64]:
    """The mean of the finite levels of each row, each block counting once; NaN without any."""
    levels = padded["level"].reshape(-1, _ROW)
    begins = np.ones(levels.shape, dtype=np.bool_)
    begins[:, 1:] = levels[:, 1:] != levels[:, :-1]
    begins.reshape(-1)[len(records) :] = False
    counted = begins & np.isfinite(levels)
    counts = counted.sum(axis=1)
    # Divided first: the sum of finite values may not be finite.
    shares = np.where(counted, levels, 0.0) / np.maximum(counts, 1)[:, None]
    return np.where(counts > 0, shares.sum(axis=1), np.nan)
