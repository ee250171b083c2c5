"""From the store to charts: the curves of some runs, one chart a metric, related metrics side by side.

Loads numpy: import it in a thread, after the first frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from logger.store import search, series
from logger.store.connection import Reader
from tui_tracker.model.direction import direction_of
from tui_tracker.model.histories import Histories, Window
from tui_tracker.model.text import clean
from tui_tracker.plotting.chart import ChartData, MetricCurve
from tui_tracker.plotting.spec import View, XAxis

# A metric's name on a chart, a run's at the end of its line: longer ones would leave no room for the curve.
_LONGEST_NAME = 80
_SYSTEM = re.compile(r"^(system|sys|gpu|cpu|mem|memory|disk|net)\b", re.IGNORECASE)


def read_charts(
    reader: Reader,
    histories: Histories,
    run_ids: Sequence[int],
    choose: Callable[[Sequence[str]], Collection[str]],
    view: View | None = None,
    prefix: str = "",
) -> list[ChartData]:
    """One chart for each metric of that prefix that any of the runs logged, curves in the order of the runs.

    `choose` is told the titles of all charts and says which of them are in view: only their points are read, the
    others have no curves. Very long curves come in outline, but whole within the window of `view`.
    """
    keys = (key for key in series.keys(reader, run_ids) if key.startswith(prefix))
    titles = {key: clean(key, _LONGEST_NAME) for key in sorted(keys, key=_rank)}
    chosen = frozenset(choose(list(titles.values())))
    shown = [key for key, title in titles.items() if title in chosen]
    curves: dict[str, list[MetricCurve]] = {key: [] for key in titles}
    histories.share_out(reader, run_ids, shown)
    for row in search.by_ids(reader, run_ids):
        run = row.run
        label = clean(run.name, _LONGEST_NAME)
        for key, history in histories.update(reader, run.id, shown, _window(view, run.started)).items():
            curves[key].append(
                MetricCurve(
                    str(run.id),
                    label,
                    history.steps,
                    history.times_ms,
                    history.values,
                    run.started,
                    history.levels,
                    history.blocks,
                )
            )
    histories.trim(run_ids, shown)
    return [ChartData(title, tuple(curves[key])) for key, title in titles.items()]


def _window(view: View | None, started: float) -> Window | None:
    """What of a run's history is looked at closely."""
    if view is None or view.window is None:
        return None
    low, high = sorted(view.window)
    if view.x_axis is XAxis.STEP:
        return Window(low, high, by_time=False)
    origins = {XAxis.RELATIVE: started, XAxis.WALL: 0.0}
    if view.x_axis not in origins:
        return None
    origin = origins[view.x_axis]
    return Window((origin + low) * 1000, (origin + high) * 1000, by_time=True)


def _rank(key: str) -> tuple[bool, bool, str, str]:
    """Metrics whose names say what is better first, those of the machine last; `train/x` beside `val/x`."""
    _, _, last = key.rpartition("/")
    return _SYSTEM.match(key) is not None, direction_of(key) is None, last, key
