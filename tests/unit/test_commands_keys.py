"""On every screen a key does one thing; what a page within a screen takes for itself is listed here."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from textual.app import App
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.screen import Screen

from tui_tracker.commands.base import CommandClass, CommandHost, beside
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.general import GENERAL_COMMANDS
from tui_tracker.commands.run import RUN_COMMANDS
from tui_tracker.keys import commands_by_screen
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.plots import PlotsScreen
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.system import SystemScreen
from tui_tracker.widgets.code_tab import CodeTab
from tui_tracker.widgets.console_tab import ConsoleTab
from tui_tracker.widgets.system_tab import SystemTab

# The number of a page opens it where there are pages; elsewhere it opens a screen.
_PAGES = frozenset("123")


def _shared(commands: Collection[CommandClass]) -> dict[str, list[str]]:
    """The keys of more than one command."""
    holders: dict[str, list[str]] = {}
    for command in commands:
        for key in filter(None, command.key.split(",")):
            holders.setdefault(key, []).append(command.id)
    return {key: ids for key, ids in holders.items() if len(ids) > 1}


@pytest.mark.parametrize(
    "screen", [ExplorerScreen, CompareScreen, PlotsScreen, RegistryScreen, RunScreen, SystemScreen]
)
def test_no_key_stands_for_two_commands(screen: type[CommandHost]) -> None:
    assert _shared(screen.COMMAND_CLASSES) == {}
    pages = _PAGES if screen is RunScreen else frozenset()
    assert _shared((*screen.COMMAND_CLASSES, *GENERAL_COMMANDS)).keys() == pages


@pytest.mark.parametrize(
    ("page", "taken"),
    [
        (SystemTab, frozenset()),
        # `f` groups charts, of which this page has none; `n` finds the next match, where other pages write a note.
        (ConsoleTab, frozenset("fn")),
        (CodeTab, frozenset()),
    ],
)
def test_a_page_of_a_run_takes_no_other_key_of_its_screen(
    page: type[CommandHost], taken: frozenset[str]
) -> None:
    assert _shared((*page.COMMAND_CLASSES, *RunScreen.COMMAND_CLASSES)).keys() == taken


def test_a_command_gives_way_by_a_key_and_keeps_the_others() -> None:
    kept = {command.id: command for command in beside(RUN_COMMANDS, CHART_COMMANDS)}
    next_charts = kept["charts.next"]
    assert next_charts.key == "pagedown" and next_charts.shown_key is None
    assert next_charts.label() == next(c.label() for c in CHART_COMMANDS if c.id == "charts.next")
    assert len(kept) == len(CHART_COMMANDS)
    assert [command for command in CHART_COMMANDS if kept[command.id] is not command] == [
        command for command in CHART_COMMANDS if command.id in ("charts.next", "charts.previous")
    ]


# Keys that Textual's own widgets have, and their users know: typing and editing, pressing what has the focus,
# walking through a tree by its branches, scrolling a page by cells.
_OF_TEXTUAL = {
    "Input": None,
    "TextArea": None,
    "Button": None,
    "ToggleButton": None,
    "Tree": {"shift+left", "shift+right", "shift+up", "shift+down", "space", "shift+space"},
    "ScrollableContainer": {"ctrl+pageup", "ctrl+pagedown"},
    "App": {"ctrl+c", "ctrl+q", "ctrl+p"},
    "Screen": {"ctrl+c,super+c", "ctrl+c", "super+c", "f1"},
}


def _of_textual(widget: type[DOMNode], key: str) -> bool:
    return any(
        base.__name__ in _OF_TEXTUAL and (_OF_TEXTUAL[base.__name__] or {key}) >= {key}
        for base in widget.__mro__
    )


def test_every_key_is_in_the_table_and_so_can_be_set() -> None:
    known = {key.id for keys in commands_by_screen().values() for key in keys}
    widgets = [widget for widget in _below(DOMNode) if widget.__module__.startswith("tui_tracker.")]
    assert len(widgets) > 50
    fixed = [
        f"{widget.__name__}: {key}"
        for widget in widgets
        if not widget.__subclasses__()
        if getattr(widget, "can_focus", False) or issubclass(widget, (Screen, App))
        for key, bindings in (widget._merged_bindings or BindingsMap()).key_to_bindings.items()
        for binding in bindings
        # Textual adds its key of the palette to the class of an app that has run.
        if binding.id not in known and binding.action != "command_palette" and not _of_textual(widget, key)
    ]
    assert not fixed, ", ".join(fixed)


def _below(widget: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for subclass in widget.__subclasses__():
        yield subclass
        yield from _below(subclass)
