"""One line from which one of a few names is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_tracker.widgets.aligned import QUIET

_PADDING = 1
_GAP = 1


class Choice(Widget, can_focus=True):
    """The names in a row; the arrows or a click choose."""

    DEFAULT_CSS = """
    Choice { height: 1; width: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "the one before", show=False),
        Binding("right,l", "step(1)", "the next", show=False),
    ]

    chosen: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """Another name was chosen."""

        choice: Choice
        chosen: str

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(self, names: Sequence[str], chosen: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.names = tuple(names)
        self.set_reactive(Choice.chosen, chosen)

    def watch_chosen(self, chosen: str) -> None:
        self.post_message(self.Changed(self, chosen))

    def action_step(self, by: int) -> None:
        """Choose the name so many places further right, round the ends."""
        self.chosen = self.names[(self.names.index(self.chosen) + by) % len(self.names)]

    def on_click(self, event: events.Click) -> None:
        start = 0
        for name in self.names:
            end = start + len(name) + 2 * _PADDING
            if start <= event.x < end:
                self.chosen = name
            start = end + _GAP

    def get_content_width(self, container: object, viewport: object) -> int:
        return sum(len(name) + 2 * _PADDING + _GAP for name in self.names)

    def render(self) -> Content:
        chosen = (
            "bold $block-cursor-foreground on $block-cursor-background"
            if self.has_focus
            else "bold on $primary 40%"
        )
        pieces: list[tuple[str, str] | str] = []
        for name in self.names:
            text = " " * _PADDING + name + " " * _PADDING
            pieces += [(text, chosen if name == self.chosen else QUIET), " " * _GAP]
        return Content.assemble(*pieces)
