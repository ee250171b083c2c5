"""`tracker-tui journal`: what a process has written, frame by frame, whether it has been filed or not."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tui_tracker.model.text import clean
from tui_tracker.text.command import Errand


def _run(arguments: Namespace) -> int:
    from logger.journal_reader import describe

    for file in arguments.file:
        if len(arguments.file) > 1:
            sys.stdout.write(f"==> {clean(str(file))} <==\n")
        for line in describe(file.read_bytes()):
            sys.stdout.write(f"{line}\n")
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="+", type=Path, help="files in .tracker/journal/")


COMMAND = Errand(
    "journal",
    "print journals, one line a record",
    _run,
    ("tracker-tui journal .tracker/journal/*.journal | tail",),
    _arguments,
    "Each line begins with where in the file its record ends. Torn and damaged records are left out.",
)
