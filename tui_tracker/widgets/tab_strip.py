"""One line of titles, one of them chosen: Textual's own Tabs take two lines, which a small terminal does not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_GAP, _NARROW_GAP = 2, 1


class TabStrip(Widget):
    """Shows titles; a click asks for one. Keys are its owner's affair: it never has the focus."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        padding: 0 1;
        background: $surface;
        color: $secondary;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    titles: reactive[tuple[str, ...]] = reactive(())
    """cleaned, in order"""
    chosen: reactive[int] = reactive(0)
    """the place of the title that stands out"""

    @dataclass
    class Chosen(Message):
        """A person clicked on a title."""

        place: int

    def __init__(self, titles: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(TabStrip.titles, tuple(titles))

    def render(self) -> Content:
        pieces: list[str | tuple[str, str]] = []
        for place, title in enumerate(self.titles):
            style = "bold $accent underline" if place == self.chosen else "$secondary"
            pieces += [(title, style), " " * self._gap]
        return Content.assemble(*pieces)

    @property
    def _gap(self) -> int:
        """Titles that would not all fit stand closer together."""
        needed = sum(map(cell_len, self.titles)) + _GAP * (len(self.titles) - 1)
        return _GAP if needed <= self.content_size.width else _NARROW_GAP

    def on_click(self, event: events.Click) -> None:
        event.stop()
        left = self.styles.padding.left
        for place, title in enumerate(self.titles):
            if left <= event.x < left + cell_len(title):
                self.post_message(self.Chosen(place))
            left += cell_len(title) + self._gap
