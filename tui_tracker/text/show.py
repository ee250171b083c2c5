"""`tracker-tui show`: everything about one run that is not a curve."""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import artifacts, inputs, runs, search, series
from logger.store.runs import StoredRun
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Column, Entry, Record, Report, Table

_METRIC_COLUMNS = (
    Column("metric"),
    Column("last", shown.number, right=True),
    Column("step", shown.number, right=True),
    Column("min", shown.number, right=True),
    Column("min_step", shown.number, right=True),
    Column("max", shown.number, right=True),
    Column("max_step", shown.number, right=True),
    Column("points", shown.number, right=True),
    Column("nans", shown.number, right=True),
)
_INPUT_COLUMNS = (
    Column("name"),
    Column("context"),
    Column("size", shown.size, right=True),
    Column("files", shown.number, right=True),
    Column("sha256", shown.short_id),
    Column("path"),
)
_ARTIFACT_COLUMNS = (
    Column("path"),
    Column("size", shown.size, right=True),
    Column("kind"),
    Column("step", shown.number, right=True),
    Column("state"),
    Column("created", shown.moment),
    Column("sha256", shown.short_id),
)


def _answer(arguments: Namespace, place: Place) -> Report:
    with closing(place.reader()) as connection:
        run = runs.find(connection, arguments.run)
        return Report(
            {
                "run": _overview(connection, run, place.now),
                "params": _named(runs.params(connection, run.id)),
                "tags": _named(runs.tags(connection, run.id)),
                "metrics": _metrics(connection, run),
                "inputs": _inputs(connection, run),
                "artifacts": _artifacts(connection, run),
            }
        )


def _overview(connection: sqlite3.Connection, run: StoredRun, now: float) -> Record:
    parent = search.by_ids(connection, [run.parent_id]) if run.parent_id is not None else []
    return Record(
        (
            Entry("id", run.uid),
            Entry("name", run.name, shown.text),
            Entry("experiment", run.experiment, shown.text),
            Entry("status", run.status, shown.status),
            Entry("started", run.started, shown.moment),
            Entry("ended", run.ended, shown.moment),
            Entry("duration", run.duration(now), shown.duration),
            Entry("host", run.host, shown.text),
            Entry("pid", run.pid, shown.text),
            Entry("user", run.user, shown.text),
            Entry("source", run.source, shown.text),
            Entry("git_commit", run.git_commit, shown.text),
            Entry("git_dirty", run.git_dirty, shown.text),
            Entry("parent", parent[0].run.uid if parent else None, shown.text),
            Entry("total_steps", run.total_steps, shown.text),
            Entry("deleted", run.deleted, shown.moment),
            Entry("note", run.note, shown.text),
        )
    )


def _named(values: dict[str, str]) -> Record:
    return Record(tuple(Entry(key, value) for key, value in values.items()))


def _metrics(connection: sqlite3.Connection, run: StoredRun) -> Table:
    found = series.metrics(connection, run.id).values()
    return Table(
        _METRIC_COLUMNS,
        tuple((m.key, m.last, m.last_step, m.min, m.min_step, m.max, m.max_step, m.n, m.nans) for m in found),
    )


def _inputs(connection: sqlite3.Connection, run: StoredRun) -> Table:
    found = inputs.of_run(connection, run.id)
    return Table(_INPUT_COLUMNS, tuple((i.name, i.context, i.size, i.files, i.sha256, i.path) for i in found))


def _artifacts(connection: sqlite3.Connection, run: StoredRun) -> Table:
    found = artifacts.of_run(connection, run.id)
    return Table(
        _ARTIFACT_COLUMNS,
        tuple((a.path, a.size, a.kind, a.step, a.state, a.created, a.sha256) for a in found),
    )


def add_run(parser: ArgumentParser) -> None:
    """The argument that names one run."""
    parser.add_argument(
        "run", metavar="RUN", help="its id, the beginning of its id, or its name (the newest of that name)"
    )


COMMAND = Command(
    "show",
    "show one run: overview, params, tags, metrics, data, artifacts",
    _answer,
    ("tracker-tui show brave-otter-24", "tracker-tui show 3f9a --json | jq .metrics"),
    add_run,
)
