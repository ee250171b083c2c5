"""A list of runs as the store has it: read when it is asked for, shown in the table, followed while runs change.

Rows on the screen follow the store at once; counts, order and extremes at intervals. What the person chooses, and so
what is read, is in `runs_pane`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping, Sequence
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
from logger.store.fields import Field
from logger.store.groups import GroupKey, keys_of
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model import clock
from tui_tracker.model.columns import Column, columns_of
from tui_tracker.model.extremes import read_extremes
from tui_tracker.model.filter_history import FilterHistory
from tui_tracker.model.kept_counts import KeptCounts
from tui_tracker.model.kept_groups import KeptGroups
from tui_tracker.model.looks import Looks
from tui_tracker.model.outline import Outline
from tui_tracker.model.selection import Place, Selection
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TREND, TableLook
from tui_tracker.model.text import clean
from tui_tracker.model.trends import Trends, read_trends
from tui_tracker.model.view import Place as FoundPlace
from tui_tracker.model.view import View, read_grouped_view, read_place, read_rows, read_view
from tui_tracker.widgets.asking import Questions, timed
from tui_tracker.widgets.empty_table import why_empty
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.following import Pending, Throttle
from tui_tracker.widgets.run_table import RunTable

T = TypeVar("T")

# How often counts and order are read again while runs change, and how often extremes.
_RENEW_SECONDS = 1.0
_EXTREMES_SECONDS = 5.0
# What the person has chosen is shown without waiting longer than this for the place of the cursor's run in it.
_HASTE_SECONDS = 0.02
# Who has read the beginning of a list for so long is not torn away from it any more.
_SEEK_SECONDS = 1.0


class RunsList(Vertical):
    """A filter and a table that shows `selection` as `look` says."""

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
        self._groups = KeptGroups()
        self._waiting: list[asyncio.Event] = []
        self._counts = KeptCounts()
        # Whether the person waits for the view that is being read, and the run that the cursor is to stand on.
        self._in_haste = True
        self._sought: int | None = None
        self._choosing = False
        self._rated: tuple[object, ...] = ()
        self._trends = Trends()
        self._generation = 0
        self._changed = Pending(self._read_changes)
        self._renewing = Throttle(self, _RENEW_SECONDS, self.renew)
        self._rating = Throttle(self, _EXTREMES_SECONDS, self._read_extremes)

    def compose(self) -> ComposeResult:
        yield FilterBar(self._source, FilterHistory(self._state))
        yield RunTable(placeholder="reading…")

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
    def fields(self) -> list[Field]:
        """What the columns show."""
        return [column.field for column in self.table.columns]

    @property
    def read_fields(self) -> list[Field]:
        """What the store is asked for to show them."""
        return [column.reads for column in self.table.columns]

    # The store

    @property
    def is_choosing(self) -> bool:
        """Whether the runs that the person has chosen are still being read: keys are meant for these."""
        return self._choosing or self._questions.is_open("marks")

    async def settled(self) -> None:
        """Wait until the runs that the person's choice leads to have been read, and the cursor stands on its own."""
        if self._questions.is_open("view") or self._sought is not None:
            standing = asyncio.Event()
            self._waiting.append(standing)
            await standing.wait()

    def _settle(self) -> None:
        """The cursor stands where it is to stand."""
        self._sought = None
        waiting, self._waiting = self._waiting, []
        for standing in waiting:
            standing.set()

    def show_choice(self) -> None:
        """Show what the person has chosen at once; if the run of the cursor is not found soon, from the beginning."""
        self._in_haste = self._choosing = True
        self.renew()

    def renew(self) -> None:
        """Read the table anew; the cursor stays on its run, or its group."""
        selection, look = self._selection, self._look
        columns = None if look.columns is None else columns_of(look.columns)
        run, heading = self.run, self.table.cursor_heading
        kept_run = self._sought if self._sought is not None or run is None else run.id
        self._questions.withdraw("place")
        grouped = look.grouped and bool(look.groups)
        if grouped:
            question = partial(
                read_grouped_view,
                selection=selection,
                chosen=columns,
                by=look.groups,
                opened=frozenset(self._opened),
                kept=kept_run if heading is None else heading.key,
                groups=self._groups,
                now=clock.now(),
            )
        else:
            question = partial(
                read_view,
                selection=selection,
                chosen=columns,
                kept_run=kept_run,
                counts=self._counts,
                seconds=_HASTE_SECONDS if self._in_haste else math.inf,
            )
        self._ask(
            "view",
            timed(question),
            partial(self._show_view, selection, kept_run, self.table.cursor),
            # What is kept of groups is used by one thread at a time.
            behind=not self._in_haste and not grouped,
        )

    def _show_view(
        self, selection: Selection, kept_run: int | None, asked_at: int, answer: tuple[View, float]
    ) -> None:
        """`asked_at` is the line of the cursor when the view was asked for; it may have been moved since."""
        view, seconds = answer
        self._in_haste = False
        self._renewing.took(seconds, _RENEW_SECONDS)
        table = self.table
        table.placeholder = why_empty(selection, view)
        moved = table.cursor - asked_at
        self._show_list(view.columns, view.total, _line(view, moved), view.outline)
        table.put_page(self._generation, view.offset, view.rows)
        self.filter_bar.show_count(view.total, view.of)
        shelf = "" if selection.shelf == "current" else f" · {selection.shelf}"
        self.border_title = Content(clean(selection.place.title, 60) + shelf)
        self.read_marked_groups()
        self._choosing = False
        if kept_run is not None and not view.is_searched and not moved:
            self.seek(kept_run, _SEEK_SECONDS)
        else:
            self._settle()
        if self._rated != self._to_rate:
            self._read_extremes()

    def seek(self, run_id: int, seconds: float = math.inf) -> None:
        """Put the cursor on a run, where it is in the list, unless the person moves it before the run is found.

        It is given up after so many seconds.
        """
        self._sought = run_id
        if self._questions.is_open("view"):
            self.renew()
            return
        query, columns, total = self._selection.query, self.table.columns, self.table.total
        until = time.monotonic() + seconds

        def question(reader: Reader) -> FoundPlace:
            found = reader.briefly(
                lambda brief: read_place(brief, query, columns, run_id, total),
                max(until - time.monotonic(), 0.0),
            )
            return found or FoundPlace(None)

        self._ask(
            "place",
            question,
            partial(self._move_to_sought, self._generation, self._standing),
            behind=True,
        )

    @property
    def _standing(self) -> tuple[int, int]:
        """The line of the cursor, and the first line on the screen."""
        return self.table.cursor, self.table.scroll_offset.y

    def _move_to_sought(self, generation: int, standing: tuple[int, int], place: FoundPlace) -> None:
        if place.line is not None and generation == self._generation and standing == self._standing:
            self.table.put_page(generation, place.offset, place.rows)
            self.table.move_to(place.line)
        self._stay()

    @on(RunTable.CursorMoved)
    def _heed_person(self, message: RunTable.CursorMoved) -> None:
        message.stop()
        if self._sought is not None and not self._questions.is_open("view"):
            self._stay()

    def _stay(self) -> None:
        """Leave the cursor where it is, whatever was sought."""
        self._questions.withdraw("place")
        self._settle()
        self.tell_chosen()

    def tell_chosen(self) -> None:
        """Say which runs are chosen, if anybody wants to know."""

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

    def read_marked_groups(self) -> None:
        """See in which groups all runs are marked."""
        outline, marked = self.table.outline, self.table.marked
        if outline is None or not marked:
            self.table.show_marked_groups(frozenset())
            return
        query, by = self._selection.query, self._look.groups

        def deliver(counts: Mapping[GroupKey, int]) -> None:
            self.table.show_marked_groups(
                frozenset(
                    heading.key for heading in outline.headings if counts.get(heading.key) == heading.runs
                )
            )

        self._ask("marked groups", lambda reader: keys_of(reader, query, by, sorted(marked)), deliver)

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
            behind=True,
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
        query, fields, outline = self._selection.query, self.read_fields, self.table.outline
        by = self._look.groups
        offset, limit, generation = message.offset, message.limit, message.generation
        total = self.table.total

        def deliver(rows: Sequence[Row]) -> None:
            self.table.put_page(generation, offset, rows)

        def question(reader: Reader) -> list[Row]:
            if outline is not None:
                return read_rows(reader, query, by, outline, fields, offset, limit)
            return search.page(reader, query, fields, offset=offset, limit=limit, total=total)

        self._ask("page", question, deliver)

    def follow(self, run_ids: frozenset[int], *, structure: bool) -> None:
        """Some runs have changed; `structure`: runs may have come or gone."""
        self._counts.forget()
        self._changed.add(run_ids)
        self._groups.change(run_ids)
        if structure:
            self._groups.forget()
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
        shown, fields = sorted(run_ids & self.table.shown_run_ids()), self.read_fields
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

    def _ask(
        self,
        kind: str,
        question: Callable[[Reader], T],
        deliver: Callable[[T], object],
        *,
        behind: bool = False,
    ) -> None:
        self._questions.ask(kind, question, deliver, self._tell_failure, behind=behind)

    def _tell_failure(self, reason: str) -> None:
        self._choosing = False
        self._settle()
        self.table.placeholder = clean(reason)
        self.table.refresh()
        self.post_message(self.Failed(reason))


def _line(view: View, moved: int) -> int | None:
    """Where the cursor is to stand once it has been moved by so many lines; None: where it stands."""
    if not view.is_searched:
        return max(moved, 0)
    return None if view.cursor is None else view.cursor + moved
