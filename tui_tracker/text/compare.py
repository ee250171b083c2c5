"""`tracker-tui compare`: runs side by side, one of them the baseline. What differs, `model.comparison` says."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing

from logger.store import runs
from logger.store.fields import Field
from logger.store.runs import StoredRun
from tui_tracker.model.comparison import ComparisonRow, Section, Subject, compare, read_subjects
from tui_tracker.model.comparison_code import code_rows, read_codes
from tui_tracker.model.comparison_sheet import Change, comparison_sheet, percent_text, run_labels
from tui_tracker.model.sheet import FORMS
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.table import Column, Table, Value

_DURATION = Field("attribute", "duration")
_KINDS: dict[Section, str] = {"params": "param", "tags": "tag", "metrics": "metric", "packages": "package"}


def _answer(arguments: Namespace, place: Place) -> Table | Iterator[str]:
    with closing(place.reader()) as connection:
        found = [runs.find(connection, text) for text in arguments.run]
        if len({run.id for run in found}) < 2:
            raise UsageError("compare needs two different runs")
        base = found[0] if arguments.baseline is None else runs.find(connection, arguments.baseline)
        run_ids = list(dict.fromkeys([run.id for run in found] + [base.id]))
        subjects = read_subjects(connection, run_ids)
        codes = read_codes(connection, place.store, subjects)
    baseline = [subject.run.id for subject in subjects].index(base.id)
    rows = (*compare(subjects, place.now, baseline=baseline), *code_rows(subjects, codes))
    chosen = [row for row in rows if arguments.all or row.differs]
    if arguments.as_sheet is not None:
        change: Change = "percent" if arguments.percent else "difference"
        return iter(FORMS[arguments.as_sheet](comparison_sheet(subjects, chosen, change)).splitlines())
    return _table(subjects, chosen, baseline, len(rows) - len(chosen), in_percent=arguments.percent)


def _table(
    subjects: Sequence[Subject],
    rows: Sequence[ComparisonRow],
    baseline: int,
    left_out: int,
    *,
    in_percent: bool,
) -> Table:
    compared: list[StoredRun] = [subject.run for subject in subjects]
    labels = run_labels(compared)
    others = [place for place in range(len(labels)) if place != baseline]
    return Table(
        (
            Column("kind"),
            Column("name"),
            *(Column(label, _cell, right=True) for label in labels),
            *(
                Column(
                    f"{labels[place]} - {labels[baseline]}{' (%)' if in_percent else ''}",
                    _percent if in_percent else shown.signed,
                    right=True,
                )
                for place in others
            ),
            Column("best", shown.text),
        ),
        (
            ("run", "id", *(run.uid for run in compared), *(None for _ in labels)),
            *(_row(row, labels, others, in_percent=in_percent) for row in rows),
        ),
        remark=f"{left_out} values are the same in all: --all shows them" if left_out else "",
    )


def _row(
    row: ComparisonRow, labels: Sequence[str], others: Sequence[int], *, in_percent: bool
) -> tuple[Value, ...]:
    changes = [
        None if not row.deltas else row.percent(place) if in_percent else row.deltas[place]
        for place in others
    ]
    best = ", ".join(labels[place] for place in row.best)
    return (_KINDS.get(row.section, row.section), _name(row), *row.values, *changes, best or None)


def _name(row: ComparisonRow) -> str:
    if row.field is None:
        return row.label
    return "duration (s)" if row.field == _DURATION else row.field.key


def _cell(value: Value) -> str:
    return shown.number(value) if isinstance(value, float) else shown.text(value)


def _percent(value: Value) -> str:
    return percent_text(value) if isinstance(value, float) else shown.text(value)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", nargs="+", metavar="RUN", help="two or more: ids, beginnings of ids, or names")
    parser.add_argument("--all", action="store_true", help="also what is the same in all of them")
    parser.add_argument(
        "--baseline", metavar="RUN", help="the run that the others are compared with (default: the first)"
    )
    parser.add_argument("--percent", action="store_true", help="changes in percent of the baseline's value")
    forms = parser.add_mutually_exclusive_group()
    parser.set_defaults(as_sheet=None)
    for option, form in (("markdown", "Markdown"), ("latex", "LaTeX"), ("tsv", "TSV")):
        forms.add_argument(
            f"--{option}", dest="as_sheet", action="store_const", const=form, help=f"a table in {form}"
        )


COMMAND = Command(
    "compare",
    "show runs side by side, where they differ",
    _answer,
    (
        "tracker-tui compare brave-otter-24 calm-heron-7",
        "tracker-tui compare 3f9a 77c1 b0e2 --all --csv",
        "tracker-tui compare 3f9a 77c1 b0e2 --baseline 77c1 --percent",
        "tracker-tui compare 3f9a 77c1 --markdown > difference.md",
    ),
    _arguments,
    "The first run is the baseline unless another is named; the latest value of a metric is compared. Which way\n"
    "a metric is better is told from its name (a loss, an accuracy); where that does not tell, none is marked\n"
    "as best. Of runs that kept their code: command, commit, interpreter and packages too.",
)
