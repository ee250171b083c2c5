"""Keys that move: one table for all lists, trees and pages, each of which binds them to actions of its own."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import BindingType

from tui_tracker.commands.base import CommandClass, WidgetKey

GROUP = "Moving"


class Up(WidgetKey):
    """Up."""

    id = "list.up"
    key = "up,k"
    group = GROUP


class Down(WidgetKey):
    """Down."""

    id = "list.down"
    key = "down,j"
    group = GROUP


class Left(WidgetKey):
    """Left; close a branch."""

    id = "list.left"
    key = "left,h"
    group = GROUP


class Right(WidgetKey):
    """Right; open a branch."""

    id = "list.right"
    key = "right,l"
    group = GROUP


class PageUp(WidgetKey):
    """A page up."""

    id = "list.page_up"
    key = "pageup"
    group = GROUP


class PageDown(WidgetKey):
    """A page down."""

    id = "list.page_down"
    key = "pagedown"
    group = GROUP


class First(WidgetKey):
    """First."""

    id = "list.first"
    key = "home,g"
    group = GROUP


class Last(WidgetKey):
    """Last."""

    id = "list.last"
    key = "end,G"
    group = GROUP


class Choose(WidgetKey):
    """Choose what the cursor is on."""

    id = "list.choose"
    key = "enter"
    group = GROUP


class NextPane(WidgetKey):
    """Next pane."""

    id = "panes.next"
    key = "tab"
    group = GROUP


class PreviousPane(WidgetKey):
    """Previous pane."""

    id = "panes.previous"
    key = "shift+tab"
    group = GROUP


class Back(WidgetKey):
    """One step back."""

    id = "screen.back"
    key = "escape"
    group = GROUP


class NextFile(WidgetKey):
    """Next file of a patch."""

    id = "patch.next_file"
    key = "n"
    group = "Code"


class PreviousFile(WidgetKey):
    """Previous file of a patch."""

    id = "patch.previous_file"
    key = "N"
    group = "Code"


_MOVES: Mapping[str, type[WidgetKey]] = {
    "up": Up,
    "down": Down,
    "left": Left,
    "right": Right,
    "page_up": PageUp,
    "page_down": PageDown,
    "first": First,
    "last": Last,
    "choose": Choose,
    "next_file": NextFile,
    "previous_file": PreviousFile,
}
LIST_KEYS: tuple[CommandClass, ...] = (Up, Down, Left, Right, PageUp, PageDown, First, Last)
SCREEN_KEYS: tuple[CommandClass, ...] = (Choose, NextPane, PreviousPane, Back)
MOVING_KEYS = (*LIST_KEYS, *SCREEN_KEYS)
PATCH_KEYS: tuple[CommandClass, ...] = (NextFile, PreviousFile)


def moves(**actions: str) -> list[BindingType]:
    """The keys of a widget that moves: its action by the name of each move, as `up="cursor_up"`."""
    return [_MOVES[move].on(action) for move, action in actions.items()]


def scroll_moves() -> list[BindingType]:
    """For what Textual scrolls, instead of its own."""
    return moves(
        up="scroll_up",
        down="scroll_down",
        left="scroll_left",
        right="scroll_right",
        page_up="page_up",
        page_down="page_down",
        first="scroll_home",
        last="scroll_end",
    )


def pane_moves() -> list[BindingType]:
    """For a screen: from pane to pane."""
    return [NextPane.on("app.focus_next"), PreviousPane.on("app.focus_previous")]
