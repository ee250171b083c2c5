"""`tracker-tui curves`: the metrics of runs as pictures made of characters, or as numbers."""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

from logger.store import runs, series
from logger.store.columns import Points
from logger.store.connection import StoreError
from logger.store.runs import StoredRun
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.export import POINT_COLUMNS, points_object
from tui_tracker.text.forms import csv_line
from tui_tracker.text.show import add_run

_WIDTH = 80
_HEIGHT = 14
_AXES = ("step", "time", "wall")


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    if arguments.form not in ("json", "csv"):
        yield from _draw(arguments, place)
        return
    with closing(place.reader()) as connection:
        found, keys = _asked(connection, arguments)
        points = {run.uid: _points(connection, run, keys) for run in found}
    if arguments.form == "json":
        objects = {uid: {key: points_object(own) for key, own in by.items()} for uid, by in points.items()}
        yield json.dumps(objects[found[0].uid] if len(found) == 1 else objects, allow_nan=False)
        return
    yield csv_line(POINT_COLUMNS)
    for uid, by_key in points.items():
        for key, own in by_key.items():
            for step, time, value in zip(own.steps, own.times, own.values, strict=True):
                yield csv_line((uid, key, step, time / 1000, value))


def _draw(arguments: Namespace, place: Place) -> Iterator[str]:
    from tui_tracker.text import curve_pictures

    view = curve_pictures.view_of(arguments)
    with closing(place.reader()) as connection:
        found, keys = _asked(connection, arguments)
        if arguments.x not in _AXES:
            keys = [*keys, *_known(connection, found, [arguments.x])]
        groups = curve_pictures.groups_of(connection, found, arguments.group)
        points = [(run, _points(connection, run, keys)) for run in found]
    histories = {key: [(run, own[key]) for run, own in points if key in own] for key in keys}
    width = arguments.width or place.width or _WIDTH
    yield from curve_pictures.pictures(histories, groups, view, arguments, width)


def _points(connection: sqlite3.Connection, run: StoredRun, keys: Sequence[str]) -> dict[str, Points]:
    """The points of those of the metrics that the run has."""
    known = series.metrics(connection, run.id)
    return {key: series.history(connection, run.id, key) for key in keys if key in known}


def _asked(connection: sqlite3.Connection, arguments: Namespace) -> tuple[list[StoredRun], list[str]]:
    """The runs, and the metrics to show of them: those that were named, all without any.

    A word that names a metric of the first run is one; of the others, those before the first metric name runs.
    """
    found = [runs.find(connection, arguments.run)]
    metrics = series.metrics(connection, found[0].id)
    words = list(arguments.metric)
    while words and words[0] not in metrics:
        run = None
        with suppress(StoreError):
            run = runs.find(connection, words[0])
        if run is None:
            break
        found += [run] if run not in found else []
        del words[0]
    return found, list(dict.fromkeys(_known(connection, found, words)))


def _known(connection: sqlite3.Connection, found: Sequence[StoredRun], wanted: Sequence[str]) -> list[str]:
    """The metrics that are wanted, all without any. Raises NotFound for one that none of the runs has."""
    known = dict.fromkeys(key for run in found for key in series.metrics(connection, run.id))
    which = f"the run {found[0].name!r} has" if len(found) == 1 else "these runs have"
    for key in wanted:
        if key not in known:
            raise NotFound(f"{which} no metric {key!r}; there is: {', '.join(known) or 'none'}")
    if not known:
        raise NotFound(f"{which} not logged any metric")
    return list(wanted) or list(known)


def _arguments(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "metric", nargs="*", metavar="RUN|METRIC", help="more runs, then metrics; all of them without any"
    )
    looks = parser.add_argument_group("how they are drawn")
    looks.add_argument(
        "--x",
        default="step",
        metavar="AXIS",
        help="what runs along the x axis: step, time, wall, or a metric",
    )
    looks.add_argument("--log-x", action="store_true", help="a logarithmic x axis")
    looks.add_argument("--log-y", action="store_true", help="a logarithmic y axis")
    looks.add_argument(
        "--x-range", metavar="LOW..HIGH", help="the part of the x axis to show: 100..2000, 1h.., ..500"
    )
    looks.add_argument("--y-range", metavar="LOW..HIGH", help="the part of the y axis to show")
    looks.add_argument("--clip", action="store_true", help="leave outliers out of the y axis")
    looks.add_argument("--smooth", type=float, default=0.0, metavar="S", help="from 0 (as logged) to below 1")
    looks.add_argument("--at", metavar="X", help="say the value of every run at this place")
    looks.add_argument("--together", action="store_true", help="train and val of one metric in one picture")
    looks.add_argument(
        "--group",
        metavar="PARAM",
        help="one line for the runs that share a param's value, with a band; `seeds`: all params but the seed",
    )
    looks.add_argument(
        "--spread", choices=("std", "min-max"), default="std", help="what the bands show (default std)"
    )
    looks.add_argument(
        "--ascii", action="store_true", help="draw with ASCII characters only, as in the locale C"
    )
    looks.add_argument("--width", type=int, metavar="CELLS", help=f"the terminal's, else {_WIDTH}")
    looks.add_argument(
        "--height", type=int, metavar="CELLS", default=_HEIGHT, help=f"of each picture (default {_HEIGHT})"
    )


COMMAND = Command(
    "curves",
    "draw the metrics of runs in characters",
    _answer,
    (
        "tracker-tui curves brave-otter-24 val/loss val/acc",
        "tracker-tui curves brave-otter-24 calm-heron-9 val/loss --smooth 0.9 --log-y",
        "tracker-tui curves 3f9a loss --x time --x-range 10m..2h --at 1h",
        "tracker-tui curves run-1 run-2 run-3 val/acc --group seeds --spread min-max",
        "tracker-tui curves 3f9a --csv > points.csv",
    ),
    _arguments,
    "With --json or --csv: the points themselves.",
)
