"""A curve of ten million points: from the store to the picture, zoomed out, zoomed in, and growing."""

from __future__ import annotations

import statistics
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing

from logger.store import locate, runs, series
from logger.store.columns import Points
from logger.store.connection import Reader, open_reader, open_writer, transaction
from logger.store.locate import Store
from tests.benchmarks.measuring import REPEATS, Result, scratch, seconds

_COUNT = 10_000_000
_BLOCK = 8192
_STARTED = 1_790_000_000


def long_curve() -> Iterator[Result]:
    """What the viewer does for such a curve, plotext and numpy being loaded."""
    import numpy as np

    from tui_tracker.model.histories import Histories, Window
    from tui_tracker.plotting.chart import MetricCurve, curves_of
    from tui_tracker.plotting.figure import plot
    from tui_tracker.plotting.spec import View, XAxis

    with scratch() as directory, closing(open_writer(locate.for_writing(directory / ".tracker"))) as database:
        with transaction(database):
            run_id = runs.start(database, "f" * 32, {"name": "r", "started": float(_STARTED)})
            random = np.random.default_rng(0)
            for start in range(0, _COUNT, _BLOCK):
                steps = np.arange(start, min(start + _BLOCK, _COUNT))
                values = np.exp(-steps / 3e6) + random.normal(0, 0.1, len(steps))
                times = _STARTED * 1000 + steps * 20
                series.append(database, run_id, {"loss": _points(steps, times, values)}, {})
                series.compact(database, run_id)
        with closing(open_reader(Store(directory / ".tracker"))) as reader:

            def draw(histories: Histories, window: tuple[float, float] | None = None) -> None:
                close = Window(*window, by_time=False) if window else None
                history = histories.update(reader, run_id, ["loss"], close)["loss"]
                metric = MetricCurve(
                    "r",
                    "r",
                    history.steps,
                    history.times_ms,
                    history.values,
                    float(_STARTED),
                    history.levels,
                    history.blocks,
                )
                curves = curves_of([metric], XAxis.STEP, {})
                plot(View(window=window).chart("loss", 150, 40), curves).drawing()

            def ask(question: Callable[[Reader], Points]) -> Points:
                return question(reader)

            draw(Histories(ask))
            kept = Histories(ask)
            for case, action, target in (
                ("a curve of 10M points, store to picture", lambda: draw(Histories(ask)), "<= 50 ms"),
                ("the same again, nothing new", lambda: draw(kept), ""),
                ("zoomed in to 2% of it", lambda: draw(kept, (4e6, 4.2e6)), "<= 50 ms"),
                ("and out again", lambda: draw(kept), "<= 50 ms"),
            ):
                taken = [seconds(action) * 1000 for _ in range(REPEATS)]
                yield Result(case, statistics.median(taken), "ms", None, target)


def _points(*columns: object) -> Points:
    steps, times, values = (array(code) for code in "qqd")
    for packed, column in zip((steps, times, values), columns, strict=True):
        packed.frombytes(column.tobytes())  # type: ignore[attr-defined]
    return Points(steps, times, values)
