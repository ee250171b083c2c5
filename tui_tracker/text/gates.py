"""`tracker-tui gates`: the rules that promotions obey, and what they would say of a version."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing

from logger.store import registry
from logger.store.registry import gates_file
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.forms import render
from tui_tracker.text.table import Column, Table
from tui_tracker.text.version_argument import add_version, chosen


def _answer(arguments: Namespace, place: Place) -> Table | Iterator[str]:
    if arguments.model is None:
        return _rules(place, None)
    with closing(place.reader()) as connection:
        found = chosen(connection, arguments)
        if isinstance(found, str):
            return _rules(place, found)
        stage = registry.stage_name(arguments.stage)
        outcomes = registry.check(connection, found.model, found.version, stage)
    subject = f"v{found.version} of {found.model} for {stage}"
    refused = sum(not outcome.passed for outcome in outcomes)
    table = Table(
        (Column("passed", _mark), Column("rule"), Column("found")),
        tuple((outcome.passed, outcome.rule, outcome.found) for outcome in outcomes),
        f"{subject}: all {len(outcomes)} let it pass" if outcomes and not refused else "",
        f"no gate rules what {found.model} promotes to {stage}",
    )
    if not refused:
        return table
    return _refusal(
        render(table, arguments.form, place.width), f"{subject}: {refused} of {len(outcomes)} refuse it"
    )


def _refusal(outcomes: str, verdict: str) -> Iterator[str]:
    """What the gates say, in the form asked for; then the exit status is that of a failure."""
    yield outcomes
    raise registry.RegistryError(verdict)


def _rules(place: Place, model: str | None) -> Table:
    path = gates_file.path_in(place.store.directory)
    rows: list[tuple[str, str, str, str]] = []
    for owner, stage in gates_file.ruled(place.store.directory):
        if model is None or owner in (model, gates_file.EVERY_MODEL):
            rules = gates_file.table_rules(place.store.directory, owner, stage)
            rows += [(owner, stage, "require", rule.text) for rule in rules.rules]
            rows += [(owner, stage, "after", shown.command(hook.command)) for hook in rules.hooks]
    subject = "promotions" if model is None else f"promotions of {model}"
    return Table(
        (Column("model"), Column("stage"), Column("kind"), Column("rule")),
        tuple(rows),
        f"in {path}; of every model: {gates_file.EVERY_MODEL}",
        f"no gate rules {subject}: rules stand in {path}, see `tracker-tui gates --help`",
    )


def _mark(value: object) -> str:
    return "✓" if value else "✗"


def _arguments(parser: ArgumentParser) -> None:
    add_version(parser, may_be_missing=True)
    parser.add_argument(
        "--stage", metavar="STAGE", default=registry.PRODUCTION, help="where it would go (default Production)"
    )


COMMAND = Command(
    "gates",
    "show the rules for promotions, or what they say of a version",
    _answer,
    (
        "tracker-tui gates",
        "tracker-tui gates digits-clf 3",
        "tracker-tui gates digits-clf latest --stage staging --json",
    ),
    _arguments,
    """\
The rules stand in gates.toml in the store's directory:

  ["*".Production]                          # every model
  require = ["run finished", "code clean"]

  [digits-clf.Production]
  require = [
      "val/acc >= 0.92",                    # any condition of the filter language
      "better than current on val/loss by 1%",
      "has tag reviewed",
  ]
  after = ["python", "deploy.py"]           # runs after a promotion; see TRACKER_MODEL,
  timeout = 300                             # TRACKER_VERSION, TRACKER_PATH ... in its environment

With a version: a dry check, that changes nothing; the exit status is 1 when a gate refuses.""",
)
