"""`tracker-tui history`: what was done to a model, by whom, when, why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import registry
from tui_tracker.text import shown
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.table import Column, Table


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        events = registry.history(connection, arguments.model)
    if not events:
        raise NotFound(
            f"there is no model {arguments.model!r}, nor was there: `tracker-tui models` lists them"
        )
    columns = (
        Column("time", shown.moment),
        Column("user", shown.text),
        Column("host", shown.text),
        Column("version", shown.version, right=True),
        Column("action"),
        Column("before", shown.text),
        Column("after", shown.text),
        Column("reason"),
    )
    rows = tuple(
        (
            event.time,
            event.user,
            event.host,
            event.version,
            event.action,
            event.before,
            event.after,
            event.reason,
        )
        for event in events
    )
    return Table(columns, rows)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="its name; what was deleted keeps its history")


COMMAND = Command(
    "history",
    "show what was done to a model: who, when, from, to, why",
    _answer,
    ("tracker-tui history digits-clf",),
    _arguments,
)
