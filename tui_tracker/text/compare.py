"""`tracker-tui compare`: runs side by side, the first of them the baseline."""

from __future__ import annotations

import math
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import closing

from logger.store import runs, series
from logger.store.runs import StoredRun
from tui_tracker.model.direction import best_places, direction_of
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.table import Column, Table, Value


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        found = [runs.find(connection, text) for text in arguments.run]
        if len({run.id for run in found}) < 2:
            raise UsageError("compare needs two different runs")
        return _comparison(connection, found, everything=arguments.all, now=place.now)


def _comparison(
    connection: sqlite3.Connection, found: Sequence[StoredRun], *, everything: bool, now: float
) -> Table:
    labels = _labels(found)
    rows = [
        *_attribute_rows(found, now),
        *_named_rows("param", [runs.params(connection, run.id) for run in found]),
        *_named_rows("tag", [runs.tags(connection, run.id) for run in found]),
        *_metric_rows(connection, found, labels),
    ]
    chosen = tuple(row for row in rows if everything or _differs(row[2 : 2 + len(found)]))
    left_out = len(rows) - len(chosen)
    return Table(
        (
            Column("kind"),
            Column("name"),
            *(Column(label, _cell, right=True) for label in labels),
            *(Column(f"{label} - {labels[0]}", shown.signed, right=True) for label in labels[1:]),
            Column("best", shown.text),
        ),
        chosen,
        remark=f"{left_out} values are the same in all: --all shows them" if left_out else "",
        empty="they do not differ",
    )


def _labels(found: Sequence[StoredRun]) -> list[str]:
    """The runs' names; with the beginning of the id where two share one."""
    names = [run.name for run in found]
    return [
        name if names.count(name) == 1 else f"{name} {run.uid[: shown.SHORT_ID]}"
        for name, run in zip(names, found, strict=True)
    ]


def _cell(value: Value) -> str:
    return shown.number(value) if isinstance(value, float) else shown.text(value)


def _row(
    kind: str, name: str, values: Sequence[Value], deltas: Sequence[Value], best: Value
) -> tuple[Value, ...]:
    return kind, name, *values, *deltas, best


def _attribute_rows(found: Sequence[StoredRun], now: float) -> list[tuple[Value, ...]]:
    nothing = [None] * (len(found) - 1)
    rows: list[tuple[str, list[Value]]] = [
        ("id", [run.uid for run in found]),
        ("experiment", [run.experiment for run in found]),
        ("status", [run.status for run in found]),
        ("git_commit", [run.git_commit or None for run in found]),
        ("note", [run.note or None for run in found]),
    ]
    durations = [round(run.duration(now), 3) for run in found]
    return [
        *(_row("run", name, values, nothing, None) for name, values in rows),
        _row("run", "duration (s)", durations, _deltas(durations), None),
    ]


def _named_rows(kind: str, tables: Sequence[Mapping[str, str]]) -> list[tuple[Value, ...]]:
    nothing = [None] * (len(tables) - 1)
    names = sorted(set().union(*tables))
    return [_row(kind, name, [table.get(name) for table in tables], nothing, None) for name in names]


def _metric_rows(
    connection: sqlite3.Connection, found: Sequence[StoredRun], labels: Sequence[str]
) -> list[tuple[Value, ...]]:
    """The latest value of every metric, its distance from the baseline, and which run has the best."""
    tables = [series.metrics(connection, run.id) for run in found]
    rows = []
    for name in sorted(set().union(*tables)):
        values = [table[name].last if name in table else None for table in tables]
        best = ", ".join(labels[place] for place in best_places(values, direction_of(name)))
        rows.append(_row("metric", name, values, _deltas(values), best or None))
    return rows


def _deltas(values: Sequence[float | None]) -> list[Value]:
    """How far each value but the first is from the first; None where that is no number."""
    baseline = values[0]
    return [
        None if baseline is None or value is None or math.isnan(value - baseline) else value - baseline
        for value in values[1:]
    ]


def _differs(values: Sequence[Value]) -> bool:
    # Two NaN are the same value here, though they do not compare as equal.
    return len({repr(value) for value in values}) > 1


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", nargs="+", metavar="RUN", help="two or more: ids, beginnings of ids, or names")
    parser.add_argument("--all", action="store_true", help="also what is the same in all of them")


COMMAND = Command(
    "compare",
    "show runs side by side, where they differ",
    _answer,
    ("tracker-tui compare brave-otter-24 calm-heron-7", "tracker-tui compare 3f9a 77c1 b0e2 --all --csv"),
    _arguments,
    "The first run is the baseline; the latest value of a metric is compared. Which way a metric is better\n"
    "is told from its name (a loss, an accuracy); where that does not tell, none is marked as best.",
)
