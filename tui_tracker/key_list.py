"""`tracker-tui keys`: all commands of the app with the keys that they are on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_tracker.keys import commands_by_screen
from tui_tracker.model import settings
from tui_tracker.model.keymap import Keymap
from tui_tracker.text.command import Errand
from tui_tracker.text.forms import render
from tui_tracker.text.table import Column, Table

if TYPE_CHECKING:
    from tui_tracker.commands.base import CommandClass


def _table(screens: Mapping[str, tuple[CommandClass, ...]], keymap: Keymap) -> Table:
    columns = (Column("command"), Column("keys"), Column("does"), Column("screens"))
    commands = {command.id: command for own in screens.values() for command in own}
    rows = []
    for name, command in sorted(commands.items()):
        where = [screen for screen, own in screens.items() if command in own]
        rows.append((name, keymap.get(name, command.key), command.label(), ", ".join(where)))
    remark = f'other keys: in {settings.path()}, under [keys], a line such as "runs.mark" = "x,ctrl+k"'
    return Table(columns, tuple(rows), remark=remark)


def _run(arguments: Namespace) -> int:
    chosen = settings.read()
    print(render(_table(commands_by_screen(), chosen.keys), arguments.form))
    return 0


def _arguments(parser: ArgumentParser) -> None:
    forms = parser.add_mutually_exclusive_group()
    parser.set_defaults(form="text")
    for form, what in (("json", "as JSON"), ("csv", "comma-separated")):
        forms.add_argument(f"--{form}", dest="form", action="store_const", const=form, help=what)


COMMAND = Errand(
    name="keys",
    summary="all commands of the app with their keys",
    run=_run,
    examples=(
        "tracker-tui keys                    every command's id, keys and screens",
        "tracker-tui keys --json             the same for programs",
    ),
    arguments=_arguments,
    details="Keys are set in config.toml, in the table [keys], by the commands' ids.",
)
