"""`tracker-tui roll-back`: gives a stage back to the version that held it before."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import registry
from tui_tracker.model.promotion import consequences
from tui_tracker.text.asking import add_yes, confirm
from tui_tracker.text.command import Command, Place
from tui_tracker.text.promote import promotion_report
from tui_tracker.text.table import Report, Table


def _answer(arguments: Namespace, place: Place) -> Report | Table:
    stage = registry.stage_name(arguments.stage)
    with closing(place.reader()) as connection:
        versions = registry.versions(connection, arguments.model)
        present = registry.holder(connection, arguments.model, stage)
        planned = registry.planned_roll_back(connection, arguments.model, stage)
    if planned:
        confirm(arguments, consequences(planned, versions))
    done = registry.roll_back_stage(
        place.store,
        arguments.model,
        stage,
        arguments.reason,
        expected_holder=present.version if present else None,
    )
    return promotion_report(done, arguments.form)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument(
        "stage", metavar="STAGE", nargs="?", default=registry.PRODUCTION, help="Production, or Staging"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the history")
    add_yes(parser)


COMMAND = Command(
    "roll-back",
    "give a stage back to the version that held it before",
    _answer,
    (
        "tracker-tui roll-back digits-clf --reason 'errors in the log since noon'",
        "tracker-tui roll-back digits-clf staging --yes",
    ),
    _arguments,
    "The version that holds it goes to Archived. Rolling back again goes further back. No gate holds it up.",
)
