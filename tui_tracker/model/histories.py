"""The points of the curves on the screen, kept so that only what is new is read.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logger.store import series
from logger.store.columns import Points
from logger.store.connection import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Histories that are kept although they are not on the screen hold at most so many points, 24 bytes each.
KEPT_POINTS = 1_000_000
# A history that grows gets so much more room than it needs, so that most growth copies only what is new.
_SPARE = 1.25


@dataclass(frozen=True, eq=False)
class History:
    """All points of one metric of one run in order of arrival: three arrays of equal length."""

    steps: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)


class _Growing:
    """A history with room behind it. Points that were handed out never change: what is new is written after them."""

    def __init__(self) -> None:
        self._columns: tuple[NDArray[Any], ...] = (
            np.empty(0, np.int64),
            np.empty(0, np.int64),
            np.empty(0, np.float64),
        )
        self.history = History(*self._columns)

    def extend(self, points: Points) -> None:
        if not len(points):
            return
        start, end = len(self.history), len(self.history) + len(points)
        if end > len(self._columns[0]):
            room = end if not start else int(end * _SPARE)
            self._columns = tuple(_with_room(column[:start], room) for column in self._columns)
        for column, new in zip(self._columns, (points.steps, points.times, points.values), strict=True):
            column[start:end] = np.asarray(new, dtype=column.dtype)
        self.history = History(*(column[:end] for column in self._columns))


def _with_room(column: NDArray[Any], room: int) -> NDArray[Any]:
    roomier = np.empty(room, column.dtype)
    roomier[: len(column)] = column
    return roomier


class Histories:
    """Histories by run and metric. For one thread at a time: use it inside a question to the source."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, str], _Growing] = OrderedDict()

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def update(self, reader: Reader, run_id: int, keys: Collection[str]) -> dict[str, History]:
        """These metrics of a run by name, those that it logged, read as far as they are new."""
        metrics = series.metrics_of(reader, [run_id], keys)[run_id] if keys else {}
        for key, metric in metrics.items():
            held = self._held.get((run_id, key))
            if held is None or len(held.history) > metric.n:
                # Fewer points than before: another database has taken the place of the one they came from.
                self._held[run_id, key] = _Growing()
            self._held.move_to_end((run_id, key))
        seen = {key: len(self._held[run_id, key].history) for key in metrics}
        grown = {key: count for key, count in seen.items() if metrics[key].n > count}
        for key, points in (series.read(reader, run_id, grown) if grown else {}).items():
            self._held[run_id, key].extend(points)
        return {key: self._held[run_id, key].history for key in metrics}

    def trim(self, run_ids: Collection[int], keys: Collection[str]) -> None:
        """Forget what has been off the screen longest, where together it is too much.

        On the screen are these metrics of these runs.
        """
        kept = 0
        for held in reversed(list(self._held)):
            if held[0] not in run_ids or held[1] not in keys:
                kept += len(self._held[held].history)
                if kept > KEPT_POINTS:
                    del self._held[held]
