"""`tracker-tui curves`: the metrics of a run as pictures made of characters, or as numbers."""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing

from logger.store import runs, series
from logger.store.columns import Points
from logger.store.runs import StoredRun
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.text import clean
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.export import POINT_COLUMNS, points_object
from tui_tracker.text.forms import csv_line
from tui_tracker.text.show import add_run

_WIDTH = 80
_HEIGHT = 14


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    with closing(place.reader()) as connection:
        run = runs.find(connection, arguments.run)
        keys = _keys(connection, run, arguments.metric)
        histories = {key: series.history(connection, run.id, key) for key in keys}
    if arguments.form == "json":
        yield json.dumps({key: points_object(points) for key, points in histories.items()}, allow_nan=False)
    elif arguments.form == "csv":
        yield csv_line(POINT_COLUMNS)
        for key, points in histories.items():
            for step, time, value in zip(points.steps, points.times, points.values, strict=True):
                yield csv_line((run.uid, key, step, time / 1000, value))
    else:
        width = arguments.width or place.width or _WIDTH
        for key, points in histories.items():
            yield _picture(run, key, points, arguments, width)


def _keys(connection: sqlite3.Connection, run: StoredRun, wanted: list[str]) -> list[str]:
    """The metrics to show: those wanted, all without any."""
    known = series.metrics(connection, run.id)
    for key in wanted:
        if key not in known:
            raise NotFound(
                f"the run {run.name!r} has no metric {key!r}; it has: {', '.join(known) or 'none'}"
            )
    if not known:
        raise NotFound(f"the run {run.name!r} has not logged any metric")
    return wanted or list(known)


def _picture(run: StoredRun, key: str, points: Points, arguments: Namespace, width: int) -> str:
    # numpy and plotext take 100-200 ms to import.
    import numpy as np

    from tui_tracker.plotting.chart import MetricCurve, curves_of
    from tui_tracker.plotting.figure import draw
    from tui_tracker.plotting.spec import ChartSpec, XAxis

    curve = MetricCurve(
        run.uid,
        clean(run.name),
        np.array(points.steps, dtype=np.int64),
        np.array(points.times, dtype=np.int64),
        np.array(points.values, dtype=np.float64),
        run.started,
    )
    axis = {"step": XAxis.STEP, "time": XAxis.RELATIVE, "wall": XAxis.WALL}[arguments.x]
    spec = ChartSpec(
        title=clean(key),
        width=width,
        height=arguments.height,
        x_axis=axis,
        log_y=arguments.log_y,
        smoothing=arguments.smooth,
        labels=False,
        ascii_only=arguments.ascii or not has_unicode(),
    )
    lines = draw(spec, curves_of([curve], axis, {run.uid: 0})).text().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _arguments(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("metric", nargs="*", metavar="METRIC", help="all of them without any")
    parser.add_argument(
        "--x", choices=("step", "time", "wall"), default="step", help="what runs along the x axis"
    )
    parser.add_argument("--log-y", action="store_true", help="a logarithmic y axis")
    parser.add_argument(
        "--smooth", type=float, default=0.0, metavar="S", help="from 0 (as logged) to below 1"
    )
    parser.add_argument(
        "--ascii", action="store_true", help="draw with ASCII characters only, as in the locale C"
    )
    parser.add_argument("--width", type=int, metavar="CELLS", help=f"the terminal's, else {_WIDTH}")
    parser.add_argument(
        "--height", type=int, metavar="CELLS", default=_HEIGHT, help=f"of each picture (default {_HEIGHT})"
    )


COMMAND = Command(
    "curves",
    "draw the metrics of a run in characters",
    _answer,
    (
        "tracker-tui curves brave-otter-24 val/loss val/acc",
        "tracker-tui curves 3f9a train/loss --smooth 0.9 --log-y",
        "tracker-tui curves 3f9a --csv > points.csv",
    ),
    _arguments,
    "With --json or --csv: the points themselves.",
)
