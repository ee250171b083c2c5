"""A history of points that grows at its end.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logger.store.columns import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.model.blocks import Blocks

# A history that grows gets so much more room than it needs, so that most growth copies only what is new.
_SPARE = 1.25


@dataclass(frozen=True, eq=False)
class History:
    """One metric of one run in order of arrival: arrays of equal length."""

    steps: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    levels: NDArray[np.float64] | None = None
    """Where only the points are here that decide how it looks: the mean of all those that each of them stands for; None
    where all are here."""
    blocks: Blocks | None = None
    """Where only some points are here, the way to the others."""

    def __len__(self) -> int:
        return len(self.values)

    def after(self, count: int) -> History:
        """Without its first points, so many."""
        return History(self.steps[count:], self.times_ms[count:], self.values[count:])

    def opened(self, chosen: NDArray[np.int64]) -> History:
        """With all points of some blocks, numbered in ascending order. Raises StoreError."""
        assert self.blocks is not None and self.levels is not None
        blocks, found = self.blocks.open(chosen)
        ends = np.cumsum(self.blocks.counts)
        starts = ends - self.blocks.counts

        def column(name: str, held: NDArray[Any]) -> NDArray[Any]:
            parts, place = [], 0
            for at, records in zip(chosen, found, strict=True):
                parts += [held[place : starts[at]], records[name]]
                place = ends[at]
            return np.concatenate([*parts, held[place:]])

        return History(
            column("step", self.steps),
            column("time", self.times_ms),
            column("value", self.values),
            column("level", self.levels),
            blocks,
        )


EMPTY = History(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


class Growing:
    """A history with room behind it. Points that were handed out never change: what is new is written after them."""

    def __init__(self, history: History = EMPTY) -> None:
        self.history = history
        self._columns: tuple[NDArray[Any], ...] = (history.steps, history.times_ms, history.values)

    @property
    def known(self) -> int:
        """How many points there are."""
        return len(self.history)

    @property
    def held_points(self) -> int:
        """How many points there is memory for."""
        return len(self._columns[0])

    def extend(self, points: Points) -> None:
        if not len(points):
            return
        start, end = len(self.history), len(self.history) + len(points)
        if end > len(self._columns[0]):
            room = end if not start else int(end * _SPARE)
            self._columns = tuple(_with_room(column[:start], room) for column in self._columns)
        for column, new in zip(self._columns, (points.steps, points.times, points.values), strict=True):
            column[start:end] = np.asarray(new, dtype=column.dtype)
        steps, times_ms, values = (column[:end] for column in self._columns)
        self.history = History(steps, times_ms, values)


def _with_room(column: NDArray[Any], room: int) -> NDArray[Any]:
    roomier = np.empty(room, column.dtype)
    roomier[: len(column)] = column
    return roomier
