"""A table of which only the cells on the screen are made: the first column and the headings stay, the others scroll.

The cursor is on a row. What a cell says comes from its owner when it comes into view.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

_HEADER_LINES = 1
# A blank on either side of a cell.
_PADDING = 2

Cell = Callable[[int, int], Text]
"""Makes the cell of a row and a column, no wider than its column."""


class SideBySide(ScrollView, can_focus=True):
    """Rows and columns; keys are bound by whoever knows what they are for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"side-by-side--header", "side-by-side--cursor"}
    DEFAULT_CSS = """
    SideBySide {
        & > .side-by-side--header { background: $panel; color: $foreground; text-style: bold; }
        & > .side-by-side--cursor { background: $foreground 8%; }
        &:focus > .side-by-side--cursor { background: $primary 30%; }
    }
    """

    cursor_row: reactive[int] = reactive(0, repaint=False)
    """the row that the cursor is on, 0 in an empty table"""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._headings: Sequence[Text] = ()
        self._widths: Sequence[int] = ()
        self._starts: Sequence[int] = (0,)
        self._cell: Cell = lambda *_: Text()
        self._row_count = 0

    @property
    def row_count(self) -> int:
        return self._row_count

    @property
    def headings(self) -> Sequence[Text]:
        """What stands above the columns, the first included."""
        return self._headings

    def row_at(self, place: int) -> list[Text]:
        """All cells of a row."""
        return [self._cell(place, column) for column in range(len(self._headings))]

    def put(self, headings: Sequence[Text], widths: Sequence[int], row_count: int, cell: Cell) -> None:
        """Show these columns, so wide, and so many rows; cursor and place stay where they can."""
        self._headings, self._widths = headings, [width + _PADDING for width in widths]
        self._starts = [0, *accumulate(self._widths[1:])]
        self._cell, self._row_count = cell, row_count
        self.virtual_size = Size(sum(self._widths), row_count + _HEADER_LINES)
        self.cursor_row = self.validate_cursor_row(self.cursor_row)
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place = self.scroll_offset.y + y - _HEADER_LINES
        base = self.rich_style
        if y < _HEADER_LINES:
            style = base + self.get_component_rich_style("side-by-side--header")
            return self._line(self._headings.__getitem__, style, width)
        if place >= self._row_count:
            return Strip.blank(width, base)
        if place == self.cursor_row:
            base += Style(bgcolor=self.get_component_rich_style("side-by-side--cursor").bgcolor)
        return self._line(lambda column: self._cell(place, column), base, width)

    def _line(self, cell: Callable[[int], Text], base: Style, width: int) -> Strip:
        if not self._widths:
            return Strip.blank(width, base)
        first = self._strip(cell(0), self._widths[0], base)
        left, room = self.scroll_offset.x, max(width - self._widths[0], 0)
        column = max(bisect_right(self._starts, left), 1)
        shown, begun = [], self._starts[min(column, len(self._starts)) - 1]
        while column < len(self._widths) and self._starts[column - 1] < left + room:
            shown.append(self._strip(cell(column), self._widths[column], base))
            column += 1
        rest = Strip.join(shown).crop(left - begun, left - begun + room)
        return Strip.join([first, rest]).adjust_cell_length(width, base)

    def _strip(self, text: Text, width: int, base: Style) -> Strip:
        # Rich leaves the style of a text out where no part of it has another.
        own = base + (text.style if isinstance(text.style, Style) else Style())
        segments = [
            Segment(segment.text, base + segment.style if segment.style is not None else own)
            for segment in text.render(self.app.console)
            if segment.text
        ]
        return Strip([Segment(" ", base), *segments]).adjust_cell_length(width, base)

    def _refresh_row(self, place: int) -> None:
        line = place - self.scroll_offset.y + _HEADER_LINES
        region = self.scrollable_content_region
        if _HEADER_LINES <= line < region.height:
            self.refresh(Region(0, line, region.width, 1))

    # The cursor

    @property
    def _rows_in_view(self) -> int:
        return max(self.scrollable_content_region.height - _HEADER_LINES, 1)

    def validate_cursor_row(self, place: int) -> int:
        return max(min(place, self._row_count - 1), 0)

    def watch_cursor_row(self, old: int, new: int) -> None:
        self._refresh_row(old)
        self._refresh_row(new)
        first = self.scroll_offset.y
        target = min(max(first, new - self._rows_in_view + 1), new)
        if target != first:
            self.scroll_to(y=target, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y >= _HEADER_LINES:
            self.cursor_row = self.scroll_offset.y + offset.y - _HEADER_LINES

    def action_cursor_up(self) -> None:
        self.cursor_row -= 1

    def action_cursor_down(self) -> None:
        self.cursor_row += 1

    def action_page_up(self) -> None:
        self.cursor_row -= self._rows_in_view

    def action_page_down(self) -> None:
        self.cursor_row += self._rows_in_view

    def action_first_row(self) -> None:
        self.cursor_row = 0

    def action_last_row(self) -> None:
        self.cursor_row = self._row_count - 1

    def action_previous_column(self) -> None:
        """Scroll to the column before the first one that shows."""
        before = [start for start in self._starts if start < self.scroll_offset.x]
        self.scroll_to(x=before[-1] if before else 0, animate=False, force=True)

    def action_next_column(self) -> None:
        """Scroll to the column after the first one that shows."""
        after = [start for start in self._starts if start > self.scroll_offset.x]
        if after:
            self.scroll_to(x=after[0], animate=False, force=True)
