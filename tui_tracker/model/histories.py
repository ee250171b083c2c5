"""The points of the curves on the screen, kept so that only what is new is read.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from logger.store import series
from logger.store.connection import Reader
from logger.store.series import Metric
from tui_tracker.model.growing import Growing, History
from tui_tracker.model.outlined import TAIL_POINTS, Outlined, Window

if TYPE_CHECKING:
    from tui_tracker.model.blocks import Ask

__all__ = ["Histories", "History", "Window"]

# A point takes 24 bytes here, and as many again where it is drawn: with all of these the viewer takes about 100 MB more
# than without any, however much is logged and looked at.
# A longer history is held in outline.
OUTLINE_FROM = 500_000
# The histories on the screen that are held whole have together at most so many points; the longest give way.
WHOLE_POINTS = 1_000_000
# However many there are, so short a one is held whole: its outline would not be shorter by much.
ALWAYS_WHOLE = 4096
# So many points of those in outline are shown whole where they are looked at closely, shared out among them.
CLOSE_POINTS = 500_000
# Histories that are kept although they are not on the screen hold at most so many points.
KEPT_POINTS = 500_000


class Histories:
    """Histories by run and metric. For one thread at a time: use it inside a question to the source."""

    def __init__(self, ask: Ask | None = None) -> None:
        """`ask` is how points of long histories are read while pictures are drawn, where these want to be exact."""
        self._ask = ask
        self._held: OrderedDict[tuple[int, str], Growing | Outlined] = OrderedDict()
        self._longest_whole = OUTLINE_FROM
        self._close_points = CLOSE_POINTS

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def share_out(self, reader: Reader, run_ids: Collection[int], keys: Collection[str]) -> None:
        """Decide, before these metrics of these runs are read, how much of each there is room for."""
        found = series.metrics_of(reader, list(run_ids), keys) if run_ids and keys else {}
        lengths = sorted(metric.n for metrics in found.values() for metric in metrics.values())
        self._longest_whole = _longest_whole(lengths)
        in_outline = sum(length > self._longest_whole for length in lengths)
        self._close_points = CLOSE_POINTS // max(in_outline, 1)

    def update(
        self, reader: Reader, run_id: int, keys: Collection[str], window: Window | None = None
    ) -> dict[str, History]:
        """These metrics of a run by name, those that it logged, read as far as they are new.

        A very long history comes in outline, but whole within `window`.
        """
        metrics = series.metrics_of(reader, [run_id], keys)[run_id] if keys else {}
        held = {key: self._hold(reader, run_id, metric) for key, metric in metrics.items()}
        for key, history in held.items():
            # Far behind, it takes what is missing by its outline: it never needs to be whole.
            if isinstance(history, Outlined) and metrics[key].n - history.known > TAIL_POINTS:
                history.absorb(reader)
        grown = {key: history.known for key, history in held.items() if metrics[key].n > history.known}
        for key, points in (series.read(reader, run_id, grown) if grown else {}).items():
            held[key].extend(points)
        return {
            key: history.show(reader, window, self._close_points)
            if isinstance(history, Outlined)
            else history.history
            for key, history in held.items()
        }

    def _hold(self, reader: Reader, run_id: int, metric: Metric) -> Growing | Outlined:
        """What is held of a metric; an empty history where there is nothing."""
        place = run_id, metric.key
        held = self._held.get(place)
        is_long = metric.n > self._longest_whole
        # Fewer points than before: another database has taken the place of the one they came from.
        if held is None or held.known > metric.n or (is_long and not isinstance(held, Outlined)):
            held = self._held[place] = Outlined(reader, metric.series_id, self._ask) if is_long else Growing()
        self._held.move_to_end(place)
        return held

    def trim(self, run_ids: Collection[int], keys: Collection[str]) -> None:
        """Forget what has been off the screen longest, where together it is too much.

        On the screen are these metrics of these runs.
        """
        kept = 0
        for held in reversed(list(self._held)):
            if held[0] not in run_ids or held[1] not in keys:
                kept += self._held[held].held_points
                if kept > KEPT_POINTS:
                    del self._held[held]


def _longest_whole(lengths: Iterable[int]) -> int:
    """The length up to which histories are held whole, given their lengths in ascending order."""
    together = 0
    for length in lengths:
        together += length
        if together > WHOLE_POINTS:
            return min(max(length - 1, ALWAYS_WHOLE), OUTLINE_FROM)
    return OUTLINE_FROM
