"""`tracker-tui compare`: runs side by side, the first of them the baseline. What differs, `model.comparison` says."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing

from logger.store import runs
from logger.store.fields import Field
from logger.store.runs import StoredRun
from tui_tracker.model.comparison import ComparisonRow, compare, read_subjects
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.table import Column, Table, Value

_DURATION = Field("attribute", "duration")


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        found = [runs.find(connection, text) for text in arguments.run]
        if len({run.id for run in found}) < 2:
            raise UsageError("compare needs two different runs")
        subjects = read_subjects(connection, [run.id for run in found])
    rows = compare(subjects, place.now)
    return _table([subject.run for subject in subjects], rows, everything=arguments.all)


def _table(compared: Sequence[StoredRun], rows: Sequence[ComparisonRow], *, everything: bool) -> Table:
    labels = _labels(compared)
    chosen = [row for row in rows if everything or row.differs]
    left_out = len(rows) - len(chosen)
    return Table(
        (
            Column("kind"),
            Column("name"),
            *(Column(label, _cell, right=True) for label in labels),
            *(Column(f"{label} - {labels[0]}", shown.signed, right=True) for label in labels[1:]),
            Column("best", shown.text),
        ),
        (
            ("run", "id", *(run.uid for run in compared), *(None for _ in labels)),
            *(_row(row, labels) for row in chosen),
        ),
        remark=f"{left_out} values are the same in all: --all shows them" if left_out else "",
    )


def _row(row: ComparisonRow, labels: Sequence[str]) -> tuple[Value, ...]:
    deltas = row.deltas[1:] or (None,) * (len(labels) - 1)
    best = ", ".join(labels[place] for place in row.best)
    return (
        "run" if row.field.kind == "attribute" else row.field.kind,
        _name(row),
        *row.values,
        *deltas,
        best or None,
    )


def _name(row: ComparisonRow) -> str:
    return "duration (s)" if row.field == _DURATION else row.field.key


def _labels(found: Sequence[StoredRun]) -> list[str]:
    """The runs' names; with the beginning of the id where two share one."""
    names = [run.name for run in found]
    return [
        name if names.count(name) == 1 else f"{name} {run.uid[: shown.SHORT_ID]}"
        for name, run in zip(names, found, strict=True)
    ]


def _cell(value: Value) -> str:
    return shown.number(value) if isinstance(value, float) else shown.text(value)


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
