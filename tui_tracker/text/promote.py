"""`tracker-tui promote`: moves a version of a model to a stage, after showing what that changes."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing

from logger.store import registry
from tui_tracker.model.promotion import Comparison, consequences
from tui_tracker.model.registry_view import VersionView, read_version
from tui_tracker.model.text import clean
from tui_tracker.text import shown
from tui_tracker.text.asking import add_yes, confirm
from tui_tracker.text.command import Command, Place
from tui_tracker.text.forms import render
from tui_tracker.text.table import Column, Record, Report, Table, Value
from tui_tracker.text.version_argument import VERSION_HELP, chosen_version

_CHANGE_COLUMNS = (
    Column("model"),
    Column("version", shown.version, right=True),
    Column("before"),
    Column("after"),
)


def _answer(arguments: Namespace, place: Place) -> Report | Table:
    stage = registry.stage_name(arguments.stage)
    with closing(place.reader()) as connection:
        chosen = chosen_version(connection, arguments)
        view = read_version(connection, place.store, chosen.model, chosen.version)
        holder = registry.holder(connection, chosen.model, stage)
        outcomes = registry.check(connection, chosen.model, chosen.version, stage)
    planned = registry.planned(view.siblings, chosen.version, stage, archive_existing=arguments.archive)
    refused = any(not outcome.passed for outcome in outcomes) and not arguments.override.strip()
    # What a gate refuses need not be asked about: the promotion says so.
    if planned and not (refused and chosen.stage != stage):
        confirm(arguments, _told(view, stage, consequences(planned, view.siblings), outcomes, place.width))
    done = registry.promote(
        place.store,
        chosen.model,
        chosen.version,
        stage,
        archive_existing=arguments.archive,
        reason=arguments.reason,
        override=arguments.override,
        expected_stage=chosen.stage,
        expected_holder=holder.version if holder else registry.NO_HOLDER,
    )
    return promotion_report(done, arguments.form)


def promotion_report(done: registry.Promotion, form: str) -> Report | Table:
    """What a promotion did; for people with the outcomes of its gates and commands, for programs in one shape always.

    A command that failed is told on standard error too.
    """
    rows = tuple((change.model, change.version, change.before, change.after) for change in done.changes)
    changes = Table(_CHANGE_COLUMNS, rows, empty="nothing to change: it is there already")
    for hook in done.hooks:
        if not hook.succeeded:
            sys.stderr.write(f"tracker-tui: the promotion is done, but {clean(hook.line)}\n")
    if form != "text":
        return changes
    parts: dict[str, Table | Record] = {"changes": changes}
    if done.gates:
        parts["gates"] = Table(
            (Column("passed", lambda passed: "✓" if passed else "✗"), Column("rule"), Column("found")),
            tuple((outcome.passed, outcome.rule, outcome.found) for outcome in done.gates),
        )
    if done.hooks:
        parts["after"] = Table(
            (
                Column("command"),
                Column("status", shown.text, right=True),
                Column("problem", shown.text),
                Column("seconds", shown.number, right=True),
                Column("output"),
            ),
            tuple(
                (shown.command(hook.command), hook.status, hook.problem, hook.seconds, hook.output)
                for hook in done.hooks
            ),
        )
    return Report(parts) if len(parts) > 1 else changes


def _told(
    view: VersionView,
    stage: str,
    sentences: Sequence[str],
    outcomes: Sequence[registry.GateOutcome],
    width: int | None,
) -> list[str]:
    """What would become of the versions, what the gates say, and how the version differs from the holder."""
    lines = [*sentences, *(outcome.line for outcome in outcomes)]
    if view.problem and stage in registry.LIVE_STAGES:
        lines.append(f"but {view.problem}")
    rival = view.rivals.get(stage)
    if rival is not None and rival.comparison is not None:
        holder, candidate = f"v{rival.version.version}", f"v{view.version.version}"
        title = f"{candidate} beside {holder}, which holds {stage} now"
        table = render(Report({title: _differences(rival.comparison, holder, candidate)}), "text", width)
        lines += ["", table]
    return lines


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
    parser.add_argument("version", metavar="VERSION", help=VERSION_HELP)
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
        "--override",
        metavar="TEXT",
        default="",
        help="why to promote although a gate refuses, for the history",
    )
    add_yes(parser)


COMMAND = Command(
    "promote",
    "move a version of a model to a stage",
    _answer,
    (
        "tracker-tui promote digits-clf 3 Production --reason 'best val/acc of the sweep'",
        "tracker-tui promote digits-clf v4 staging --keep-existing --yes",
        "tracker-tui promote digits-clf 5 Production --override 'hotfix, reviewed by phone'",
    ),
    _arguments,
    "The version that holds Staging or Production before moves to Archived, as with MLflow's\n"
    "archive_existing_versions=True; --keep-existing leaves it there.\n"
    "On a terminal it shows what changes against the version that holds the stage, and asks.\n"
    "The gates of the store are checked, and its command after a promotion runs: `tracker-tui gates --help`.",
)
