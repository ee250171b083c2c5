"""A metric's history in a table cell: bars, each the mean of an equal part of the points in their order.

The height is between the run's own least and greatest bar. Loads numpy: for a thread, after the first frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from logger.store import series
from logger.store.connection import Reader
from logger.store.search import Row
from tui_tracker.model.columns import TREND_WIDTH
from tui_tracker.model.terminal import has_unicode

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.,-=+*#"
# A longer history is drawn from the ranges of its chunks, which tell enough of a dozen bars.
_MOST_POINTS = 200_000
_MOST_KEPT = 4000

TrendKey = tuple[int, str]


@dataclass(frozen=True)
class Wish:
    """A trend that is on the screen and not known, or no longer."""

    run_id: int
    key: str
    version: object
    """what changes when the history does"""


class Trends:
    """The trends of the rows that were seen, by run and metric."""

    def __init__(self) -> None:
        self._known: OrderedDict[TrendKey, tuple[object, str]] = OrderedDict()

    @property
    def texts(self) -> dict[TrendKey, str]:
        return {key: text for key, (_, text) in self._known.items()}

    def wishes(self, rows: Iterable[Row], keys: Sequence[str]) -> list[Wish]:
        """What is to be read for these rows to show these metrics."""
        wanted = []
        for row in rows:
            # A run that has ended is edited, but its points stay as they are.
            version = row.run.revision if row.run.is_running else row.run.ended
            for key in keys:
                known = self._known.get((row.run.id, key))
                if known is None or known[0] != version:
                    wanted.append(Wish(row.run.id, key, version))
        return wanted

    def put(self, found: Iterable[tuple[Wish, str]]) -> None:
        for wish, text in found:
            self._known[wish.run_id, wish.key] = wish.version, text
            self._known.move_to_end((wish.run_id, wish.key))
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)


def read_trends(reader: Reader, wishes: Sequence[Wish]) -> list[tuple[Wish, str]]:
    bars = BARS if has_unicode() else ASCII_BARS
    return [(wish, bars_of(_values(reader, wish), bars)) for wish in wishes]


def _values(reader: Reader, wish: Wish) -> Any:
    """The values of a history in their order, or of a long one, the middle of each of its chunks."""
    import numpy as np

    metric = series.metrics_of(reader, [wish.run_id], [wish.key])[wish.run_id].get(wish.key)
    if metric is None:
        return np.empty(0)
    if metric.n > _MOST_POINTS:
        return np.array(series.chunk_middles(reader, metric.series_id), dtype=float)
    return np.array(series.history(reader, wish.run_id, wish.key).values, dtype=float)


def bars_of(values: Any, bars: str = BARS, width: int = TREND_WIDTH) -> str:
    """Values as at most `width` bars; what is not finite is left out, and a part of only such has a gap."""
    import numpy as np

    if not len(values):
        return ""
    parts = np.array_split(np.asarray(values, dtype=float), min(width, len(values)))
    with np.errstate(all="ignore"):
        heights = [
            float(part[np.isfinite(part)].mean()) if np.isfinite(part).any() else np.nan for part in parts
        ]
    finite = [height for height in heights if np.isfinite(height)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    top = len(bars) - 1

    def bar(height: float) -> str:
        if not np.isfinite(height):
            return " "
        # Halves first: the distance between the two ends of the number range is not a number.
        span = high / 2 - low / 2
        return bars[top // 2 if span <= 0 else round((height / 2 - low / 2) / span * top)]

    return "".join(map(bar, heights))
