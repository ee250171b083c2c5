"""Fields for text that may come from a store, or be pasted: harmful characters stay in it, and show as marks."""

from __future__ import annotations

import asyncio
import contextlib

from rich.text import Text
from textual.widgets import Input, TextArea

from tui_tracker.model.text import masked

# Within this time a line has taken in what was typed before a key, even on a busy machine.
_PATIENCE_SECONDS = 1.0


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


async def typed_in(line: Input) -> None:
    """Wait until a line has taken in the keys that were pressed before now, where it gets them a little later."""
    taken = asyncio.Event()
    line.call_later(taken.set)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(taken.wait(), _PATIENCE_SECONDS)
