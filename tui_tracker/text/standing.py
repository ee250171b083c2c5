"""`tracker-tui delete`, `archive` and `restore`: runs out of the way, and back. Nothing is removed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import closing

from logger.editing import change
from logger.store import edits, runs
from logger.store.runs import StoredRun
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Column, Table

Make = Callable[[StoredRun], edits.Change]


def _answer(arguments: Namespace, place: Place, make: Make, *, word: str, remark: str) -> Table:
    with closing(place.reader()) as connection:
        found = [runs.find(connection, text, deleted=word == "restored") for text in arguments.run]
    chosen = list({run.id: run for run in found}.values())
    change(place.store, [make(run) for run in chosen])
    return _table(chosen, word, remark)


def _table(chosen: Sequence[StoredRun], word: str, remark: str) -> Table:
    columns = (Column("id", shown.short_id), Column("name"), Column("experiment"), Column("done"))
    return Table(columns, tuple((run.uid, run.name, run.experiment, word) for run in chosen), remark=remark)


def _delete(arguments: Namespace, place: Place) -> Table:
    remark = "`tracker-tui restore` brings them back, until `tracker-tui gc` removes them for good"
    return _answer(
        arguments, place, lambda run: edits.Change(run.id, deleted=True), word="deleted", remark=remark
    )


def _archive(arguments: Namespace, place: Place) -> Table:
    remark = "`tracker-tui ls --archived` lists archived runs"
    return _answer(
        arguments, place, lambda run: edits.Change(run.id, archived=True), word="archived", remark=remark
    )


def _restore(arguments: Namespace, place: Place) -> Table:
    return _answer(
        arguments,
        place,
        lambda run: edits.Change(run.id, archived=False, deleted=False),
        word="restored",
        remark="",
    )


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", nargs="+", metavar="RUN", help="ids, beginnings of ids, or names")


DELETE = Command(
    "delete",
    "delete runs; they can be restored",
    _delete,
    ("tracker-tui delete brave-otter-12 3f2a", "tracker-tui ls --deleted     what has been deleted"),
    _arguments,
    "Their points and files stay until `tracker-tui gc` removes them for good.",
)
ARCHIVE = Command(
    "archive",
    "put runs out of the way, without deleting them",
    _archive,
    ("tracker-tui archive brave-otter-12", "tracker-tui ls --archived     what has been archived"),
    _arguments,
)
RESTORE = Command(
    "restore",
    "bring deleted or archived runs back",
    _restore,
    ("tracker-tui restore brave-otter-12",),
    _arguments,
)
COMMANDS = (DELETE, ARCHIVE, RESTORE)
