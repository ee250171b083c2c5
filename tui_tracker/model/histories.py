"""The points of the curves on the screen, kept so that only what is new is read.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logger.store import series
from logger.store.columns import Points
from logger.store.connection import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Runs whose points are kept although they are not on the screen hold at most so many, 24 bytes each.
KEPT_POINTS = 1_000_000


@dataclass(frozen=True, eq=False)
class History:
    """All points of one metric of one run in order of arrival: three arrays of equal length."""

    steps: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    def extended(self, points: Points) -> History:
        """This history with more points behind it; itself if there are none."""
        if not len(points):
            return self
        return History(
            np.concatenate((self.steps, np.frombuffer(points.steps, dtype=np.int64))),
            np.concatenate((self.times_ms, np.frombuffer(points.times, dtype=np.int64))),
            np.concatenate((self.values, np.frombuffer(points.values, dtype=np.float64))),
        )


_EMPTY = History(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


class Histories:
    """Histories by run and metric. For one thread at a time: use it inside a question to the source."""

    def __init__(self) -> None:
        self._runs: OrderedDict[int, dict[str, History]] = OrderedDict()

    def update(self, reader: Reader, run_id: int) -> dict[str, History]:
        """All metrics of a run by name, read as far as they are new."""
        known = self._runs.get(run_id, {})
        metrics = series.metrics(reader, run_id)
        if any(len(history) > metrics[key].n for key, history in known.items() if key in metrics):
            # Fewer points than before: another database has taken the place of the one they came from.
            known = {}
        seen = {key: len(known.get(key, _EMPTY)) for key in metrics}
        grown = {key: count for key, count in seen.items() if metrics[key].n > count}
        fresh = series.read(reader, run_id, grown) if grown else {}
        histories = {key: known.get(key, _EMPTY).extended(fresh.get(key, Points())) for key in metrics}
        self._runs[run_id] = histories
        self._runs.move_to_end(run_id)
        return histories

    def trim(self, shown: frozenset[int]) -> None:
        """Forget the runs that have been off the screen longest, where together they hold too much."""
        kept = 0
        for run_id in reversed(list(self._runs)):
            if run_id not in shown:
                kept += sum(map(len, self._runs[run_id].values()))
                if kept > KEPT_POINTS:
                    del self._runs[run_id]
