"""`tracker-tui export`: whole runs, or their points, for other programs.

- Runs as JSON: a list of objects in which `params`, `tags` and `metrics` are objects of their own.
- Runs as CSV: one row each; a metric is three columns: its last, least and greatest value.
- Points as JSON: one object per metric of a run, with `steps`, `times` (epoch seconds) and `values` of equal
  length, in order of arrival.
- Points as CSV: one row each.

Both are written run by run, so that the whole of a store need not fit into memory.
"""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from dataclasses import fields as fields_of

from logger.store import artifacts, inputs, runs, search, series
from logger.store.columns import Points
from logger.store.fields import AGGREGATES, ATTRIBUTES, Field, Names
from logger.store.runs import StoredRun
from tui_tracker.text.command import Command, Place
from tui_tracker.text.fields import columns_of, values_of
from tui_tracker.text.forms import csv_line, json_value
from tui_tracker.text.ls import add_selection, selection

# Columns of the store that mean nothing outside it.
_INTERNAL = {"id", "experiment_id", "parent_id", "revision"}
_CSV_AGGREGATES = ("last", "min", "max")
POINT_COLUMNS = ("run", "metric", "step", "time", "value")
# Runs read at a time.
_PAGE = 500


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    with closing(place.reader()) as connection:
        named = [runs.find(connection, text).id for text in arguments.run]
        query, names = selection(connection, arguments, place.now, with_archived=True)
        chosen = search.ids(connection, query)
        if named:
            chosen = [run_id for run_id in named if run_id in set(chosen)]
        as_csv = arguments.form == "csv"
        if arguments.points:
            yield from _points_csv(connection, chosen) if as_csv else _list(_points_json(connection, chosen))
        elif as_csv:
            yield from _runs_csv(connection, chosen, names, place.now)
        else:
            yield from _list(_run_json(connection, run) for run in _each(connection, chosen))


def _each(connection: sqlite3.Connection, run_ids: Sequence[int]) -> Iterator[StoredRun]:
    for start in range(0, len(run_ids), _PAGE):
        for row in search.by_ids(connection, run_ids[start : start + _PAGE]):
            yield row.run


def _list(items: Iterator[dict[str, object]]) -> Iterator[str]:
    """A JSON list, one item a line, written as the items come."""
    before = "["
    for item in items:
        yield before + json.dumps(item, allow_nan=False)
        before = ","
    yield "[]" if before == "[" else "]"


def _run_json(connection: sqlite3.Connection, run: StoredRun) -> dict[str, object]:
    parent = search.by_ids(connection, [run.parent_id]) if run.parent_id is not None else []
    return {
        **{
            key.name: json_value(getattr(run, key.name))
            for key in fields_of(run)
            if key.name not in _INTERNAL
        },
        "parent": parent[0].run.uid if parent else None,
        "params": runs.params(connection, run.id),
        "tags": runs.tags(connection, run.id),
        "metrics": {
            key: {aggregate: json_value(metric.value(aggregate)) for aggregate in AGGREGATES}
            for key, metric in series.metrics(connection, run.id).items()
        },
        "inputs": [asdict(found) for found in inputs.of_run(connection, run.id)],
        "artifacts": [asdict(artifact) for artifact in artifacts.of_run(connection, run.id)],
    }


def _runs_csv(
    connection: sqlite3.Connection, run_ids: Sequence[int], names: Names, now: float
) -> Iterator[str]:
    fields = [
        *(Field("attribute", key) for key in ATTRIBUTES),
        *(Field("param", key) for key in sorted(names.params)),
        *(Field("tag", key) for key in sorted(names.tags)),
        *(Field("metric", key, aggregate) for key in sorted(names.metrics) for aggregate in _CSV_AGGREGATES),
    ]
    yield csv_line([column.key for column in columns_of(fields, now)])
    for start in range(0, len(run_ids), _PAGE):
        for row in search.by_ids(connection, run_ids[start : start + _PAGE], fields):
            yield csv_line(values_of(row, fields, now))


def _histories(
    connection: sqlite3.Connection, run_ids: Sequence[int]
) -> Iterator[tuple[StoredRun, str, Points]]:
    for run in _each(connection, run_ids):
        for key in series.metrics(connection, run.id):
            yield run, key, series.history(connection, run.id, key)


def _points_json(connection: sqlite3.Connection, run_ids: Sequence[int]) -> Iterator[dict[str, object]]:
    for run, key, points in _histories(connection, run_ids):
        yield {"run": run.uid, "metric": key, **points_object(points)}


def points_object(points: Points) -> dict[str, object]:
    """Points as three lists of equal length, ready for JSON."""
    return {
        "steps": points.steps.tolist(),
        "times": [time / 1000 for time in points.times],
        "values": [json_value(value) for value in points.values],
    }


def _points_csv(connection: sqlite3.Connection, run_ids: Sequence[int]) -> Iterator[str]:
    yield csv_line(POINT_COLUMNS)
    for run, key, points in _histories(connection, run_ids):
        for step, time, value in zip(points.steps, points.times, points.values, strict=True):
            yield csv_line((run.uid, key, step, time / 1000, value))


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run", nargs="*", metavar="RUN", help="ids, beginnings of ids, or names; all runs without any"
    )
    parser.add_argument("--filter", metavar="FILTER", help="only runs that match, as in the app's filter bar")
    add_selection(parser)
    parser.add_argument(
        "--points", action="store_true", help="every point of every metric, instead of the runs"
    )
    parser.add_argument("--format", dest="form", choices=("json", "csv"), help="json (the default) or csv")


COMMAND = Command(
    "export",
    "write runs, or every point of them, as JSON or CSV",
    _answer,
    (
        "tracker-tui export --filter 'status = finished' --format csv > runs.csv",
        "tracker-tui export brave-otter-24 --points --format csv > points.csv",
    ),
    _arguments,
    'JSON has no NaN: the strings "NaN", "Infinity" and "-Infinity" stand for what is not finite.',
)
