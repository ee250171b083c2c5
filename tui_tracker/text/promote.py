"""`tracker-tui promote`: moves a version of a model to a stage, after showing what that changes."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing

from logger.store import registry
from logger.store.connection import StoreError, writing
from tui_tracker.model.promotion import Comparison, consequences
from tui_tracker.model.registry_view import VersionView, read_version
from tui_tracker.model.text import clean
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.forms import render
from tui_tracker.text.table import Column, Report, Table, Value

_CHANGE_COLUMNS = (
    Column("model"),
    Column("version", shown.version, right=True),
    Column("before"),
    Column("after"),
)


def version_number(text: str) -> int:
    """`3` or `v3`. Raises ValueError, of which argparse makes a sentence."""
    return int(text.removeprefix("v"))


# By this name argparse speaks of it: "invalid version number value".
version_number.__name__ = "version number"


def _answer(arguments: Namespace, place: Place) -> Table:
    stage = registry.stage_name(arguments.stage)
    with closing(place.reader()) as connection:
        view = read_version(connection, place.store, arguments.model, arguments.version)
    chosen = view.version
    planned = registry.planned(view.siblings, chosen.version, stage, archive_existing=arguments.archive)
    if (
        planned
        and arguments.form == "text"
        and not arguments.yes
        and sys.stdin.isatty()
        and sys.stdout.isatty()
    ):
        _ask(view, stage, consequences(planned, view.siblings), place.width)
    with writing(place.store) as connection:
        changes = registry.transition(
            connection,
            chosen.model,
            chosen.version,
            stage,
            archive_existing=arguments.archive,
            reason=arguments.reason,
            expected_stage=chosen.stage,
        )
    return _changes(changes)


def _changes(changes: Sequence[registry.StageChange]) -> Table:
    rows = tuple((change.model, change.version, change.before, change.after) for change in changes)
    return Table(_CHANGE_COLUMNS, rows, empty="nothing to change: it is there already")


def _ask(view: VersionView, stage: str, sentences: Sequence[str], width: int | None) -> None:
    """Show what would become of the versions, and go on only with a yes. Raises StoreError otherwise."""
    lines = [clean(sentence) for sentence in sentences]
    if view.problem and stage in registry.LIVE_STAGES:
        lines.append(f"but {clean(view.problem)}")
    rival = view.rivals.get(stage)
    if rival is not None and rival.comparison is not None:
        holder, candidate = f"v{rival.version.version}", f"v{view.version.version}"
        title = f"{candidate} beside {holder}, which holds {stage} now"
        lines += [
            "",
            render(Report({title: _differences(rival.comparison, holder, candidate)}), "text", width),
        ]
    sys.stderr.write("\n".join([*lines, "", "go on? [y/N] "]))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise StoreError("nothing was changed")


def _differences(comparison: Comparison, holder: str, candidate: str) -> Table:
    columns = (
        Column("name"),
        Column(holder, _value, right=True),
        Column(candidate, _value, right=True),
        Column("delta", shown.signed, right=True),
        Column("verdict", shown.text),
    )
    rows: list[tuple[Value, ...]] = [
        (metric.name, metric.holder, metric.candidate, metric.delta, metric.verdict)
        for metric in comparison.metrics
    ]
    rows += [(param.name, param.holder, param.candidate, None, None) for param in comparison.params]
    return Table(columns, tuple(rows), empty="they do not differ")


def _value(value: Value) -> str:
    return shown.number(value) if isinstance(value, float) else shown.text(value)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("version", metavar="VERSION", type=version_number, help="3 or v3")
    parser.add_argument("stage", metavar="STAGE", help=f"{', '.join(registry.STAGES)}, in any case")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument(
        "--archive-existing",
        dest="archive",
        action="store_true",
        default=True,
        help="move what holds Staging or Production before to Archived (the default)",
    )
    existing.add_argument(
        "--keep-existing",
        dest="archive",
        action="store_false",
        help="leave it there, beside the new one",
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the history")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask; nobody is asked where there is no terminal"
    )


COMMAND = Command(
    "promote",
    "move a version of a model to a stage",
    _answer,
    (
        "tracker-tui promote digits-clf 3 Production --reason 'best val/acc of the sweep'",
        "tracker-tui promote digits-clf v4 staging --keep-existing --yes",
    ),
    _arguments,
    "The version that holds Staging or Production before moves to Archived, as with MLflow's\n"
    "archive_existing_versions=True; --keep-existing leaves it there.\n"
    "On a terminal it shows what changes against the version that holds the stage, and asks.",
)
