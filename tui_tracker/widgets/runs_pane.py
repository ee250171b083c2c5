"""The runs of a place: the filter above, the table below, and what connects them with the store.

What the person chooses is one `Selection` and one `TableLook`; whatever changes them asks the store anew, and the
answer goes to the table. The rows on the screen follow the store at once; counts, order and extremes at intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from logger.store import search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model import clock
from tui_tracker.model.columns import Column, columns_of
from tui_tracker.model.extremes import direction_in, read_extremes
from tui_tracker.model.filter_history import FilterHistory
from tui_tracker.model.grouping import GroupKey
from tui_tracker.model.looks import Looks
from tui_tracker.model.outline import Outline
from tui_tracker.model.selection import Place, Selection
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TREND, TableLook, readable
from tui_tracker.model.text import clean
from tui_tracker.model.trends import Trends, read_trends
from tui_tracker.model.view import View, read_grouped_view, read_view
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.empty_table import why_empty
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.following import Pending, Throttle
from tui_tracker.widgets.run_table import RunTable

T = TypeVar("T")

# How often counts and order are read again while runs change, and how often extremes.
_RENEW_SECONDS = 1.0
_EXTREMES_SECONDS = 5.0
# Runs of a group whose curves show while the cursor is on it; space marks them all.
_MOST_OF_GROUP = 8


class RunsPane(Vertical):
    """Filter and table. Opening a run is left to whoever hears RunTable.RunOpened."""

    @dataclass
    class ChosenRuns(Message):
        """The marked runs and the one at the cursor, by id, have become others."""

        run_ids: tuple[int, ...]

    @dataclass
    class LookChanged(Message):
        """The table looks otherwise: another place, or the person's wish."""

        look: TableLook

    @dataclass
    class PlaceEntered(Message):
        """The runs of an experiment are shown for the first time in this session; empty: of all together."""

        experiment: str

    @dataclass
    class Failed(Message):
        """The store could not be read."""

        reason: str

    def __init__(
        self, source: Source, state: StateFile, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._source = source
        self._state = state
        self._questions = Questions(self, source)
        self._looks = Looks(state)
        self._look = self._looks.of(Place())
        self._selection = Selection(order=self._look.order)
        self._opened: set[GroupKey] = set()
        self._entered: set[str] = set()
        self._waiting: list[Callable[[], object]] = []
        self._rated: tuple[object, ...] = ()
        self._trends = Trends()
        self._generation = 0
        self._changed = Pending(self._read_changes)
        self._renewing = Throttle(self, _RENEW_SECONDS, self.renew)
        self._rating = Throttle(self, _EXTREMES_SECONDS, self._read_extremes)

    def compose(self) -> ComposeResult:
        yield FilterBar(self._source, FilterHistory(self._state))
        yield RunTable(placeholder="reading…")

    def on_mount(self) -> None:
        self.filter_bar.returns_to = self.table
        self.renew()
        self.post_message(self.LookChanged(self._look))

    # Parts and state

    @property
    def table(self) -> RunTable:
        return self.query_one(RunTable)

    @property
    def filter_bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    @property
    def selection(self) -> Selection:
        """Which runs are shown, in which order."""
        return self._selection

    @property
    def look(self) -> TableLook:
        """How they are shown."""
        return self._look

    @property
    def run(self) -> StoredRun | None:
        """The run at the cursor."""
        return self.table.cursor_run

    @property
    def names(self) -> Names:
        """The names in use, by which a filter is read."""
        return self.filter_bar.names

    @names.setter
    def names(self, names: Names) -> None:
        """New names may deserve columns, where nobody has chosen any."""
        known = self.filter_bar.names
        self.filter_bar.names = names
        if names != known and self._look.columns is None:
            self.renew()
        # A view's filter is read by the names in use: not before these are known.
        self._enter(self._selection.place)

    @property
    def fields(self) -> list[Field]:
        """What the columns show."""
        return [column.field for column in self.table.columns]

    @property
    def _read_fields(self) -> list[Field]:
        """What the store is asked for to show them."""
        return [column.reads for column in self.table.columns]

    # What the person chooses

    def go_to(self, place: Place) -> None:
        """Show the runs of a place as they were shown there last, under the same filter."""
        if place != self._selection.place:
            before, self._look = self._look, self._looks.of(place)
            self._opened.clear()
            self.select(replace(self._selection.at(place, self.names), order=self._look.order))
            if self._look != before:
                self.post_message(self.LookChanged(self._look))
            self._enter(place)

    def _enter(self, place: Place) -> None:
        if place.experiment not in self._entered:
            self._entered.add(place.experiment)
            self.post_message(self.PlaceEntered(place.experiment))

    def show_view(self, text: str, look: TableLook) -> None:
        """Show the runs under this filter, so.

        Raises FilterError for the filter; the look is taken over all the same.
        """
        self.show_as(look)
        selection = self._selection.filtered(text, self.names)
        self.filter_bar.set_text(text)
        self.select(selection)

    def go_to_run(self, run_id: int) -> None:
        """Put the cursor on a run, where it is among those shown."""
        query = self._selection.query

        def deliver(place: int | None) -> None:
            if place is not None:
                self.table.move_to(place)

        if not self._look.grouped:
            self._ask("position", lambda reader: search.position(reader, query, run_id), deliver)

    def clear_filter(self) -> None:
        self.filter_bar.set_text("")
        self.select(self._selection.filtered("", self.names))

    def select(self, selection: Selection) -> None:
        """Show what is selected."""
        if selection != self._selection:
            self._selection = selection
            self.renew()

    def show_as(self, look: TableLook) -> None:
        """Show the runs so, here and in the next session."""
        if look != self._look:
            self._look = look
            self._looks.put(self._selection.place, look)
            self._selection = replace(self._selection, order=look.order)
            self.renew()
            self.post_message(self.LookChanged(look))

    def sort_by(self, field: Field, *, also: bool = False) -> None:
        """In the order of a field; `also`: where the present order leaves a choice."""
        selection, wanted = self._selection, readable(field)
        changed = selection.also_sorted_by(wanted) if also else selection.sorted_by(wanted)
        self.show_as(replace(self._look, order=changed.order))

    def sort_by_column(self, *, also: bool = False) -> None:
        """In the order of the current column, as `sort_by`."""
        self.sort_by(self.table.current_field, also=also)

    def toggle_mark(self) -> None:
        self.table.toggle_mark()

    def clear_marks(self) -> None:
        self.table.clear_marks()

    def reverse(self) -> None:
        self.show_as(replace(self._look, order=self._selection.reversed().order))

    def turn_direction(self) -> str | None:
        """Make less of the current metric better, or more; returns which, or None where no metric is current."""
        field = self.table.current_field
        if field.kind != "metric":
            return None
        turned = "higher" if direction_in(field.key, self._look.directions) == "lower" else "lower"
        self.show_as(self._look.directed(field.key, "higher" if turned == "higher" else "lower"))
        return f"{clean(field.key, 60)}: {turned} is better"

    def move_column(self, step: int) -> None:
        table = self.table
        self.show_as(self._look.moved(table.shown_fields, table.current_field, step))

    def hide_column(self) -> None:
        self.show_as(self._look.hidden(self.table.shown_fields, self.table.current_field))

    def pin_column(self) -> None:
        self.show_as(self._look.pin_toggled(self.table.current_field))

    def widen_column(self, by: int) -> None:
        self.show_as(self._look.resized(self.table.current_field, self.table.current_width + by))

    def next_shelf(self) -> None:
        """Show the archived runs, then the deleted ones, then the current ones again."""
        self.table.clear_marks()
        self.select(self._selection.on_next_shelf())

    def toggle_baseline(self) -> None:
        """Pin the run at the cursor as the baseline, or unpin it."""
        run = self.run
        if run is not None:
            self.table.baseline = None if self.table.baseline == run.id else run.id

    def invert_marks(self) -> None:
        """Mark the runs that the filter lets through and that are not marked, and only these."""
        query, marked = self._selection.query, self.table.marked
        self._ask("marks", lambda reader: frozenset(search.ids(reader, query)) - marked, self.set_marks)

    def unmark(self, run_ids: frozenset[int]) -> None:
        if run_ids & self.table.marked:
            self.set_marks(self.table.marked - run_ids)

    def mark_shown(self) -> None:
        """Mark all runs that the filter lets through."""
        query = self._selection.query
        self._ask("marks", lambda reader: search.ids(reader, query), self.mark)

    def mark(self, run_ids: Sequence[int]) -> None:
        """Mark these too."""
        self.set_marks(self.table.marked | frozenset(run_ids))

    def set_marks(self, run_ids: frozenset[int]) -> None:
        """Mark these, and only these."""
        self.table.marked = run_ids
        self._tell_chosen()

    @on(FilterBar.Chosen)
    def _filter(self, message: FilterBar.Chosen) -> None:
        message.stop()
        self.select(self._selection.filtered(message.text, self.names))

    @on(RunTable.SortWanted)
    def _sort(self, message: RunTable.SortWanted) -> None:
        message.stop()
        self.sort_by(message.field, also=message.also)

    @on(RunTable.ColumnResized)
    def _resize(self, message: RunTable.ColumnResized) -> None:
        message.stop()
        self.show_as(self._look.resized(message.field, message.width))

    @on(RunTable.GroupToggled)
    def _toggle_group(self, message: RunTable.GroupToggled) -> None:
        message.stop()
        self._opened ^= {message.key}
        outline = self.table.outline
        if outline is None or self._questions.is_open("view"):
            self.renew()
        else:
            # What the groups hold is known: only the rows of the opened one are to be read.
            toggled = outline.toggled(message.key)
            self._show_list(self.table.columns, self.table.total, toggled.line_of(message.key), toggled)

    @on(RunTable.RunHighlighted)
    @on(RunTable.MarksChanged)
    def _choose(self, message: RunTable.RunHighlighted | RunTable.MarksChanged) -> None:
        message.stop()
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        """The run at the cursor, or the first ones of the group there, come last: the marked ones keep their places."""
        heading = self.table.cursor_heading
        at_cursor = [self.run.id] if self.run is not None else []
        if heading is not None:
            at_cursor = list(heading.run_ids[:_MOST_OF_GROUP])
        self.post_message(self.ChosenRuns(tuple(dict.fromkeys([*sorted(self.table.marked), *at_cursor]))))

    # The store

    def when_settled(self, act: Callable[[], object]) -> None:
        """Act on the runs that the person's choice leads to, as soon as they have been read."""
        # Behind what the filter has said and nobody has heard yet.
        self.filter_bar.call_later(self.call_later, self._act_on_settled, act)

    def _act_on_settled(self, act: Callable[[], object]) -> None:
        if self._questions.is_open("view"):
            self._waiting.append(act)
        else:
            act()

    def renew(self) -> None:
        """Read the table anew; the cursor stays on its run, or its group."""
        selection, look = self._selection, self._look
        columns = None if look.columns is None else columns_of(look.columns)
        run, heading = self.run, self.table.cursor_heading
        if look.grouped and look.groups:
            kept = heading.key if heading is not None else None if run is None else run.id
            question = partial(
                read_grouped_view,
                selection=selection,
                chosen=columns,
                by=look.groups,
                opened=frozenset(self._opened),
                kept=kept,
                now=clock.now(),
            )
        else:
            question = partial(
                read_view, selection=selection, chosen=columns, kept_run=None if run is None else run.id
            )
        self._ask("view", question, partial(self._show_view, selection, self.table.cursor))

    def _show_view(self, selection: Selection, asked_at: int, view: View) -> None:
        """`asked_at` is the line of the cursor when the view was asked for; it may have been moved since."""
        table = self.table
        table.placeholder = why_empty(selection, view)
        cursor = None if view.cursor is None else view.cursor + table.cursor - asked_at
        self._show_list(view.columns, view.total, cursor, view.outline)
        table.put_page(self._generation, view.offset, view.rows)
        self.filter_bar.show_count(view.total, view.of)
        shelf = "" if selection.shelf == "current" else f" · {selection.shelf}"
        self.border_title = Content(clean(selection.place.title, 60) + shelf)
        if self._rated != self._to_rate:
            self._read_extremes()
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()

    def _show_list(
        self, columns: Sequence[Column], total: int, cursor: int | None, outline: Outline | None
    ) -> None:
        """Show a new list, none of whose rows the table has."""
        self._generation += 1
        self.table.set_view(
            columns,
            total,
            self._selection.order,
            self._generation,
            cursor=cursor,
            outline=outline,
            widths=self._look.widths,
            pinned=self._look.pinned,
        )

    @property
    def _to_rate(self) -> tuple[object, ...]:
        """What the extremes depend on beside the runs themselves: not on the order."""
        directions = tuple(self._look.directions.items())
        return replace(self._selection.query, order=()), tuple(self.fields), directions

    def _read_extremes(self) -> None:
        self._rated = self._to_rate
        query, fields, directions = self._selection.query, self.fields, self._look.directions
        self._ask(
            "extremes",
            lambda reader: read_extremes(reader, query, fields, directions),
            self.table.show_extremes,
        )

    @on(RunTable.RowsShown)
    def _read_trends(self) -> None:
        keys = [field.key for field in self.fields if field.aggregate == TREND]
        wishes = self._trends.wishes(self.table.shown_rows(), keys) if keys else []
        if wishes:

            def deliver(found: Sequence[tuple[object, str]]) -> None:
                self._trends.put(found)  # type: ignore[arg-type]
                self.table.show_trends(self._trends.texts)

            self._ask("trends", lambda reader: read_trends(reader, wishes), deliver)

    @on(RunTable.PageWanted)
    def _read_page(self, message: RunTable.PageWanted) -> None:
        message.stop()
        if message.generation != self._generation:
            return
        query, fields, outline = self._selection.query, self._read_fields, self.table.outline
        offset, limit, generation = message.offset, message.limit, message.generation

        def deliver(rows: Sequence[Row]) -> None:
            self.table.put_page(generation, offset, rows)

        def question(reader: Reader) -> list[Row]:
            if outline is not None:
                return search.by_ids(reader, outline.run_ids[offset : offset + limit], fields)
            return search.page(reader, query, fields, offset=offset, limit=limit)

        self._ask("page", question, deliver)

    def follow(self, run_ids: frozenset[int], *, structure: bool) -> None:
        """Some runs have changed; `structure`: runs may have come or gone."""
        self._changed.add(run_ids)
        may_move = self._selection.depends_on_values or self._look.grouped
        if structure or may_move or self._awaits_metrics:
            self._renewing.request()
        if run_ids:
            self._rating.request()

    @property
    def _awaits_metrics(self) -> bool:
        """Whether no run has logged a metric yet, so that the first one brings its column at once."""
        return self._look.columns is None and not any(field.kind == "metric" for field in self.fields)

    def _read_changes(self, run_ids: frozenset[int]) -> None:
        shown, fields = sorted(run_ids & self.table.shown_run_ids()), self._read_fields
        if not shown:
            self._changed.done()
            return
        self._questions.ask(
            "changes",
            lambda reader: search.by_ids(reader, shown, fields),
            self._show_changes,
            self._skip_changes,
        )

    def _show_changes(self, rows: Sequence[Row]) -> None:
        self.table.update_rows(rows)
        self._changed.done()
        self._read_trends()

    def _skip_changes(self, _reason: str) -> None:
        self._changed.done()

    def _ask(self, kind: str, question: Callable[[Reader], T], deliver: Callable[[T], object]) -> None:
        self._questions.ask(kind, question, deliver, self._tell_failure)

    def _tell_failure(self, reason: str) -> None:
        self._waiting = []
        self.table.placeholder = clean(reason)
        self.table.refresh()
        self.post_message(self.Failed(reason))
