"""`tracker-tui alerts`: what runs had to tell."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import alerts, runs
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Column, Table

_DEFAULT_LIMIT = 50


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        if arguments.run is not None:
            found = alerts.of_run(connection, runs.find(connection, arguments.run).id)
        else:
            found = alerts.latest(connection, max(arguments.limit, 0))
    return Table(
        (
            Column("time", shown.age(place.now), right=True),
            Column("level"),
            Column("run"),
            Column("title"),
            Column("text"),
            Column("step", shown.number, right=True),
            Column("id", shown.short_id),
        ),
        tuple((a.time, a.level, a.run_name, a.title, a.text, a.step, a.run_uid) for a in found),
        empty="no alerts",
    )


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help="of this run only: its id, its beginning, or its name"
    )
    parser.add_argument(
        "--limit", type=int, default=_DEFAULT_LIMIT, metavar="N", help="at most N (default 50)"
    )


COMMAND = Command(
    "alerts",
    "list what runs had to tell: NaN, divergence, silence, failures, and their own",
    _answer,
    ("tracker-tui alerts", "tracker-tui alerts brave-otter-24", "tracker-tui alerts --json | jq '.[].title'"),
    _arguments,
)
