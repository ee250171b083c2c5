"""All commands with their keys, screen by screen: what `tracker-tui keys` lists, and where keys collide.

Finding them imports every screen, so nothing here is asked for before a person needs it.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from tui_tracker.model import settings
from tui_tracker.model.keymap import Keymap, conflicts

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
