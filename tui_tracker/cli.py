"""`tracker-tui`: opens the app; with a subcommand, says the same as text, JSON or CSV.

Exit status: 0 done, 1 what was asked for is not there or cannot be done, 2 wrong usage or no store,
130 interrupted, 129 or 143 ended by a hang-up or a kill. Errors are one sentence on standard error. Textual is
imported only to open the app.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from logger import __version__
from logger.store import locate
from logger.store.connection import MisuseError, StoreError
from logger.store.locate import Store
from logger.store.query import FilterError
from tui_tracker.catalogue import AnyCommand, commands_by_subject, listing
from tui_tracker.model import clock
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.text.command import Command, Errand, Group, Place, UsageError
from tui_tracker.text.forms import Form, render
from tui_tracker.text.full_screen import require_terminal

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
HUNG_UP = 128 + signal.SIGHUP

_DESCRIPTION = """\
An experiment tracker for the terminal. Without a command it opens the app on the store: the nearest
.tracker/ at or above the working directory, or the one that --store or the environment variable
TRACKER_STORE names.
On a network filesystem each host reads a store through a database of its own in the user's cache;
TRACKER_FILESYSTEM=local or network says which it is where the system's answer is not the right one.
"""
_EXAMPLES = (
    "tracker-tui                                   open the app here",
    "tracker-tui --store ~/churn                   open the app on another project's store",
    "tracker-tui demo                              watch a small sweep train, on this machine",
    "tracker-tui ls 'val/acc > 0.9 and lr < 0.01'  the same filter as in the app, as text",
    "tracker-tui ls --json | jq '.[].name'         and for programs",
)
_NO_STORE = (
    "there is no store {place}: train something with `import logger`,"
    " take runs over with `tracker-tui import`, or type `tracker-tui demo` to see one being made"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status. Does not raise for what was typed or a store holds."""
    try:
        typed = sys.argv[1:] if arguments is None else list(arguments)
        status = _run(_parser(with_commands=not _opens_app(typed)).parse_args(typed))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _say_no_more()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except FilterError as error:
        return _refuse(f"{error}\n{error.pointer()}", MISUSED)
    except (UsageError, MisuseError) as error:
        return _refuse(str(error), MISUSED)
    except OSError as error:
        named = f" {error.filename}" if error.filename else ""
        return _refuse(f"cannot use{named}: {error.strerror or error}", FAILED)
    except StoreError as error:
        return _refuse(str(error), FAILED)


def _opens_app(typed: Sequence[str]) -> bool:
    """Whether no command is given: then none is imported, since a person waits for the app."""
    rest = typed[2:] if typed[:1] == ["--store"] else typed
    return all(argument.startswith("--store=") for argument in rest)


def _run(arguments: argparse.Namespace) -> int:
    command: Command | Errand | _Help | None = arguments.command
    if isinstance(command, (Errand, _Help)):
        return command.run(arguments)
    store = locate.find(arguments.store)
    if store is None:
        named = arguments.store or os.environ.get(locate.ENVIRONMENT_VARIABLE)
        return _refuse(_NO_STORE.format(place=f"at {named}" if named else "here or above"), MISUSED)
    if command is None:
        return _open_app(store)
    if command.collects:
        _collect_orphans(store)
    answer = command.answer(arguments, Place(store, clock.now(), _terminal_width()))
    if isinstance(answer, Iterator):
        sys.stdout.writelines(f"{line}\n" for line in answer)
    else:
        sys.stdout.write(render(answer, arguments.form, _terminal_width()) + "\n")
    if store.is_shared and arguments.form == "text":
        sys.stderr.write(f"tracker-tui: {clean(str(store.directory))} is {store.remark}\n")
    return DONE


def _open_app(store: Store) -> int:
    require_terminal("`tracker-tui ls` and the other commands print text")
    if store.is_shared and not store.database.exists():
        sys.stderr.write(
            f"tracker-tui: reading the journals in {clean(str(store.journals))} for the first time\n"
        )
        _collect_orphans(store)
    from tui_tracker.app import TrackerApp

    app = TrackerApp(store)
    app.run()
    if app.return_code == HUNG_UP:
        _say_no_more()
    return app.return_code or DONE


def _collect_orphans(store: Store) -> None:
    """File what killed processes left, as every opening of a store does; a store of others is only read."""
    from logger.orphans import collect_orphans

    with suppress(OSError, StoreError, sqlite3.Error):
        collect_orphans(store)


def _say_no_more() -> None:
    """What is still to be written, also as the interpreter exits, goes nowhere: nobody is there to read it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _refuse(message: str, status: int) -> int:
    sys.stderr.write(f"tracker-tui: {clean_lines(message)}\n")
    return status


def _terminal_width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(MISUSED, f"{self.prog}: {clean(message)}; see `{self.prog} --help`\n")


def _parser(*, with_commands: bool = True) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tracker-tui",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tracker-tui {__version__}")
    _add_store(parser, None)
    parser.set_defaults(command=None)
    if not with_commands:
        return parser
    subjects = commands_by_subject()
    # The list stands below, by subject: argparse knows only one.
    parser.epilog = f"{listing(subjects, shutil.get_terminal_size().columns - 2)}\n{_listed(_EXAMPLES)}"
    below = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser, help="one of those below")
    for command in chain.from_iterable(subjects.values()):
        _add_command(below, command)
    return parser


def _add_command(below: argparse._SubParsersAction[_Parser], command: AnyCommand, **listed: Any) -> None:
    """A command below a parser; a group is one that has commands of its own and, alone, shows its help.

    `listed`: `help=` where argparse is to list it.
    """
    added = below.add_parser(
        command.name,
        description=f"{command.summary[0].upper()}{command.summary[1:]}.\n{command.details}".strip(),
        epilog=_listed(command.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **listed,
    )
    # Not given after the command, --store keeps what stood before it.
    _add_store(added, argparse.SUPPRESS)
    if isinstance(command, Group):
        added.set_defaults(command=_Help(added))
        inner = added.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
        for one in command.commands:
            _add_command(inner, one, help=one.summary)
        return
    added.set_defaults(command=command)
    command.arguments(added)
    if isinstance(command, Command):
        _add_forms(added)


class _Help:
    """What a group does when none of its commands is named."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser

    def run(self, _arguments: argparse.Namespace) -> int:
        self._parser.print_help(sys.stderr)
        return MISUSED


def _listed(examples: Sequence[str]) -> str:
    return "\n".join(["examples:", *(f"  {example}" for example in examples)])


def _add_store(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--store",
        metavar="DIR_OR_DB",
        default=default,
        help="a .tracker directory, its tracker.db, or a project",
    )


def _add_forms(parser: argparse.ArgumentParser) -> None:
    forms = parser.add_mutually_exclusive_group()
    parser.set_defaults(form="text")
    for form, what in (("json", "raw values as JSON"), ("csv", "comma-separated values")):
        forms.add_argument(f"--{form}", dest="form", action="store_const", const=_form(form), help=what)


def _form(name: str) -> Form:
    return "json" if name == "json" else "csv"


if __name__ == "__main__":
    sys.exit(main())
