"""The picture of the run table: its columns and lines as they stand on the screen, and what is drawn of each.

What is done to it, with keys, the mouse or by its owner, is in `run_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from logger.store.fields import Field, Sort
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model.cells import fit, hanging
from tui_tracker.model.columns import Column
from tui_tracker.model.extremes import Extremes
from tui_tracker.model.held_rows import HeldRows
from tui_tracker.model.outline import Heading, Outline
from tui_tracker.model.row_pages import Line
from tui_tracker.model.table_layout import Layout
from tui_tracker.model.text import clean
from tui_tracker.widgets import run_line, run_table_parts

HEADER_LINES = 1

# What an empty table says stands below the names of the runs.
_INDENT = 4


class RunTablePicture(ScrollView):
    """Draws a header and the lines that are scrolled to."""

    COMPONENT_CLASSES: ClassVar[set[str]] = run_table_parts.CLASSES
    DEFAULT_CSS = run_table_parts.CSS

    cursor: reactive[int] = reactive(0, repaint=False)
    """the line that the cursor is on, 0 in an empty list"""
    column: reactive[int] = reactive(0)
    """the current column, 0 for the run's name"""
    marked: reactive[frozenset[int]] = reactive(frozenset[int]())
    """ids of runs; setting it sends no message, marking by hand does"""
    baseline: reactive[int | None] = reactive(None)
    """the id of the run that others are compared with"""

    def __init__(self, *, placeholder: str, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.placeholder = placeholder
        """what an empty table says"""
        self._columns: tuple[Column, ...] = ()
        self._order: tuple[Sort, ...] = ()
        self._layout = Layout(())
        self._rows = HeldRows()
        self._extremes: Mapping[Field, Extremes] = {}
        self._colours: Mapping[int, str] = {}
        self._marked_groups: frozenset[tuple[str | None, ...]] = frozenset()
        self._trends: Mapping[tuple[int, str], str] = {}
        self._style_of = run_table_parts.PartStyles(self)

    def show_extremes(self, extremes: Mapping[Field, Extremes]) -> None:
        """Mark the cells that hold the best and the worst value of their column."""
        if extremes != self._extremes:
            self._extremes = dict(extremes)
            self.refresh()

    def show_colours(self, colours: Mapping[int, str]) -> None:
        """Paint the marks of runs, given by id, in the colours of their curves."""
        if colours != self._colours:
            self._colours = dict(colours)
            self.refresh()

    def show_marked_groups(self, keys: frozenset[tuple[str | None, ...]]) -> None:
        """Draw these groups as marked: all of their runs are."""
        if keys != self._marked_groups:
            self._marked_groups = keys
            self.refresh()

    def show_trends(self, trends: Mapping[tuple[int, str], str]) -> None:
        """Draw these bars, by run and metric, where a column shows them."""
        if trends != self._trends:
            self._trends = dict(trends)
            self.refresh()

    # What is there.

    @property
    def total(self) -> int:
        """How many runs the list has."""
        return self._rows.total

    @property
    def cursor_run(self) -> StoredRun | None:
        """The run at the cursor; None while its row has not arrived, on a group, or where there is none."""
        line = self._rows.at(self.cursor)
        return line.row.run if isinstance(line, Line) else None

    @property
    def cursor_heading(self) -> Heading | None:
        """The group that the cursor stands on."""
        line = self._rows.at(self.cursor)
        return line if isinstance(line, Heading) else None

    @property
    def current_field(self) -> Field:
        """What the current column shows."""
        return self._layout.fields[self.column]

    @property
    def current_cell(self) -> str:
        """What stands in the current column of the cursor's line; empty where that is no run."""
        line = self._rows.at(self.cursor)
        if not isinstance(line, Line):
            return ""
        shown = [column.field for column in self._columns]
        return line.texts[shown.index(self.current_field)] if self.current_field in shown else line.name

    @property
    def current_width(self) -> int:
        """How wide the current column is, in cells."""
        return self._layout.width(self.column) if self.column else self._layout.name_width(self._width)

    @property
    def outline(self) -> Outline | None:
        """The groups of the list, where it is in groups."""
        return self._rows.outline

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    @property
    def shown_fields(self) -> tuple[Field, ...]:
        """What the columns show, in the order of the screen."""
        return self._layout.fields

    def shown_rows(self) -> list[Row]:
        """The rows on the screen."""
        first = self.scroll_offset.y
        lines = (self._rows.at(place) for place in range(first, first + self._visible_rows))
        return [line.row for line in lines if isinstance(line, Line)]

    def shown_run_ids(self) -> frozenset[int]:
        """The runs whose rows are on the screen."""
        return frozenset(row.run.id for row in self.shown_rows())

    # Drawing.

    def render_line(self, y: int) -> Strip:
        view = self._view()
        if y < HEADER_LINES:
            return run_line.header(view, self._order, self.column, focused=self.has_focus)
        place = self.scroll_offset.y + y - HEADER_LINES
        background = self.rich_style
        if place >= self._rows.length:
            return self._blank(y, background)
        if place == self.cursor:
            background += Style(bgcolor=self._style_of("cursor").bgcolor)
        line = self._rows.at(place)
        if line is None:
            return run_line.not_loaded(view, background)
        if isinstance(line, Heading):
            marked = line.key in self._marked_groups
            return run_line.heading(view, line, marked=marked, background=background)
        return run_line.row(view, line, marked=line.row.run.id in self.marked, background=background)

    def _blank(self, y: int, style: Style) -> Strip:
        if self.total == 0 and y > HEADER_LINES:
            said = hanging(clean(self.placeholder), self._width - 1, _INDENT).split("\n")
            line = y - HEADER_LINES - 1
            if line < len(said):
                text = fit(said[line] if line else " " * _INDENT + said[0], self._width)
                return Strip([Segment(text, style + self._style_of("quiet"))], self._width)
        return Strip.blank(self._width, style)

    def _view(self) -> run_line.View:
        return run_line.View(
            self._layout,
            self._extremes,
            self._colours,
            self._trends,
            self.baseline,
            self._style_of,
            self._width,
            self.scroll_offset.x,
        )

    def notify_style_update(self) -> None:
        self._style_of.forget()
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
        self._layout.fit_to(self._width)
        furthest = self._layout.furthest_scroll(self._view().room)
        self.virtual_size = Size(self._width + furthest, self._rows.length + HEADER_LINES)

    def _bring_into_view(self) -> None:
        """Scroll so that the row of the cursor is seen."""
        first = self.scroll_offset.y
        target = min(max(first, self.cursor - self._visible_rows + 1), self.cursor)
        if target != first:
            self.scroll_to(y=target, animate=False, force=True)

    def _bring_column_into_view(self) -> None:
        """Scroll so that the current column is seen whole, and the first one beside the pinned is not cut."""
        target = self._layout.scroll_to_show(self.column, self.scroll_offset.x, self._view().room)
        if target != self.scroll_offset.x:
            self.scroll_to(x=target, animate=False, force=True)
