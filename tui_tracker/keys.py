"""All commands with their keys, screen by screen; `tracker-tui keys` lists them, and collisions are found by them.

Finding them imports every screen, so nothing here is asked for before a person needs it.
"""

from __future__ import annotations

import pkgutil
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from tui_tracker.model import settings
from tui_tracker.model.keymap import Keymap, conflicts
from tui_tracker.text.command import Errand
from tui_tracker.text.forms import render
from tui_tracker.text.table import Column, Table

if TYPE_CHECKING:
    from tui_tracker.commands.base import CommandClass, CommandHost

_HOSTS = ("tui_tracker.screens", "tui_tracker.widgets")
_EVERYWHERE = "everywhere"


def commands_by_screen() -> dict[str, tuple[CommandClass, ...]]:
    """The commands of each screen, or page within one, without those of the app, which come under `everywhere`."""
    from tui_tracker.commands.base import CommandHost
    from tui_tracker.commands.general import GENERAL_COMMANDS

    for package in _HOSTS:
        for module in pkgutil.iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    found: dict[str, tuple[CommandClass, ...]] = {_EVERYWHERE: GENERAL_COMMANDS}
    for host in _below(CommandHost):
        own = host.__dict__.get("COMMAND_CLASSES", ())
        if host.__module__.startswith(_HOSTS) and own:
            found[_screen_name(host)] = own
    return found


def remarks(keymap: Keymap) -> list[str]:
    """What is wrong with the keys that a person has set: a sentence each, with its line in the file."""
    screens = commands_by_screen()
    everywhere = screens[_EVERYWHERE]
    keys = {
        screen: {command.id: command.key for command in (*commands, *everywhere) if command.key}
        | {command.id: "" for command in (*commands, *everywhere) if not command.key}
        for screen, commands in screens.items()
    }
    place = settings.path()
    text = ""
    with suppress(OSError, UnicodeDecodeError):
        text = place.read_text(encoding="utf-8")
    said = conflicts(keymap, keys)
    return [f"{settings.line_of(text, command, place)}: {told}" for command, told in said.items()]


def _below(host: type[CommandHost]) -> Iterator[type[CommandHost]]:
    for subclass in host.__subclasses__():
        yield subclass
        yield from _below(subclass)


def _screen_name(host: type[CommandHost]) -> str:
    bare = re.sub(r"(Screen|Tab|Page)$", "", host.__name__)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).lower()


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
