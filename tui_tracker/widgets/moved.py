"""Textual's lists and scrolled pages on the keys that move: those of the table, which a person may set."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from tui_tracker.commands.moving import moves, scroll_moves


class MovedList(OptionList):
    """A list of options."""

    BINDINGS: ClassVar[list[BindingType]] = moves(
        up="cursor_up",
        down="cursor_down",
        left="scroll_left",
        right="scroll_right",
        page_up="page_up",
        page_down="page_down",
        first="first",
        last="last",
        choose="select",
    )


class MovedPage(VerticalScroll, can_focus=True):
    """A page that is scrolled."""

    BINDINGS: ClassVar[list[BindingType]] = scroll_moves()
