"""A list of which only the entries on the screen are made, however long it is.

A cursor goes through it: `Highlighted` tells where a key or a click has put it, `Chosen` that Enter or a click on the
cursor chose the entry there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Padding, Visual

from tui_tracker.commands import moving

Draw = Callable[[int], Content]
"""Makes the entry at a place."""
_MOST_KEPT = 500


class EntryList(ScrollView, can_focus=True):
    """Entries of a known number of lines each, drawn when they come into view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "entry-list--entry",
        "entry-list--separator",
        "entry-list--hover",
        "entry-list--highlighted",
    }

    DEFAULT_CSS = """
    EntryList {
        text-wrap: nowrap; text-overflow: clip;
        height: 1fr; background: $surface; overflow-x: hidden; scrollbar-size: 0 1;
        & > .entry-list--entry { padding: 0 1; }
        & > .entry-list--separator { color: $panel; }
        & > .entry-list--hover { background: $foreground 4%; }
        & > .entry-list--highlighted { background: $foreground 12%; }
        &:focus > .entry-list--highlighted { background: $primary 35%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = moving.moves(
        up="move(-1)",
        down="move(1)",
        left="scroll_left",
        right="scroll_right",
        page_up="page(-1)",
        page_down="page(1)",
        first="first",
        last="last",
        choose="choose",
    )

    @dataclass
    class Highlighted(Message):
        """The cursor has been moved to a place."""

        listing: EntryList
        place: int

    @dataclass
    class Chosen(Message):
        """The entry at the cursor was chosen."""

        listing: EntryList
        place: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tops: list[int] = [0]
        self._parted = False
        self._draw: Draw = lambda _place: Content("")
        self._strips: dict[tuple[int, str, int], list[Strip]] = {}
        self._highlighted: int | None = None
        self._hovered: int | None = None

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._tops) - 1

    def __bool__(self) -> bool:
        return True

    @property
    def highlighted(self) -> int | None:
        """Where the cursor is."""
        return self._highlighted

    def entry(self, place: int) -> Content:
        """The entry at a place."""
        return self._draw(place)

    def put(self, heights: Sequence[int], draw: Draw, *, parted: bool = False) -> None:
        """Show entries of so many lines, with a line between them where `parted`; none is under the cursor."""
        self._parted, self._draw = parted, draw
        self._tops = [0, *accumulate(height + parted for height in heights)]
        self._highlighted = self._hovered = None
        # No line stands below the last one.
        self.virtual_size = Size(0, self._tops[-1] - (parted and len(self) > 0))
        self.redraw()

    def redraw(self) -> None:
        """Make anew what is on the screen."""
        self._strips.clear()
        self.refresh()

    def highlight(self, place: int | None) -> None:
        """Put the cursor at a place and bring that into view; nobody is told."""
        before, self._highlighted = self._highlighted, place
        for changed in {before, place} - {None}:
            self._refresh_entry(changed)
        if place is not None:
            self.scroll_to_region(self._region(place), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        line = self.scroll_offset.y + y
        place = self._place_at(line)
        if place is None:
            return Strip.blank(width, self.get_visual_style("entry-list--entry").rich_style)
        strips = self._entry_strips(place, width)
        within = line - self._tops[place]
        if within < len(strips):
            return strips[within]
        return Strip.blank(width, self.get_visual_style("entry-list--entry").rich_style)

    def _entry_strips(self, place: int, width: int) -> list[Strip]:
        part = {self._highlighted: "highlighted"}.get(place) or {self._hovered: "hover"}.get(place, "")
        focused = "focused" if part and self.has_focus else ""
        key = place, part + focused, width
        strips = self._strips.get(key)
        if strips is None:
            if len(self._strips) > _MOST_KEPT:
                self._strips.clear()
            self._strips[key] = strips = self._drawn(place, part, width)
        return strips

    def _drawn(self, place: int, part: str, width: int) -> list[Strip]:
        parts = ["entry-list--entry", *([f"entry-list--{part}"] if part else [])]
        style = self.get_visual_style(*parts)
        padding = self.get_component_styles("entry-list--entry").padding
        height = self._tops[place + 1] - self._tops[place] - self._parted
        visual = Padding(self._draw(place), padding)
        strips = Visual.to_strips(self, visual, width, height, style, pad=True)
        if self._parted and place < len(self) - 1:
            line = self.get_visual_style("entry-list--separator").rich_style
            strips = [*strips, Strip([Segment("─" * width, line)], width)]
        return strips

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def _place_at(self, line: int) -> int | None:
        place = bisect_right(self._tops, line) - 1
        return place if 0 <= place < len(self) else None

    def _region(self, place: int) -> Region:
        top = self._tops[place]
        height = self._tops[place + 1] - top - self._parted
        return Region(0, top, self.scrollable_content_region.width, height)

    def _refresh_entry(self, place: int | None) -> None:
        if place is not None and place < len(self):
            self.refresh(self._region(place).translate((0, -self.scroll_offset.y)))

    def _go(self, place: int) -> None:
        if len(self):
            place = max(0, min(place, len(self) - 1))
            if place != self._highlighted:
                self.highlight(place)
                self.post_message(self.Highlighted(self, place))

    def action_move(self, by: int) -> None:
        """One entry up (-1) or down (1), round the ends."""
        if self._highlighted is None:
            self._go(0 if by > 0 else len(self) - 1)
        elif len(self):
            self._go((self._highlighted + by) % len(self))

    def action_page(self, by: int) -> None:
        """As many entries as the list shows up (-1) or down (1)."""
        place = self._highlighted or 0
        line = self._tops[place] + by * self.scrollable_content_region.height
        target = self._place_at(max(0, min(line, self._tops[-1] - 1)))
        if target is not None:
            self._go(target if target != place else place + by)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self) - 1)

    def action_choose(self) -> None:
        if self._highlighted is not None:
            self.post_message(self.Chosen(self, self._highlighted))

    def on_click(self, event: events.Click) -> None:
        place = self._place_at(event.y + self.scroll_offset.y)
        if place is None:
            return
        if place == self._highlighted:
            self.action_choose()
        else:
            self._go(place)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._hover(self._place_at(event.y + self.scroll_offset.y))

    def on_leave(self) -> None:
        self._hover(None)

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            before, self._hovered = self._hovered, place
            self._refresh_entry(before)
            self._refresh_entry(place)
