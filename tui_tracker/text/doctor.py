"""`tracker-tui doctor`: looks at everything in a store, says what it finds, and tidies what is left over."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from logger.checkup import examine
from logger.store.connection import StoreError
from logger.store.health import Finding
from tui_tracker.model.text import clean
from tui_tracker.text.command import Command, Place
from tui_tracker.text.forms import render
from tui_tracker.text.progress import Progress
from tui_tracker.text.table import Column, Table


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    progress = Progress()
    found: list[Finding] = []
    for finding in examine(place.store, full=arguments.full, hashes=arguments.hashes, tick=progress):
        found.append(finding)
        if arguments.form == "text":
            progress.clear()
            yield f"{finding.level:<8} {finding.check:<11} {clean(finding.text)}"
    progress.clear()
    if arguments.form != "text":
        columns = (Column("check"), Column("level"), Column("text"))
        rows = tuple((finding.check, finding.level, finding.text) for finding in found)
        yield render(Table(columns, rows), arguments.form)
    problems = sum(finding.level == "problem" for finding in found)
    if problems:
        raise StoreError(
            f"{problems} {'problem' if problems == 1 else 'problems'} found in {place.store.directory}"
        )


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="read every index and every point, not a sample")
    parser.add_argument("--hashes", action="store_true", help="read every artifact and compare its sha256")


COMMAND = Command(
    "doctor",
    "check the store, and tidy what is left over",
    _answer,
    (
        "tracker-tui doctor",
        "tracker-tui doctor --full --hashes      everything, however long it takes",
        "tracker-tui doctor --json | jq '.[] | select(.level == \"problem\")'",
    ),
    _arguments,
    "It is never needed for normal use. Each line is one finding: ok, done (something was tidied),\n"
    "note (worth knowing) or problem. The exit status is 1 when there is a problem.",
    collects=False,
)
