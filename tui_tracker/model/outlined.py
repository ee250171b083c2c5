"""A long history in outline: whole only where it is looked at closely, and at its end, where it grows.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logger.store import chunks, series
from logger.store.chunks import Chunk
from logger.store.columns import Points
from logger.store.connection import Reader
from logger.store.outline import BLOCK, RECORD
from tui_tracker.model.blocks import RECORDS, BlockReader, blocks_of, records_of
from tui_tracker.model.growing import Growing, History

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.model.blocks import Ask

# The end of a growing history is replaced by its outline when it has so many points, if they are in chunks by then.
_TAIL_POINTS = 2 * series.COMPACT_AT


@dataclass(frozen=True)
class Window:
    """A part of the x axis that is looked at closely; the ends belong to it."""

    low: float
    high: float
    by_time: bool
    """whether these are epoch milliseconds, else steps"""

    def meets(self, chunk: Chunk) -> bool:
        """Whether points of a chunk may lie in it."""
        low, high = chunk.times if self.by_time else chunk.steps
        return low <= self.high and self.low <= high


class Outlined:
    """A history whose chunks are held in outline."""

    def __init__(self, reader: Reader, series_id: int, ask: Ask | None = None) -> None:
        """`ask` is how single blocks are read later, while pictures are drawn; without it they are not."""
        self._series_id = series_id
        self._chunks: list[Chunk] = []
        self._chunked = 0
        self._tail = Growing()
        self._blocks = None if ask is None else BlockReader(ask, series_id)
        self._opened: dict[int, NDArray[Any]] = {}
        self._shown: tuple[Window | None, int, int] | None = None
        self.history = self._tail.history
        """as last asked for with `show`"""
        self._absorb(reader)

    @property
    def known(self) -> int:
        """How many points of the history are known, in outline or whole."""
        return self._chunked + len(self._tail.history)

    @property
    def held_points(self) -> int:
        """How many points there is memory for, in outline and whole."""
        outlines = sum(len(chunk.outline) for chunk in self._chunks) // RECORD.size
        opened = sum(map(len, self._opened.values()))
        blocks = self._blocks.held_points if self._blocks is not None else 0
        return outlines + opened + blocks + len(self.history) + self._tail.held_points

    def extend(self, points: Points) -> None:
        self._tail.extend(points)

    def show(self, reader: Reader, window: Window | None, most: int) -> History:
        """The history, whole within a window unless that holds more than `most` points.

        What is left of these is for the blocks that are opened while pictures are drawn.
        """
        if len(self._tail.history) > _TAIL_POINTS:
            self._absorb(reader)
        if self._shown != (window, most, self.known):
            self.history = self._compose(reader, window, most)
            self._shown = window, most, self.known
        return self.history

    def _absorb(self, reader: Reader) -> None:
        """Take what has moved into chunks by its outline."""
        fresh = chunks.outlined(reader, self._series_id, self._chunks[-1].seq if self._chunks else 0)
        moved = sum(chunk.n for chunk in fresh)
        self._chunks += fresh
        self._chunked += moved
        self._tail = Growing(self._tail.history.after(moved))

    def _compose(self, reader: Reader, window: Window | None, most: int) -> History:
        close = [chunk for chunk in self._chunks if window is not None and window.meets(chunk)]
        if sum(chunk.n for chunk in close) > most:
            close = []
        self._opened = {
            chunk.seq: self._opened[chunk.seq] if chunk.seq in self._opened else self._open(reader, chunk)
            for chunk in close
        }
        pieces = [
            self._opened[chunk.seq]
            if chunk.seq in self._opened
            else np.frombuffer(chunk.outline, RECORDS, sum(chunk.block_sizes) + len(chunk.block_sizes))
            for chunk in self._chunks
        ]

        def column(name: str, tail: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([*(piece[name] for piece in pieces), tail])

        tail = self._tail.history
        blocks = None
        if self._blocks is not None:
            room = (most - sum(chunk.n for chunk in close)) // BLOCK
            blocks = blocks_of(self._chunks, frozenset(self._opened), len(tail), self._blocks, room)
        return History(
            column("step", tail.steps),
            column("time", tail.times_ms),
            column("value", tail.values),
            column("level", tail.values),
            blocks,
        )

    def _open(self, reader: Reader, chunk: Chunk) -> NDArray[Any]:
        return records_of(chunks.whole(reader, self._series_id, chunk.seq))
