"""The blocks of a history in outline: which of its points are of one block, and the way to all the points of some.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from logger.store import chunks
from logger.store.chunks import Chunk
from logger.store.columns import Points
from logger.store.connection import Reader, StoreError
from logger.store.outline import BLOCK, RECORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

    Ask = Callable[[Callable[[Reader], Points]], Points]
    """Puts a question to the store, from any thread; raises StoreError."""

RECORDS = np.dtype([("step", "<i8"), ("time", "<i8"), ("value", "<f8"), ("level", "<f8")])
assert RECORDS.itemsize == RECORD.size


def records_of(points: Points) -> NDArray[Any]:
    """All of some points, as an outline has them."""
    records: NDArray[Any] = np.empty(len(points), dtype=RECORDS)
    records["step"], records["time"] = points.steps, points.times
    records["value"] = records["level"] = points.values
    return records


class BlockReader:
    """Reads blocks of one series out of their chunks, and remembers them; safe to share between threads."""

    def __init__(self, ask: Ask, series_id: int) -> None:
        self._ask = ask
        self._series_id = series_id
        self._read: dict[tuple[int, int], NDArray[Any]] = {}

    @property
    def held_points(self) -> int:
        """How many points are remembered."""
        return BLOCK * len(self._read)

    def read(self, wanted: Sequence[tuple[Chunk, int]], most: int) -> list[NDArray[Any]]:
        """All points of each block, named by its chunk and its number there; about `most` blocks are remembered.

        Raises StoreError.
        """
        known = dict(self._read) if len(self._read) + len(wanted) <= most else {}
        missing: dict[int, tuple[Chunk, list[int]]] = {}
        for chunk, block in wanted:
            if (chunk.seq, block) not in known:
                missing.setdefault(chunk.seq, (chunk, []))[1].append(block)
        for chunk, blocks in missing.values():
            records = records_of(self._whole(chunk))
            for block in blocks:
                known[chunk.seq, block] = records[block * BLOCK : (block + 1) * BLOCK].copy()
        self._read = known
        return [known[chunk.seq, block] for chunk, block in wanted]

    def _whole(self, chunk: Chunk) -> Points:
        points = self._ask(lambda reader: chunks.whole(reader, self._series_id, chunk.seq))
        if len(points) != chunk.n:
            raise StoreError("another database has taken the place of the one that was read")
        return points


@dataclass(frozen=True, eq=False)
class Blocks:
    """How the points of a history lie in blocks; arrays of equal length, one entry a block."""

    counts: Ints
    """how many of its points are in the history, one after the other"""
    hidden: NDArray[np.bool_]
    """whether points of it are not in the history: between two that are, at steps and times between theirs, with values
    between the least and the greatest of the block, which are in the history"""
    chunk: Ints
    """the number in `chunks` of the chunk it is in"""
    number: Ints
    """its own number in that chunk"""
    chunks: Sequence[Chunk]
    reader: BlockReader
    most: int
    """so many there is room for"""

    def open(self, chosen: Ints) -> tuple[Blocks, list[NDArray[Any]]]:
        """The same without anything hidden in some blocks, and all points of these. Raises StoreError."""
        found = self.reader.read(
            [(self.chunks[self.chunk[at]], int(self.number[at])) for at in chosen], self.most
        )
        counts, hidden = self.counts.copy(), self.hidden.copy()
        counts[chosen] = [len(records) for records in found]
        hidden[chosen] = False
        return replace(self, counts=counts, hidden=hidden), found


def blocks_of(
    held: Sequence[Chunk], whole: frozenset[int], tail: int, reader: BlockReader, most: int
) -> Blocks:
    """The blocks of a history of these chunks, some of them whole (by their `seq`), and of so many points behind.

    `most` of them may be opened for a picture.
    """
    sizes = np.frombuffer(b"".join(chunk.block_sizes for chunk in held), np.uint8)
    blocks = np.array([len(chunk.block_sizes) for chunk in held], np.int64)
    ends = np.cumsum(blocks)
    lengths = np.full(len(sizes), BLOCK)
    lengths[ends - 1] -= blocks * BLOCK - np.array([chunk.n for chunk in held], np.int64)
    is_whole = np.repeat(np.array([chunk.seq in whole for chunk in held], np.bool_), blocks)
    counts = np.where(is_whole, lengths, sizes.astype(np.int64) + 1)
    return Blocks(
        np.append(counts, tail),
        np.append(counts < lengths, False),
        np.append(np.repeat(np.arange(len(held)), blocks), -1),
        np.append(np.arange(len(sizes)) - np.repeat(ends - blocks, blocks), -1),
        tuple(held),
        reader,
        most,
    )
