"""Asking before something is done, where there is somebody to ask."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from logger.store.connection import StoreError
from tui_tracker.model.text import clean_lines
from tui_tracker.text.command import UsageError


def add_yes(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--yes", action="store_true", help="do not ask; nobody is asked where there is no terminal"
    )


def confirm(arguments: Namespace, consequences: Sequence[str], *, needs_word: bool = False) -> None:
    """Go on only with a yes, after saying what will be done. Raises StoreError otherwise.

    Where there is no terminal, or with --json or --csv, nobody is asked: what `needs_word` then needs --yes
    (UsageError), everything else goes on.
    """
    if arguments.yes:
        return
    if not (arguments.form == "text" and sys.stdin.isatty() and sys.stdout.isatty()):
        if needs_word:
            raise UsageError(f"{clean_lines(consequences[0])}: say --yes if that is meant")
        return
    sys.stderr.write("\n".join([*map(clean_lines, consequences), "", "go on? [y/N] "]))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise StoreError("nothing was changed")
