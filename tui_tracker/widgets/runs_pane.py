"""The runs of a place: the filter above, the table below, and what connects them with the store.

What the person chooses is one `Selection`; whatever changes it asks the store anew, and the answer goes to
the table. The rows on the screen follow the store at once; counts, order and best values at intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from tui_tracker.model.columns import Column, columns_of
from tui_tracker.model.selection import Place, Selection
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.model.view import View, read_best, read_view
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.following import Pending, Throttle
from tui_tracker.widgets.run_table import RunTable

T = TypeVar("T")

# How often counts and order are read again while runs change, and how often best values.
_RENEW_SECONDS = 1.0
_BEST_SECONDS = 5.0


class RunsPane(Vertical):
    """Filter and table. Opening a run is left to whoever hears RunTable.RunOpened."""

    @dataclass
    class ChosenRuns(Message):
        """The marked runs and the one at the cursor, by id, have become others."""

        run_ids: tuple[int, ...]

    @dataclass
    class Failed(Message):
        """The store could not be read."""

        reason: str

    def __init__(self, source: Source, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source = source
        self._questions = Questions(self, source)
        self._selection = Selection()
        self._columns: tuple[Column, ...] | None = None
        self._generation = 0
        self._changed = Pending(self._read_changes)
        self._renewing = Throttle(self, _RENEW_SECONDS, self.renew)
        self._rating = Throttle(self, _BEST_SECONDS, self._read_best)

    def compose(self) -> ComposeResult:
        yield FilterBar(self._source)
        yield RunTable(placeholder="reading…")

    def on_mount(self) -> None:
        self.renew()

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
        if names != known and self._columns is None:
            self.renew()

    @property
    def fields(self) -> list[Field]:
        """What the columns show."""
        return [column.field for column in self.table.columns]

    # What the person chooses

    def go_to(self, place: Place) -> None:
        """Show the runs of a place, under the same filter."""
        if place != self._selection.place:
            self.select(self._selection.at(place, self.names))

    def go_to_run(self, run_id: int) -> None:
        """Put the cursor on a run, where it is among those shown."""
        query = self._selection.query

        def deliver(place: int | None) -> None:
            if place is not None:
                self.table.move_to(place)

        self._ask("position", lambda reader: search.position(reader, query, run_id), deliver)

    def clear_filter(self) -> None:
        self.filter_bar.set_text("")
        self.select(self._selection.filtered("", self.names))

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Make these the columns."""
        self._columns = columns_of(fields)
        self.renew()

    def select(self, selection: Selection) -> None:
        """Show what is selected."""
        if selection != self._selection:
            self._selection = selection
            self.renew()

    def sort_by(self, field: Field) -> None:
        self.select(self._selection.sorted_by(field))

    def reverse(self) -> None:
        self.select(self._selection.reversed())

    def next_shelf(self) -> None:
        """Show the archived runs, then the deleted ones, then the current ones again."""
        self.table.clear_marks()
        self.select(self._selection.on_next_shelf())

    def invert_marks(self) -> None:
        """Mark the runs that the filter lets through and that are not marked, and only these."""
        query, marked = self._selection.query, self.table.marked
        self._ask("marks", lambda reader: frozenset(search.ids(reader, query)) - marked, self._set_marks)

    def unmark(self, run_ids: frozenset[int]) -> None:
        if run_ids & self.table.marked:
            self._set_marks(self.table.marked - run_ids)

    def mark_shown(self) -> None:
        """Mark all runs that the filter lets through."""
        query = self._selection.query
        self._ask("marks", lambda reader: search.ids(reader, query), self._mark)

    def _mark(self, run_ids: Sequence[int]) -> None:
        self._set_marks(self.table.marked | frozenset(run_ids))

    def _set_marks(self, run_ids: frozenset[int]) -> None:
        self.table.marked = run_ids
        self._tell_chosen()

    @on(FilterBar.Chosen)
    def _filter(self, message: FilterBar.Chosen) -> None:
        message.stop()
        self.select(self._selection.filtered(message.text, self.names))

    @on(FilterBar.Left)
    def _leave_filter(self, message: FilterBar.Left) -> None:
        message.stop()
        self.table.focus()

    @on(RunTable.SortWanted)
    def _sort(self, message: RunTable.SortWanted) -> None:
        message.stop()
        self.sort_by(message.field)

    @on(RunTable.RunHighlighted)
    @on(RunTable.MarksChanged)
    def _choose(self, message: RunTable.RunHighlighted | RunTable.MarksChanged) -> None:
        message.stop()
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        """The run at the cursor comes last, so that the marked ones keep their places as it moves."""
        at_cursor = [self.run.id] if self.run is not None else []
        self.post_message(self.ChosenRuns(tuple(dict.fromkeys([*sorted(self.table.marked), *at_cursor]))))

    # The store

    def renew(self) -> None:
        """Read the table anew; the cursor stays on its run."""
        selection, columns = self._selection, self._columns
        kept = self.run.id if self.run is not None else None
        self._ask(
            "view",
            lambda reader: read_view(reader, selection, columns, kept),
            partial(self._show_view, selection),
        )

    def _show_view(self, selection: Selection, view: View) -> None:
        self._generation += 1
        table = self.table
        table.placeholder = _why_empty(selection, view)
        table.set_view(view.columns, view.total, selection.order, self._generation, cursor=view.cursor)
        table.put_page(self._generation, view.offset, view.rows)
        self.filter_bar.show_count(view.total, view.of)
        shelf = "" if selection.shelf == "current" else f" · {selection.shelf}"
        self.border_title = Content(clean(selection.place.title, 60) + shelf)
        self._read_best()

    def _read_best(self) -> None:
        query, fields = self._selection.query, self.fields
        self._ask("best", lambda reader: read_best(reader, query, fields), self.table.show_best)

    @on(RunTable.PageWanted)
    def _read_page(self, message: RunTable.PageWanted) -> None:
        message.stop()
        if message.generation != self._generation:
            return
        query, fields = self._selection.query, self.fields
        offset, limit, generation = message.offset, message.limit, message.generation

        def deliver(rows: Sequence[Row]) -> None:
            self.table.put_page(generation, offset, rows)

        self._ask(
            "page", lambda reader: search.page(reader, query, fields, offset=offset, limit=limit), deliver
        )

    def follow(self, run_ids: frozenset[int], *, structure: bool) -> None:
        """Some runs have changed; `structure`: runs may have come or gone."""
        self._changed.add(run_ids)
        if structure or self._selection.depends_on_values or self._awaits_metrics:
            self._renewing.request()
        if run_ids:
            self._rating.request()

    @property
    def _awaits_metrics(self) -> bool:
        """Whether no run has logged a metric yet, so that the first one brings its column at once."""
        return self._columns is None and not any(field.kind == "metric" for field in self.fields)

    def _read_changes(self, run_ids: frozenset[int]) -> None:
        shown, fields = sorted(run_ids & self.table.shown_run_ids()), self.fields
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

    def _skip_changes(self, _reason: str) -> None:
        self._changed.done()

    def _ask(self, kind: str, question: Callable[[Reader], T], deliver: Callable[[T], object]) -> None:
        self._questions.ask(kind, question, deliver, self._tell_failure)

    def _tell_failure(self, reason: str) -> None:
        self.table.placeholder = clean(reason)
        self.table.refresh()
        self.post_message(self.Failed(reason))


def _why_empty(selection: Selection, view: View) -> str:
    """What an empty table says: why it is empty and what to do."""
    if view.total:
        return ""
    if view.of:
        return f"none of {view.of:,} runs matches: / changes the filter, esc takes it away"
    if selection.shelf != "current":
        return f"no {selection.shelf} run here: A goes on to the others"
    if selection.place.experiments:
        return "no run here yet: A shows archived and deleted ones"
    return 'no run yet: a script records the first with `import logger; logger.start_run("my experiment")`'
