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
_LISTS = "lists and pages"


def commands_by_screen() -> dict[str, tuple[CommandClass, ...]]:
    """The commands of each screen, or page in one; those of the app under `everywhere`, then all other keys."""
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
    return found | keys_of_widgets()


def keys_of_widgets() -> dict[str, tuple[CommandClass, ...]]:
    """The keys of what is in screens or lies over them: lists, dialogs, lines of text."""
    from tui_tracker.commands import dialogs
    from tui_tracker.commands.lines import LINE_KEYS
    from tui_tracker.commands.moving import LIST_KEYS, PATCH_KEYS, SCREEN_KEYS

    return {
        _LISTS: LIST_KEYS,
        "panes": SCREEN_KEYS,
        "patches": PATCH_KEYS,
        "dialogs": dialogs.DIALOG_KEYS,
        "what is only read": dialogs.READING_KEYS,
        "lists with a search": dialogs.PICK_KEYS,
        "the choice of charts": dialogs.CHART_PICK_KEYS,
        "the choice of views": dialogs.VIEW_PICK_KEYS,
        "filters": LINE_KEYS,
    }


def remarks(keymap: Keymap) -> list[str]:
    """What is wrong with the keys that a person has set: a sentence each, with its line in the file."""
    screens = commands_by_screen()
    of_widgets = keys_of_widgets()
    # On every screen keys also move, and give the app's commands; a dialog lies over all that.
    also = (*screens[_EVERYWHERE], *of_widgets[_LISTS])
    keys = {
        screen: {key.id: key.key for key in (commands if screen in of_widgets else (*commands, *also))}
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
