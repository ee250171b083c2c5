"""`tracker-tui history`: what was done to a model or to one of its versions, by whom, when, why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import registry
from tui_tracker.text import shown
from tui_tracker.text.command import Command, NotFound, Place, UsageError
from tui_tracker.text.table import Column, Table
from tui_tracker.text.version_argument import version_number


def _answer(arguments: Namespace, place: Place) -> Table:
    version = None if arguments.version is None else version_number(arguments.version)
    if arguments.version is not None and version is None:
        raise UsageError(
            f"{arguments.version!r} is no number of a version: versions keep their history, stages do not"
        )
    with closing(place.reader()) as connection:
        events = registry.history(connection, arguments.model, version)
    if not events and arguments.model is not None:
        subject = f"model {arguments.model!r}" if version is None else f"v{version} of {arguments.model!r}"
        raise NotFound(f"there is no {subject}, nor was there: `tracker-tui models` lists them")
    columns = (
        Column("time", shown.moment),
        Column("user", shown.text),
        Column("host", shown.text),
        *([Column("model")] if arguments.model is None else []),
        Column("version", shown.version, right=True),
        Column("action"),
        Column("before", shown.text),
        Column("after", shown.text),
        Column("reason"),
        Column("detail"),
    )
    rows = tuple(
        (
            event.time,
            event.user,
            event.host,
            *([event.model] if arguments.model is None else []),
            event.version,
            event.action,
            event.before,
            event.after,
            event.reason,
            event.detail if arguments.form != "text" else _told(event),
        )
        for event in events
    )
    return Table(columns, rows, empty="nothing has been done to any model yet")


def _told(event: registry.RegistryEvent) -> str:
    """Of what belongs to an event, what a person looks for."""
    details = event.details
    gates = [gate for gate in details.get("gates") or [] if isinstance(gate, dict)]
    failed = [str(gate.get("rule")) for gate in gates if not gate.get("passed")]
    told = f"{len(gates) - len(failed)} of {len(gates)} gates passed" if gates else ""
    if details.get("override"):
        told += f"; overrode {', '.join(failed)}: {details['override']}"
    return told or str(details.get("output") or "")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        help="its name; what was deleted keeps its history. All models without",
    )
    parser.add_argument("version", metavar="VERSION", nargs="?", help="3 or v3; the whole model without one")


COMMAND = Command(
    "history",
    "show what was done to a model: who, when, from, to, why",
    _answer,
    (
        "tracker-tui history digits-clf",
        "tracker-tui history digits-clf 3 --json",
        "tracker-tui history --csv > registry.csv",
    ),
    _arguments,
    "Nothing of it is ever rewritten. JSON and CSV have the outcomes of gates and commands in `detail`.",
)
