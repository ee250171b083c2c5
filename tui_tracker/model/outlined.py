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
from logger.store.outline import BLOCK
from tui_tracker.model.blocks import BlockReader, blocks_of, records_of
from tui_tracker.model.coarsening import Part, shortened
from tui_tracker.model.growing import Growing, History

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.model.blocks import Ask

# The end of a growing history is replaced by its outline when it has so many points, if they are in chunks by then.
TAIL_POINTS = 2 * series.COMPACT_AT


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
    """A history whose chunks are held in outline, in a coarser one where there are too many."""

    def __init__(self, reader: Reader, series_id: int, ask: Ask | None = None) -> None:
        """`ask` is how single blocks are read later, while pictures are drawn; without it they are not."""
        self._series_id = series_id
        self._parts: list[Part] = []
        self._chunked = 0
        self._tail = Growing()
        self._refined: dict[tuple[int, int], list[Part]] = {}
        self._blocks = None if ask is None else BlockReader(ask, series_id)
        self._opened: dict[int, NDArray[Any]] = {}
        self._shown: tuple[Window | None, int, int] | None = None
        self.history = self._tail.history
        """as last asked for with `show`"""
        self.absorb(reader)

    @property
    def known(self) -> int:
        """How many points of the history are known, in outline or whole."""
        return self._chunked + len(self._tail.history)

    @property
    def held_points(self) -> int:
        """How many points there is memory for, in outline and whole."""
        opened = sum(map(len, self._opened.values()))
        refined = sum(len(part.records) for found in self._refined.values() for part in found)
        blocks = self._blocks.held_points if self._blocks is not None else 0
        return self._records + refined + opened + blocks + len(self.history) + self._tail.held_points

    @property
    def _records(self) -> int:
        return sum(len(part.records) for part in self._parts)

    def extend(self, points: Points) -> None:
        self._tail.extend(points)

    def show(self, reader: Reader, window: Window | None, most: int) -> History:
        """The history by at most so many points, and whole within a window unless there are more than `most` in it.

        What is left of these is for the blocks that are opened while pictures are drawn.
        """
        if len(self._tail.history) > TAIL_POINTS:
            self.absorb(reader)
        if self._shown != (window, most, self.known):
            self._fit(reader, most)
            self.history = self._compose(reader, window, most)
            self._shown = window, most, self.known
        return self.history

    def absorb(self, reader: Reader) -> None:
        """Take what has moved into chunks by its outline."""
        fresh = chunks.outlined(reader, self._series_id, self._parts[-1].last if self._parts else 0)
        moved = sum(chunk.n for chunk in fresh)
        self._parts += map(Part.of, fresh)
        self._chunked += moved
        self._tail = Growing(self._tail.history.after(moved))

    def _fit(self, reader: Reader, most: int) -> None:
        """Hold outlines of so many records: coarser ones than before, or, where there is room again, fine ones."""
        is_coarse = any(part.level for part in self._parts)
        if is_coarse and sum(part.fine for part in self._parts) <= most // 2:
            through = self._parts[-1].last
            self._parts = [
                Part.of(chunk) for chunk in chunks.outlined(reader, self._series_id, through=through)
            ]
        elif self._records > most:
            self._parts = shortened(self._parts, most * 3 // 4)

    def _compose(self, reader: Reader, window: Window | None, most: int) -> History:
        shown = self._refine(reader, window, most)
        close = [
            part.chunk for part in shown if not part.level and window is not None and window.meets(part.chunk)
        ]
        if sum(chunk.n for chunk in close) > most:
            close = []
        self._opened = {
            chunk.seq: self._opened[chunk.seq] if chunk.seq in self._opened else self._open(reader, chunk)
            for chunk in close
        }
        pieces = [self._opened.get(part.chunk.seq, part.records) for part in shown]

        def column(name: str, tail: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([*(piece[name] for piece in pieces), tail])

        tail = self._tail.history
        blocks = None
        if self._blocks is not None:
            room = (most - sum(chunk.n for chunk in close)) // BLOCK
            # What was made coarser has no blocks to open.
            whole = {part.chunk.seq for part in shown if part.level or part.chunk.seq in self._opened}
            held = [part.chunk for part in shown]
            blocks = blocks_of(held, frozenset(whole), len(tail), self._blocks, room)
        return History(
            column("step", tail.steps),
            column("time", tail.times_ms),
            column("value", tail.values),
            column("level", tail.values),
            blocks,
        )

    def _refine(self, reader: Reader, window: Window | None, most: int) -> list[Part]:
        """The parts, with the chunks of those that lie in the window in place of what was made coarser of them."""
        coarse = [
            part for part in self._parts if part.level and window is not None and window.meets(part.chunk)
        ]
        if sum(part.fine for part in coarse) > most:
            coarse = []
        self._refined = {
            (part.chunk.seq, part.last): self._refined.get((part.chunk.seq, part.last))
            or list(map(Part.of, chunks.outlined(reader, self._series_id, part.chunk.seq - 1, part.last)))
            for part in coarse
        }
        shown: list[Part] = []
        for part in self._parts:
            refined = self._refined.get((part.chunk.seq, part.last))
            shown += [part] if refined is None else refined
        return shown

    def _open(self, reader: Reader, chunk: Chunk) -> NDArray[Any]:
        return records_of(chunks.whole(reader, self._series_id, chunk.seq))
