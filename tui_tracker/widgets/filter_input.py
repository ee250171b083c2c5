"""The line that a filter is typed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_tracker.widgets.plain_input import PlainInput


class FilterInput(PlainInput):
    """The line itself. Tab completes; Escape gives up; Enter keeps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "complete", show=True),
        Binding("shift+tab", "complete(-1)", "complete backwards", show=False),
        Binding("escape", "abandon", "back", show=True),
        Binding("down", "submit", "to the runs", show=False),
    ]

    @dataclass
    class CompletionWanted(Message):
        """Tab was pressed: forwards (1) or backwards (-1)."""

        step: int

    class Abandoned(Message):
        """Escape was pressed."""

    def action_complete(self, step: int) -> None:
        self.post_message(self.CompletionWanted(step))

    def action_abandon(self) -> None:
        self.post_message(self.Abandoned())
