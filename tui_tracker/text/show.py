"""`tracker-tui show`: everything about one run that is not a curve, and how it ended where it did not finish."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from contextlib import closing

from logger.store import runs
from logger.store.connection import Reader
from logger.store.runs import StoredRun
from logger.store.series import Metric
from tui_tracker.model.console_text import plain_text
from tui_tracker.model.ending import Ending
from tui_tracker.model.run_sheet import RunSheet, read_sheet
from tui_tracker.text import shown
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.table import Column, Entry, Record, Report, Table

STREAMS = ("stdout", "stderr")
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
ARTIFACT_COLUMNS = (
    Column("path"),
    Column("size", shown.size, right=True),
    Column("kind"),
    Column("step", shown.number, right=True),
    Column("state"),
    Column("created", shown.moment),
    Column("sha256", shown.short_id),
)
_CHILD_COLUMNS = (
    Column("id", shown.short_id),
    Column("name", shown.text),
    Column("status", shown.status),
    Column("started", shown.moment),
)
_VERSION_COLUMNS = (Column("model"), Column("version", shown.version), Column("stage"), Column("path"))
_ALERT_COLUMNS = (Column("time", shown.moment), Column("level"), Column("title"), Column("text"))


def _answer(arguments: Namespace, place: Place) -> Report:
    with closing(place.reader()) as connection:
        run = runs.find(connection, arguments.run)
        sheet = _sheet(connection, place, run)
    ending = {} if sheet.ending is None else _ending(sheet.ending)
    parts: dict[str, Table | Record] = {
        "run": _overview(sheet, place.now),
        **ending,
        "params": _named(sheet.params),
        "tags": _named(sheet.tags),
        "metrics": _metrics(sheet.metrics.values()),
        "inputs": _inputs(sheet),
        "artifacts": _artifacts(sheet),
        "children": _children(sheet),
        "versions": _versions(sheet),
        "alerts": _alerts(sheet),
    }
    return Report(parts)


def _sheet(connection: Reader, place: Place, run: StoredRun) -> RunSheet:
    sheet = read_sheet(connection, place.store, run.id)
    if sheet is None:
        raise NotFound(f"the run {run.name} is no longer in the store")
    return sheet


def _overview(sheet: RunSheet, now: float) -> Record:
    run = sheet.run
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
            Entry("parent", sheet.parent.uid if sheet.parent else None, shown.text),
            Entry("total_steps", run.total_steps, shown.text),
            Entry("deleted", run.deleted, shown.moment),
            Entry("note", run.note, shown.text),
        )
    )


def _ending(ending: Ending) -> dict[str, Table | Record]:
    """Why it ended, and what it printed last; JSON has the times."""
    reasons = Entry("why", "; ".join(ending.reasons))
    load = [Entry(name, value) for name, value in ending.load]
    when = [Entry("measured", ending.load_time, shown.moment)] if load else []
    output = tuple(
        (line.time_ms / 1000 if line.time_ms else None, STREAMS[line.stream], plain_text(line.text))
        for line in ending.output
    )
    columns = (Column("time", shown.clock_time), Column("stream"), Column("text"))
    return {
        "ending": Record((reasons, *when, *load)),
        "last_output": Table(columns, output),
    }


def _named(values: Mapping[str, str]) -> Record:
    return Record(tuple(Entry(key, value) for key, value in values.items()))


def _metrics(metrics: Iterable[Metric]) -> Table:
    return Table(
        _METRIC_COLUMNS,
        tuple(
            (m.key, m.last, m.last_step, m.min, m.min_step, m.max, m.max_step, m.n, m.nans) for m in metrics
        ),
    )


def _inputs(sheet: RunSheet) -> Table:
    return Table(
        _INPUT_COLUMNS,
        tuple((i.name, i.context, i.size, i.files, i.sha256, i.path) for i in sheet.inputs),
    )


def _artifacts(sheet: RunSheet) -> Table:
    return Table(
        ARTIFACT_COLUMNS,
        tuple((a.path, a.size, a.kind, a.step, a.state, a.created, a.sha256) for a in sheet.artifacts),
    )


def _children(sheet: RunSheet) -> Table:
    return Table(
        _CHILD_COLUMNS, tuple((run.uid, run.name, run.status, run.started) for run in sheet.children)
    )


def _versions(sheet: RunSheet) -> Table:
    return Table(_VERSION_COLUMNS, tuple((v.model, v.version, v.stage, v.path) for v in sheet.versions))


def _alerts(sheet: RunSheet) -> Table:
    return Table(_ALERT_COLUMNS, tuple((a.time, a.level, a.title, a.text) for a in sheet.alerts))


def add_run(parser: ArgumentParser) -> None:
    """The argument that names one run."""
    parser.add_argument(
        "run", metavar="RUN", help="its id, the beginning of its id, or its name (the newest of that name)"
    )


COMMAND = Command(
    "show",
    "show one run: overview, how it ended, params, tags, metrics, data, artifacts, children",
    _answer,
    ("tracker-tui show brave-otter-24", "tracker-tui show 3f9a --json | jq .metrics"),
    add_run,
)
