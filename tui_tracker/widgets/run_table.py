"""The table of runs, drawn line by line from pages of rows that its owner reads.

The table never touches the store and never holds all rows. It asks for what it is about to show with
PageWanted; the newest such message names everything that is missing, so an owner may drop an older question
for a newer one. Its owner answers with `put_page`, and with `update_rows` when runs change. Rows that have
not arrived are drawn as dots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from logger.store.fields import Field, Sort
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model import clock
from tui_tracker.model.cells import fit
from tui_tracker.model.columns import LONGEST_CELL, Column, aged_texts, row_texts
from tui_tracker.model.row_pages import PAGE_ROWS, Line, RowPages
from tui_tracker.model.table_layout import Layout
from tui_tracker.model.text import clean
from tui_tracker.widgets import run_line

HEADER_LINES = 1
# Ages are told in seconds at first; this often is soon enough to believe them.
_AGES_SECONDS = 10.0
_GROUNDS = frozenset(("header", "header-current", "cursor"))
# Rows read beyond both edges of the screen, so that a step or a page of scrolling finds them there.
_AHEAD = PAGE_ROWS // 2


class RunTable(ScrollView, can_focus=True):
    """Runs by columns, with a cursor and marks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-table--header",
        "run-table--header-sorted",
        "run-table--header-current",
        "run-table--cursor",
        "run-table--name",
        "run-table--marked",
        "run-table--mark",
        "run-table--value",
        "run-table--quiet",
        "run-table--best",
        "run-table--dim",
        "run-table--running",
        "run-table--scheduled",
        "run-table--finished",
        "run-table--failed",
        "run-table--killed",
        "run-table--lost",
    }

    DEFAULT_CSS = """
    RunTable {
        height: 1fr;
        background: $surface;
        color: $foreground;
        scrollbar-size: 0 1;

        & > .run-table--header { color: $text-muted; background: $panel; }
        & > .run-table--header-sorted { color: $accent; }
        & > .run-table--header-current { color: $foreground; background: $foreground 15%; }
        & > .run-table--cursor { background: $foreground 8%; }
        &:focus > .run-table--cursor { background: $primary 30%; }
        & > .run-table--name { color: $foreground; }
        & > .run-table--marked { text-style: bold; }
        & > .run-table--mark { color: $accent; }
        & > .run-table--value { color: $foreground; }
        & > .run-table--quiet { color: $text-muted; }
        & > .run-table--best { color: $success; text-style: bold; }
        & > .run-table--dim { color: $text-disabled; }
        & > .run-table--running { color: $primary; text-style: bold; }
        & > .run-table--scheduled { color: $text-muted; }
        & > .run-table--finished { color: $success; }
        & > .run-table--failed { color: $error; }
        & > .run-table--killed { color: $warning; }
        & > .run-table--lost { color: $warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "previous run", show=False),
        Binding("down,j", "cursor(1)", "next run", show=False),
        Binding("pageup", "cursor_page(-1)", "page up", show=False),
        Binding("pagedown", "cursor_page(1)", "page down", show=False),
        Binding("home,g", "cursor_end(-1)", "first run", show=False),
        Binding("end,G", "cursor_end(1)", "last run", show=False),
        Binding("left,h", "column(-1)", "previous column", show=False),
        Binding("right,l", "column(1)", "next column", show=False),
        Binding("enter", "open", "open run", show=False),
        Binding("space", "mark", "mark run", show=False),
        Binding("s", "sort", "sort by column", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """the place of the cursor in the list, 0 in an empty one"""
    column: reactive[int] = reactive(0)
    """the current column, 0 for the run's name"""
    marked: reactive[frozenset[int]] = reactive(frozenset[int]())
    """ids of runs; setting it sends no message, marking by hand does"""

    @dataclass
    class PageWanted(Message):
        """Rows are about to be shown that the table has not got; it replaces every earlier one."""

        table: RunTable
        generation: int
        offset: int
        limit: int

    @dataclass
    class RunHighlighted(Message):
        """The cursor has come to stand on another run, or on none because there is none."""

        table: RunTable
        run: StoredRun | None

    @dataclass
    class RunOpened(Message):
        """A run was chosen with Enter or a double click."""

        table: RunTable
        run: StoredRun

    @dataclass
    class MarksChanged(Message):
        """A person marked runs or cleared their marks."""

        table: RunTable
        run_ids: frozenset[int]

    @dataclass
    class SortWanted(Message):
        """A person asks for the rows in the order of this field, or in the other direction if they are."""

        table: RunTable
        field: Field

    def __init__(
        self,
        *,
        clock: Callable[[], float] = clock.now,
        placeholder: str = "no runs",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.placeholder = placeholder
        """what an empty table says"""
        self.total = 0
        """how many rows the list has"""
        self._clock = clock
        self._columns: tuple[Column, ...] = ()
        self._order: tuple[Sort, ...] = ()
        self._generation = -1
        self._layout = Layout(())
        self._pages = RowPages()
        # The rows of the former generation stand in for those that have not arrived.
        self._former: RowPages | None = None
        self._wanted: tuple[int, int] | None = None
        self._best: Mapping[Field, float] = {}
        self._colours: Mapping[int, str] = {}
        self._highlighted: int | None = None
        self._part_styles: dict[str, Style] = {}

    # What the owner tells the table.

    def set_view(
        self,
        columns: Sequence[Column],
        total: int,
        order: Sequence[Sort],
        generation: int,
        *,
        cursor: int | None = None,
    ) -> None:
        """Show a list of `total` runs.

        A new generation drops the rows held; `cursor` is the place of the run that the cursor is to stand on
        (None: it keeps its place in the list).
        """
        same_columns = tuple(columns) == self._columns
        if not same_columns:
            field = self.current_field
            self._columns = tuple(columns)
            self._layout = Layout(columns)
            fields = self._layout.fields
            self.set_reactive(RunTable.column, fields.index(field) if field in fields else 0)
        if generation != self._generation or not same_columns:
            self._former = self._pages if same_columns and len(self._pages) else None
            self._pages = RowPages()
            self._wanted = None
        self._generation = generation
        self._order = tuple(order)
        self.total = total
        self._fit_virtual_size()
        self.move_to(self.cursor if cursor is None else cursor)
        self._want()
        self._highlight()
        self.refresh()

    def put_page(self, generation: int, offset: int, rows: Sequence[Row]) -> None:
        """Take the answer to PageWanted; one for another generation is dropped."""
        if generation != self._generation:
            return
        lines = self._lines(rows)
        self._pages.put(offset, lines)
        self._former = None
        if self._layout.learn(lines):
            self._fit_virtual_size()
        self._wanted = None
        self._want()
        self._highlight()
        self.refresh()

    def update_rows(self, rows: Sequence[Row]) -> None:
        """Take fresh values of runs; those that are not held are ignored."""
        lines = {line.row.run.id: line for line in self._lines(rows)}
        self._repaint(self._pages.replace(lines))

    def _repaint(self, places: Sequence[int]) -> None:
        """Draw these lines anew, and all of them where a column has become wider."""
        lines = [line for line in map(self._pages.get, places) if line is not None]
        if self._layout.learn(lines):
            self._fit_virtual_size()
            self.refresh()
        else:
            for place in places:
                self._refresh_row(place)

    def show_best(self, best: Mapping[Field, float]) -> None:
        """Mark the cells of these columns that hold these values."""
        if best != self._best:
            self._best = dict(best)
            self.refresh()

    def show_colours(self, colours: Mapping[int, str]) -> None:
        """Paint the marks of runs, given by id, in the colours of their curves."""
        if colours != self._colours:
            self._colours = dict(colours)
            self.refresh()

    def toggle_mark(self) -> None:
        """Mark the run at the cursor, or unmark it."""
        run = self.cursor_run
        if run is not None:
            self.marked = self.marked ^ {run.id}
            self.post_message(self.MarksChanged(self, self.marked))

    def clear_marks(self) -> None:
        if self.marked:
            self.marked = frozenset()
            self.post_message(self.MarksChanged(self, self.marked))

    def move_to(self, place: int) -> None:
        """Put the cursor on a place in the list, as near as there is one, and bring it into view."""
        self.cursor = place
        self._bring_into_view()

    # What the owner may ask it.

    @property
    def cursor_run(self) -> StoredRun | None:
        """The run at the cursor; None while its row has not arrived, or there is none."""
        line = self._line(self.cursor)
        return None if line is None else line.row.run

    @property
    def current_field(self) -> Field:
        """What the current column shows."""
        return self._layout.fields[self.column]

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def shown_run_ids(self) -> frozenset[int]:
        """The runs whose rows are on the screen."""
        first = self.scroll_offset.y
        lines = (self._line(place) for place in range(first, first + self._visible_rows))
        return frozenset(line.row.run.id for line in lines if line is not None)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        view = self._view()
        if y < HEADER_LINES:
            return run_line.header(view, self._order, self.column, focused=self.has_focus)
        place = self.scroll_offset.y + y - HEADER_LINES
        background = self.rich_style
        if place >= self.total:
            return self._blank(y, background)
        if place == self.cursor:
            background += Style(bgcolor=self._style_of("cursor").bgcolor)
        line = self._line(place)
        if line is None:
            return run_line.not_loaded(view, background)
        return run_line.row(view, line, marked=line.row.run.id in self.marked, background=background)

    def _blank(self, y: int, style: Style) -> Strip:
        if self.total == 0 and y == HEADER_LINES + 1:
            text = fit(f"    {clean(self.placeholder)}", self._width)
            return Strip([Segment(text, style + self._style_of("quiet"))], self._width)
        return Strip.blank(self._width, style)

    def _view(self) -> run_line.View:
        return run_line.View(
            self._layout, self._best, self._colours, self._style_of, self._width, self.scroll_offset.x
        )

    def _style_of(self, part: str) -> Style:
        """The style of a part, blended with what is under it; only some parts have a ground of their own."""
        style = self._part_styles.get(part)
        if style is None:
            blended = self.get_component_rich_style(f"run-table--{part}")
            style = Style(
                color=blended.color,
                bgcolor=blended.bgcolor if part in _GROUNDS else None,
                bold=blended.bold or None,
                italic=blended.italic or None,
                underline=blended.underline or None,
                reverse=blended.reverse or None,
            )
            self._part_styles[part] = style
        return style

    def notify_style_update(self) -> None:
        self._part_styles = {}
        super().notify_style_update()

    def _refresh_row(self, place: int) -> None:
        line = place - self.scroll_offset.y + HEADER_LINES
        if HEADER_LINES <= line < self._height:
            self.refresh(Region(0, line, self._width, 1))

    # Geometry.

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height

    @property
    def _visible_rows(self) -> int:
        return max(self._height - HEADER_LINES, 1)

    def _fit_virtual_size(self) -> None:
        furthest = self._layout.furthest_scroll(self._view().room)
        self.virtual_size = Size(self._width + furthest, self.total + HEADER_LINES)

    def _bring_into_view(self) -> None:
        """Scroll so that the row of the cursor is seen."""
        first = self.scroll_offset.y
        target = min(max(first, self.cursor - self._visible_rows + 1), self.cursor)
        if target != first:
            self.scroll_to(y=target, animate=False, force=True)

    def _bring_column_into_view(self) -> None:
        """Scroll so that the current column is seen whole, and the first one beside the name is not cut."""
        target = self._layout.scroll_to_show(self.column, self.scroll_offset.x, self._view().room)
        if target != self.scroll_offset.x:
            self.scroll_to(x=target, animate=False, force=True)

    # Rows.

    def _lines(self, rows: Iterable[Row]) -> list[Line]:
        now = self._clock()
        return [
            Line(row, clean(str(row.run.name), LONGEST_CELL), row_texts(self._columns, row, now))
            for row in rows
            if len(row.cells) == len(self._columns)
        ]

    def _line(self, place: int) -> Line | None:
        if not 0 <= place < self.total:
            return None
        line = self._pages.get(place)
        return self._former.get(place) if line is None and self._former is not None else line

    def _want(self) -> None:
        """Ask for the rows around those on the screen that are not held and have not just been asked for."""
        if not self.total or not self.is_attached:
            return
        first = max(self.scroll_offset.y - _AHEAD, 0)
        last = min(self.scroll_offset.y + self._visible_rows + _AHEAD, self.total) - 1
        wanted = self._pages.missing(min(first, last), last)
        if wanted is not None and wanted != self._wanted:
            self.post_message(self.PageWanted(self, self._generation, *wanted))
        self._wanted = wanted

    def _highlight(self) -> None:
        """Tell when the cursor stands on another run; while its row is on its way, say nothing."""
        run = self.cursor_run
        if run is None and self.total:
            return
        found = None if run is None else run.id
        if found != self._highlighted:
            self._highlighted = found
            self.post_message(self.RunHighlighted(self, run))

    def _tell_ages_again(self) -> None:
        """Ages and durations of running runs grow by themselves."""
        now = self._clock()

        def older(line: Line) -> Line:
            texts = aged_texts(self._columns, line.row, line.texts, now)
            return line if texts == line.texts else replace(line, texts=texts)

        if self.total and self.is_on_screen:
            self._repaint(self._pages.update(older))

    # Events.

    def on_mount(self) -> None:
        self.set_interval(_AGES_SECONDS, self._tell_ages_again)

    def on_resize(self) -> None:
        self._fit_virtual_size()
        self._bring_into_view()
        self._want()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def validate_cursor(self, place: int) -> int:
        return max(min(place, self.total - 1), 0)

    def watch_cursor(self, old: int, new: int) -> None:
        self._refresh_row(old)
        self._refresh_row(new)
        self._highlight()

    def validate_column(self, column: int) -> int:
        return max(min(column, len(self._layout.columns) - 1), 0)

    def watch_column(self) -> None:
        self._bring_column_into_view()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y < HEADER_LINES:
            self._click_header(offset.x)
            return
        place = self.scroll_offset.y + offset.y - HEADER_LINES
        if place >= self.total:
            return
        self.move_to(place)
        if event.chain > 1:
            self.action_open()
        elif offset.x == 0:
            self.toggle_mark()

    def _click_header(self, x: int) -> None:
        pinned = self._layout.pinned_width(self._width)
        index = 0 if x < pinned else self._layout.column_at(x - pinned + self.scroll_offset.x)
        if index is not None:
            self.column = index
            self.action_sort()

    # Keys.

    def action_cursor(self, step: int) -> None:
        self.move_to(self.cursor + step)

    def action_cursor_page(self, direction: int) -> None:
        self.move_to(self.cursor + direction * max(self._visible_rows - 1, 1))

    def action_cursor_end(self, direction: int) -> None:
        self.move_to(self.total if direction > 0 else 0)

    def action_column(self, step: int) -> None:
        self.column += step

    def action_open(self) -> None:
        run = self.cursor_run
        if run is not None:
            self.post_message(self.RunOpened(self, run))

    def action_mark(self) -> None:
        self.toggle_mark()

    def action_sort(self) -> None:
        self.post_message(self.SortWanted(self, self.current_field))
