"""The table of runs, drawn line by line from pages of rows that its owner reads.

The table never touches the store and never holds all rows. It asks for what it is about to show with
PageWanted; the newest such message names everything that is missing, so an owner may drop an older question
for a newer one. Its owner answers with `put_page`, and with `update_rows` when runs change. Rows that have
not arrived are drawn as dots. A list in groups has headings between its rows; its owner says which are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, TypeAlias

from textual import events
from textual.binding import Binding, BindingType

from logger.store.fields import Field, Sort
from logger.store.search import Row
from tui_tracker.commands.moving import moves
from tui_tracker.model import clock
from tui_tracker.model.cells import width_of
from tui_tracker.model.columns import LONGEST_CELL, Column, aged_texts, row_texts
from tui_tracker.model.outline import Heading, Outline
from tui_tracker.model.row_pages import PAGE_ROWS, Line
from tui_tracker.model.table_layout import Layout
from tui_tracker.model.text import clean
from tui_tracker.widgets import run_table_messages
from tui_tracker.widgets.column_drag import ColumnDrag
from tui_tracker.widgets.run_table_picture import HEADER_LINES, RunTablePicture

# Ages are told in seconds at first; this often is soon enough to believe them.
_AGES_SECONDS = 10.0
# Cells of an arrow and the number of a sort key.
_SORT_SIGN = 2
# Rows read beyond both edges of the screen, so that a step or a page of scrolling finds them there.
_AHEAD = PAGE_ROWS // 2


class RunTable(RunTablePicture, can_focus=True):
    """Runs by columns, with a cursor and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moves(
            up="cursor(-1)",
            down="cursor(1)",
            page_up="cursor_page(-1)",
            page_down="cursor_page(1)",
            first="cursor_end(-1)",
            last="cursor_end(1)",
            left="column(-1)",
            right="column(1)",
        ),
        # By the ids of the screen's commands, which so keep their key where a person sets another.
        Binding("enter", "open", "open run", show=False, id="runs.open"),
        Binding("space", "mark", "mark run", show=False, id="runs.mark"),
        Binding("s", "sort(False)", "sort by column", show=False, id="runs.sort"),
        Binding("S", "sort(True)", "sort by column too", show=False, id="runs.sort_also"),
    ]

    PageWanted: TypeAlias = run_table_messages.PageWanted
    RowsShown: TypeAlias = run_table_messages.RowsShown
    RunHighlighted: TypeAlias = run_table_messages.RunHighlighted
    CursorMoved: TypeAlias = run_table_messages.CursorMoved
    RunOpened: TypeAlias = run_table_messages.RunOpened
    GroupToggled: TypeAlias = run_table_messages.GroupToggled
    GroupMarked: TypeAlias = run_table_messages.GroupMarked
    MarksChanged: TypeAlias = run_table_messages.MarksChanged
    SortWanted: TypeAlias = run_table_messages.SortWanted
    ColumnResized: TypeAlias = run_table_messages.ColumnResized

    def __init__(
        self,
        *,
        clock: Callable[[], float] = clock.now,
        placeholder: str = "no runs",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(placeholder=placeholder, id=id, classes=classes)
        self._clock = clock
        self._highlighted: object = None
        self._shown: tuple[int, ...] = ()
        self._drag: ColumnDrag | None = None

    # What the owner tells the table.

    def set_view(
        self,
        columns: Sequence[Column],
        total: int,
        order: Sequence[Sort],
        generation: int,
        *,
        cursor: int | None = None,
        outline: Outline | None = None,
        widths: Mapping[Field, int] | None = None,
        pinned: Iterable[Field] = (),
    ) -> None:
        """Show a list of `total` runs; in groups, where there is an outline.

        A new generation drops the rows held; `cursor` is the line of the run that the cursor is to stand on
        (None: it keeps its place in the list).
        """
        same_columns = tuple(columns) == self._columns
        layout = Layout(columns, widths, frozenset(pinned))
        if not same_columns or not layout.is_like(self._layout):
            field = self.current_field
            self._columns = tuple(columns)
            self._layout = layout
            fields = layout.fields
            self.set_reactive(RunTable.column, fields.index(field) if field in fields else 0)
        self._order = tuple(order)
        self._rows.begin(generation, total, outline, same_columns=same_columns)
        self._layout.learn(self._rows.headings())
        if len(order) > 1:
            for column in self._columns:
                if any(sort.field == column.field for sort in order):
                    self._layout.make_room(column.field, width_of(column.title) + _SORT_SIGN)
        self._fit_virtual_size()
        self.move_to(self.cursor if cursor is None else cursor)
        self._want()
        self._highlight()
        self.refresh()

    def put_page(self, generation: int, offset: int, rows: Sequence[Row]) -> None:
        """Take the answer to PageWanted; one for another generation is dropped."""
        if generation != self._rows.generation:
            return
        lines = self._lines(rows)
        self._rows.put(offset, lines)
        if self._layout.learn(lines):
            self._fit_virtual_size()
        self._want()
        self._highlight()
        self.refresh()

    def update_rows(self, rows: Sequence[Row]) -> None:
        """Take fresh values of runs; those that are not held are ignored."""
        self._repaint(self._rows.replace({line.row.run.id: line for line in self._lines(rows)}))

    def _repaint(self, places: Sequence[int]) -> None:
        """Draw these lines anew, and all of them where a column has become wider."""
        lines = [line for line in map(self._rows.at, places) if line is not None]
        if self._layout.learn(lines):
            self._fit_virtual_size()
            self.refresh()
        else:
            for place in places:
                self._refresh_row(place)

    def toggle_mark(self) -> None:
        """Mark the run at the cursor, or unmark it; on a group, all of its runs."""
        line = self._rows.at(self.cursor)
        if isinstance(line, Heading):
            self.post_message(self.GroupMarked(line.key))
        elif line is not None:
            self._mark(self.marked ^ {line.row.run.id})

    def clear_marks(self) -> None:
        if self.marked:
            self._mark(frozenset())

    def _mark(self, run_ids: frozenset[int]) -> None:
        self.marked = run_ids
        self.post_message(self.MarksChanged(run_ids))

    def move_to(self, place: int) -> None:
        """Put the cursor on a line, as near as there is one, and bring it into view."""
        self.cursor = place
        self._bring_into_view()

    # Rows.

    def _lines(self, rows: Iterable[Row]) -> list[Line]:
        now = self._clock()
        return [
            Line(row, clean(str(row.run.name), LONGEST_CELL), row_texts(self._columns, row, now))
            for row in rows
            if len(row.cells) == len(self._columns)
        ]

    def _want(self) -> None:
        """Ask for the rows around those on the screen that are not held and have not just been asked for."""
        length = self._rows.length
        if not length or not self.is_attached:
            return
        first = max(self.scroll_offset.y - _AHEAD, 0)
        last = min(self.scroll_offset.y + self._visible_rows + _AHEAD, length) - 1
        wanted = self._rows.wanted(min(first, last), last)
        if wanted is not None:
            self.post_message(self.PageWanted(self._rows.generation, *wanted))
        shown = tuple(row.run.id for row in self.shown_rows())
        if shown != self._shown:
            self._shown = shown
            self.post_message(self.RowsShown())

    def _highlight(self) -> None:
        """Tell when the cursor stands on another run; while its row is on its way, say nothing."""
        line = self._rows.at(self.cursor)
        if line is None and self._rows.length:
            return
        run = line.row.run if isinstance(line, Line) else None
        found = line.key if isinstance(line, Heading) else None if run is None else run.id
        if found != self._highlighted:
            self._highlighted = found
            self.post_message(self.RunHighlighted(run))

    def _tell_ages_again(self) -> None:
        """Ages and durations of running runs grow by themselves."""
        now = self._clock()

        def older(line: Line) -> Line:
            texts = aged_texts(self._columns, line.row, line.texts, now)
            return line if texts == line.texts else replace(line, texts=texts)

        if self.total and self.is_on_screen:
            self._repaint(self._rows.update(older))

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
        return max(min(place, self._rows.length - 1), 0)

    def watch_cursor(self, old: int, new: int) -> None:
        self._refresh_row(old)
        self._refresh_row(new)
        self._highlight()

    def validate_column(self, column: int) -> int:
        return max(min(column, len(self._layout.columns) - 1), 0)

    def watch_column(self) -> None:
        self._bring_column_into_view()

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < HEADER_LINES:
            self._drag = ColumnDrag.at(self._layout, offset.x, self.scroll_offset.x, self._width)
            if self._drag is not None:
                self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drag is not None and self._drag.to(event.x - self.gutter.left):
            self._layout.set_width(self._drag.column, self._drag.width)
            self._fit_virtual_size()
            self.refresh()

    def on_mouse_up(self) -> None:
        if self._drag is not None:
            self.release_mouse()
            if self._drag.moved:
                field = self._layout.fields[self._drag.column]
                self.post_message(self.ColumnResized(field, self._drag.width))

    def on_click(self, event: events.Click) -> None:
        drag, self._drag = self._drag, None
        offset = event.get_content_offset(self)
        if offset is None or (drag is not None and drag.moved):
            return
        event.stop()
        if offset.y < HEADER_LINES:
            self._click_header(offset.x, also=event.shift)
            return
        place = self.scroll_offset.y + offset.y - HEADER_LINES
        if place >= self._rows.length:
            return
        self._step_to(place)
        if offset.x == 0:
            self.toggle_mark()
        elif event.chain > 1 or self.cursor_heading is not None:
            self.action_open()

    def _click_header(self, x: int, *, also: bool) -> None:
        index = self._layout.column_at(x, self.scroll_offset.x)
        if index is not None:
            self.column = index
            self.action_sort(also)

    # Keys.

    def _step_to(self, place: int) -> None:
        self.post_message(self.CursorMoved())
        self.move_to(place)

    def action_cursor(self, step: int) -> None:
        self._step_to(self.cursor + step)

    def action_cursor_page(self, direction: int) -> None:
        self._step_to(self.cursor + direction * max(self._visible_rows - 1, 1))

    def action_cursor_end(self, direction: int) -> None:
        self._step_to(self._rows.length if direction > 0 else 0)

    def action_column(self, step: int) -> None:
        self.column += step

    def action_open(self) -> None:
        line = self._rows.at(self.cursor)
        if isinstance(line, Heading):
            self.post_message(self.GroupToggled(line.key))
        elif line is not None:
            self.post_message(self.RunOpened(line.row.run))

    def action_mark(self) -> None:
        self.toggle_mark()

    def action_sort(self, also: bool) -> None:
        self.post_message(self.SortWanted(self.current_field, also))
