"""A patch, drawn line by line: only the lines that show are cleaned and coloured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_tracker.commands import moving
from tui_tracker.model.text import clean

# What a line begins with, and the class that draws it; the first that fits counts.
_KINDS = (
    ("diff --git ", "file"),
    ("--- ", "quiet"),
    ("+++ ", "quiet"),
    ("index ", "quiet"),
    ("@@", "place"),
    ("+", "added"),
    ("-", "removed"),
)
_LONGEST = 2000


class PatchView(ScrollView, can_focus=True):
    """Scrolls in both directions; `n` and `N` go from file to file."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "patch--file",
        "patch--quiet",
        "patch--place",
        "patch--added",
        "patch--removed",
    }
    DEFAULT_CSS = """
    PatchView {
        background: $surface;
        color: $foreground;
        scrollbar-size: 1 1;
        & > .patch--file { color: $accent; text-style: bold; }
        & > .patch--quiet { color: $secondary; }
        & > .patch--place { color: $primary; }
        & > .patch--added { color: $success; }
        & > .patch--removed { color: $error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving.scroll_moves(),
        *moving.moves(next_file="next_file(1)", previous_file="next_file(-1)"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[str] = ()
        self._files: list[int] = []

    def show_patch(self, patch: str) -> None:
        """Show a patch, from its begin."""
        self._lines = patch.splitlines()
        self._files = [place for place, line in enumerate(self._lines) if line.startswith("diff --git ")]
        widest = max((min(len(line), _LONGEST) for line in self._lines), default=0)
        self.virtual_size = Size(widest + 1, len(self._lines))
        self.scroll_home(animate=False)
        self.refresh()

    def action_next_file(self, by: int) -> None:
        """Go to the begin of the next file's changes, or of the one before."""
        top = self.scroll_offset.y
        later = [place for place in self._files if place > top]
        earlier = [place for place in self._files if place < top]
        if by > 0 and later:
            self.scroll_to(y=later[0], animate=False)
        elif by < 0 and earlier:
            self.scroll_to(y=earlier[-1], animate=False)

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        place = top + y
        width = self.size.width
        if place >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[place]
        kind = next((kind for start, kind in _KINDS if line.startswith(start)), "")
        style = self.get_component_rich_style(f"patch--{kind}") if kind else self.rich_style
        text = clean(line, _LONGEST).expandtabs(4)
        strip = Strip([Segment(text, style)], cell_len(text))
        return strip.crop_extend(left, left + width, self.rich_style)
