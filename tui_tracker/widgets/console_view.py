"""What a run printed, drawn line by line: only the rows that show are ever read.

A row is a printed line. Unwrapped, long lines are scrolled sideways. Wrapped, the view begins with a whole row and goes
on as far as there is room. While it follows, the end stays in view.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from logger.console.reading import Console, Line
from logger.console.record import STDERR
from tui_tracker.commands import moving
from tui_tracker.model.console_text import Piece, Rendition, pieces_of

_MARGIN = 2
_CLOCK = 9


class ConsoleView(ScrollView, can_focus=True):
    """The rows of one console."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "console-view--stderr",
        "console-view--quiet",
        "console-view--found",
        "console-view--match",
    }
    DEFAULT_CSS = """
    ConsoleView {
        height: 1fr;
        background: $surface;
        color: $foreground;
        scrollbar-size: 1 1;

        & > .console-view--stderr { color: $warning; }
        & > .console-view--quiet { color: $secondary; }
        & > .console-view--found { background: $primary 30%; }
        & > .console-view--match { background: $accent; color: $background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving.scroll_moves(),
        *moving.moves(first="to_begin", last="to_end"),
    ]

    following: reactive[bool] = reactive(False, init=False)
    """whether the end stays in view"""
    wrapping: reactive[bool] = reactive(False, init=False)
    timed: reactive[bool] = reactive(False, init=False)
    """whether each line is shown with its time"""

    @dataclass
    class Moved(Message):
        """Other rows show, or more is known of how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.console: Console | None = None
        self.found_row = -1
        """the row that a search has found"""
        self._pattern: re.Pattern[str] | None = None
        self._window: dict[int, Line] = {}
        self._drawn: list[tuple[int, int]] = []
        """for each line of the screen its row and which part of it, while wrapping"""
        self._widest = 0

    # What is shown.

    def show(self, console: Console) -> None:
        """Show another console, from its end."""
        self.console = console
        self._widest = 0
        self.found_row = -1
        self.grew()
        self.following = True
        self.to_end()

    def grew(self) -> None:
        """The console has more rows, or others at its end."""
        self._window.clear()
        self._fit()
        if self.following:
            self.to_end()
        self.refresh()
        self.post_message(self.Moved())

    def mark(self, pattern: re.Pattern[str] | None, row: int) -> None:
        """Show a row that a search has found, and where the pattern is in it and in others."""
        self._pattern = pattern
        self.found_row = row
        if row >= 0:
            self.following = False
            top = self.top
            if not top <= row < top + max(self._rows_shown(), 1):
                self.scroll_to(y=max(row - self.size.height // 3, 0), animate=False, force=True)
        self.refresh()

    @property
    def count(self) -> int:
        return self.console.count if self.console is not None else 0

    @property
    def top(self) -> int:
        """The first row that shows."""
        return int(self.scroll_offset.y)

    @property
    def bottom(self) -> int:
        """The row after the last one that shows."""
        return min(self.top + self._rows_shown(), self.count)

    def _rows_shown(self) -> int:
        if self.wrapping and self._drawn:
            return len({row for row, _ in self._drawn if row < self.count})
        return self.size.height

    def to_end(self) -> None:
        self.scroll_to(y=self._last_top(), animate=False, force=True)

    def _last_top(self) -> int:
        """The top row with which the last one is just in view."""
        height = self.scrollable_content_region.height
        if not self.wrapping:
            return max(self.count - height, 0)
        row, used = self.count, 0
        while row > 0:
            used += len(self._wrapped(row - 1))
            if used > height:
                break
            row -= 1
        return min(row, max(self.count - 1, 0))

    def _fit(self) -> None:
        height = self.scrollable_content_region.height or self.size.height
        # Wrapped, also the last row may stand at the top.
        rows = self.count + max(height - 1, 0) if self.wrapping else self.count
        width = 0 if self.wrapping else self._widest + self._indent
        self.virtual_size = Size(width, rows)

    @property
    def _indent(self) -> int:
        return _MARGIN + (_CLOCK if self.timed else 0)

    # Moving.

    def action_to_begin(self) -> None:
        self.following = False
        self.scroll_to(y=0, animate=False, force=True)

    def action_to_end(self) -> None:
        self.following = True

    def watch_following(self, following: bool) -> None:
        if following:
            self.to_end()
        self.post_message(self.Moved())

    def watch_wrapping(self) -> None:
        top = self.top
        self._fit()
        self.scroll_to(x=0, y=self._last_top() if self.following else top, animate=False, force=True)
        self.refresh()

    def watch_timed(self) -> None:
        self._fit()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and int(new_value) < self._last_top():
            self.following = False
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self, _event: events.Resize) -> None:
        self._fit()
        if self.following:
            self.to_end()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            self._lay_out()
        if y >= len(self._drawn):
            return Strip.blank(width, self.rich_style)
        row, part = self._drawn[y]
        line = self._line(row)
        if line is None:
            return Strip.blank(width, self.rich_style)
        ground = self.rich_style
        if row == self.found_row:
            ground = self.get_component_rich_style("console-view--found")
        lead = self._lead(line, part, ground)
        segments = self._segments(self._wrapped(row)[part] if self.wrapping else self._pieces(row), ground)
        text = Strip(segments)
        shift = 0 if self.wrapping else int(self.scroll_offset.x)
        text = text.crop(shift, shift + width - self._indent)
        return Strip([*lead, *text]).extend_cell_length(width, ground)

    def _lay_out(self) -> None:
        """Decide which row each line of the screen shows."""
        top, height = self.top, self.size.height
        if not self.wrapping:
            self._drawn = [(row, 0) for row in range(top, min(top + height, self.count))]
            widest = max((cell_len(self._text(row)) for row, _ in self._drawn), default=0)
            if widest > self._widest:
                self._widest = widest
                self.call_after_refresh(self._fit)
            return
        self._drawn = []
        row = top
        while len(self._drawn) < height and row < self.count:
            self._drawn += [(row, part) for part in range(len(self._wrapped(row)))]
            row += 1
        del self._drawn[height:]

    def _line(self, row: int) -> Line | None:
        if row not in self._window and self.console is not None and 0 <= row < self.count:
            if len(self._window) > 4096:
                self._window.clear()
            begin = max(row - self.size.height, 0)
            lines = self.console.lines(begin, row + self.size.height + 1)
            self._window.update(zip(range(begin, begin + len(lines)), lines, strict=True))
        return self._window.get(row)

    def _pieces(self, row: int) -> tuple[Piece, ...]:
        line = self._line(row)
        return pieces_of(line.text) if line is not None else ()

    def _text(self, row: int) -> str:
        return "".join(piece.text for piece in self._pieces(row))

    def _wrapped(self, row: int) -> list[list[Piece]]:
        """The lines of the screen that a row takes; one at least."""
        width = max(self.scrollable_content_region.width - self._indent, 1)
        lines: list[list[Piece]] = [[]]
        used = 0
        for piece in self._pieces(row):
            text = piece.text
            while text:
                head = chop_cells(text, width - used)[0] if used < width else ""
                if not head or cell_len(head) + used > width:
                    lines.append([])
                    used = 0
                    continue
                lines[-1].append(Piece(head, piece.rendition))
                used += cell_len(head)
                text = text[len(head) :]
        return lines

    def _lead(self, line: Line, part: int, ground: Style) -> list[Segment]:
        """The margin, which tells the streams apart, and the time."""
        quiet = ground + self.get_component_rich_style("console-view--quiet", partial=True)
        stderr = ground + self.get_component_rich_style("console-view--stderr", partial=True)
        lead = [Segment("▌ " if line.stream == STDERR else "  ", stderr)]
        if self.timed:
            told = time.strftime("%H:%M:%S", time.localtime(line.time_ms / 1000)) if line.time_ms else ""
            lead.append(Segment((told if part == 0 else "").ljust(_CLOCK), quiet))
        return lead

    def _segments(self, pieces: tuple[Piece, ...] | list[Piece], ground: Style) -> list[Segment]:
        segments = [Segment(piece.text, ground + _style(piece.rendition)) for piece in pieces]
        if self._pattern is None or not segments:
            return segments
        match = self.get_component_rich_style("console-view--match", partial=True)
        return _highlighted(segments, self._pattern, match)


def _highlighted(segments: list[Segment], pattern: re.Pattern[str], style: Style) -> list[Segment]:
    text = "".join(segment.text for segment in segments)
    spans = [(found.start(), found.end()) for found in pattern.finditer(text)]
    if not spans:
        return segments
    marked: list[Segment] = []
    place = 0
    for segment in segments:
        end = place + len(segment.text)
        cuts = {place, end} | {cut for span in spans for cut in span if place < cut < end}
        for begin, after in zip(sorted(cuts), sorted(cuts)[1:], strict=False):
            inside = any(first <= begin < last for first, last in spans)
            base = segment.style or Style.null()
            marked.append(Segment(text[begin:after], base + style if inside else base))
        place = end
    return marked


def _style(rendition: Rendition) -> Style:
    def colour(value: int | str | None) -> str | None:
        return f"color({value})" if isinstance(value, int) else value

    if not (rendition.attributes or rendition.foreground is not None or rendition.background is not None):
        return Style.null()
    colours = Style(color=colour(rendition.foreground), bgcolor=colour(rendition.background))
    return colours + Style.parse(" ".join(sorted(rendition.attributes)))
