"""A metric's history in a table cell: bars, each the mean of an equal part of the points in their order.

The height is between the run's own least and greatest bar.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logger.store import chunks, series
from logger.store.connection import Reader
from logger.store.search import Row
from tui_tracker.model.columns import TREND_WIDTH
from tui_tracker.model.sparkline import ASCII_BARS, BARS, sparkline
from tui_tracker.model.terminal import has_unicode

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
    return [(wish, sparkline(_values(reader, wish), TREND_WIDTH, bars)) for wish in wishes]


def _values(reader: Reader, wish: Wish) -> Sequence[float]:
    """The values of a history in their order, or of a long one, the middle of each of its chunks."""
    metric = series.metrics_of(reader, [wish.run_id], [wish.key])[wish.run_id].get(wish.key)
    if metric is None:
        return ()
    if metric.n > _MOST_POINTS:
        return chunks.middles(reader, metric.series_id)
    return series.history(reader, wish.run_id, wish.key).values
