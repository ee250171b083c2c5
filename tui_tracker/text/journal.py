"""`tracker-tui journal`: what a process has written, frame by frame, whether it has been filed or not."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tui_tracker.text.command import Errand


def _run(arguments: Namespace) -> int:
    from logger.journal_reader import describe

    for line in describe(arguments.file.read_bytes()):
        sys.stdout.write(f"{line}\n")
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a file in .tracker/journal/")


COMMAND = Errand(
    "journal",
    "print a journal, one line a record",
    _run,
    ("tracker-tui journal .tracker/journal/*.journal | tail",),
    _arguments,
    "Each line begins with where in the file its record ends. Torn and damaged records are left out.",
)
