"""The runs of a place, the filter above the table: what a person chooses of it, with keys, the mouse or by name.

It is one `Selection` and one `TableLook`; whatever changes them has the list read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual import on
from textual.message import Message

from logger.store import search
from logger.store.fields import Field, Names
from logger.store.groups import runs_of
from tui_tracker.model.baselines import Baselines
from tui_tracker.model.extremes import direction_in
from tui_tracker.model.selection import Place, Selection
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TableLook, readable
from tui_tracker.model.text import clean
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.run_table import RunTable
from tui_tracker.widgets.runs_list import RunsList

# Runs of a group whose curves show while the cursor is on it; space marks them all.
_MOST_OF_GROUP = 8


class RunsPane(RunsList):
    """Filter and table. Opening a run is left to whoever hears RunTable.RunOpened."""

    @dataclass
    class ChosenRuns(Message):
        """The baseline, the marked runs and the one at the cursor, by id, have become others."""

        run_ids: tuple[int, ...]

    @dataclass
    class LookChanged(Message):
        """The table looks otherwise: another place, or the person's wish."""

        look: TableLook

    @dataclass
    class PlaceEntered(Message):
        """The runs of an experiment are shown for the first time in this session; empty: of all together."""

        experiment: str

    def __init__(
        self, source: Source, state: StateFile, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(source, state, id=id, classes=classes)
        self._entered: set[str] = set()
        self._baselines = Baselines(state)

    def on_mount(self) -> None:
        self.filter_bar.returns_to = self.table
        self.show_choice()
        self._read_baseline()
        self.post_message(self.LookChanged(self._look))

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
            self._read_baseline()

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
        if not self._look.grouped:
            self.seek(run_id)

    def clear_filter(self) -> None:
        self.filter_bar.set_text("")
        self.select(self._selection.filtered("", self.names))

    def select(self, selection: Selection) -> None:
        """Show what is selected."""
        if selection != self._selection:
            self._selection = selection
            self.show_choice()

    def show_as(self, look: TableLook) -> None:
        """Show the runs so, here and in the next session."""
        if look != self._look:
            self._look = look
            self._looks.put(self._selection.place, look)
            self._selection = replace(self._selection, order=look.order)
            self.show_choice()
            self.post_message(self.LookChanged(look))

    def sort_by(self, field: Field, *, also: bool = False) -> None:
        """In the order of a field; `also`: where the present order leaves a choice."""
        selection, wanted = self._selection, readable(field)
        sort = selection.also_sorted_by if also else selection.sorted_by
        changed = sort(wanted, self._look.directions)
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
        """Pin the run at the cursor as the baseline of this place, or unpin it."""
        run = self.run
        if run is not None:
            self._questions.withdraw("baseline")
            pinned = self.table.baseline != run.id
            self.table.baseline = run.id if pinned else None
            self._baselines.put(self._selection.place, run.uid if pinned else None)
            self.tell_chosen()

    def _read_baseline(self) -> None:
        place = self._selection.place

        def deliver(run_id: int | None) -> None:
            if run_id != self.table.baseline:
                self.table.baseline = run_id
                self.tell_chosen()

        self._ask("baseline", lambda reader: self._baselines.read(reader, place), deliver)

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
        self.read_marked_groups()
        self.tell_chosen()

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
            self.show_choice()
        else:
            # What the groups hold is known: only the rows of the opened one are to be read.
            toggled = outline.toggled(message.key)
            self._show_list(self.table.columns, self.table.total, toggled.line_of(message.key), toggled)

    @on(RunTable.GroupMarked)
    def _mark_group(self, message: RunTable.GroupMarked) -> None:
        """Mark all runs of a group, or unmark them."""
        message.stop()
        group = runs_of(self._selection.query, self._look.groups, message.key)

        def deliver(run_ids: Sequence[int]) -> None:
            marked, chosen = self.table.marked, frozenset(run_ids)
            self.set_marks(marked - chosen if chosen <= marked else marked | chosen)

        self._ask("marks", lambda reader: search.ids(reader, group), deliver)

    @on(RunTable.RunHighlighted)
    @on(RunTable.MarksChanged)
    def _choose(self, message: RunTable.RunHighlighted | RunTable.MarksChanged) -> None:
        message.stop()
        if isinstance(message, RunTable.MarksChanged):
            self.read_marked_groups()
            if self._sought is not None and not self._questions.is_open("view"):
                self._stay()
        # Of a run on which the cursor stands only until another is found, nothing is said.
        if self._sought is None:
            self.tell_chosen()

    def tell_chosen(self) -> None:
        """The run at the cursor, or the first ones of the group there, come last: the marked ones keep their places."""
        heading = self.table.cursor_heading
        if heading is None:
            self._questions.withdraw("chosen")
            self._tell([] if self.run is None else [self.run.id])
        else:
            group = runs_of(self._selection.query, self._look.groups, heading.key)
            self._ask("chosen", lambda reader: search.ids(reader, group, limit=_MOST_OF_GROUP), self._tell)

    def _tell(self, at_cursor: Sequence[int]) -> None:
        baseline = [] if self.table.baseline is None else [self.table.baseline]
        chosen = dict.fromkeys([*baseline, *sorted(self.table.marked), *at_cursor])
        self.post_message(self.ChosenRuns(tuple(chosen)))
