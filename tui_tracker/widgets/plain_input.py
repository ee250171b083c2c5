"""Fields for text that may come from a store, or be pasted: harmful characters stay in it, and show as marks."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input, TextArea

from tui_tracker.model.text import masked


class PlainInput(Input):
    """One line."""

    @property
    def _value(self) -> Text:
        """What is drawn; Textual's own would send control characters to the terminal as they are."""
        return Text(masked(self.value), no_wrap=True, overflow="ignore", end="")


class PlainTextArea(TextArea):
    """Several lines; tabs stay tabs."""

    def get_line(self, line_index: int) -> Text:
        parts = self.document.get_line(line_index).split("\t")
        return Text("\t".join(map(masked, parts)), no_wrap=True, end="")
