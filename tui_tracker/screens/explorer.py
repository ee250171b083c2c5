"""The explorer: a tree of experiments, the runs of the chosen place, their curves.

What the person chooses is one `Selection`; whatever changes it asks the store anew, and the answer goes to the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from logger.store import runs
from logger.store.connection import StoreError
from logger.store.fields import Field, Names
from logger.store.registry.read import ModelVersion, versions_of_run
from logger.store.runs import Experiment, Row
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.explorer import EXPLORER_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model.branches import Entry, next_grouping, read_branch
from tui_tracker.model.columns import Column, columns_of
from tui_tracker.model.selection import Place, Selection
from tui_tracker.model.text import clean
from tui_tracker.model.view import Changes, Contents, View, read_best, read_changes, read_contents, read_view
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.following import Pending, Throttle
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.key_bar import Hint, KeyBar
from tui_tracker.widgets.run_table import RunTable
from tui_tracker.widgets.run_tree import RunTree
from tui_tracker.widgets.store_header import StoreHeader

# How often counts, order and branches are read again while runs change, and how often names and best values.
_RENEW_SECONDS = 1.0
_SURVEY_SECONDS = 5.0
_WHILE_FILTERING: tuple[Hint, ...] = (
    ("⇥", "complete"),
    ("⏎", "keep the filter"),
    ("esc", "back to the last one"),
)


class ExplorerScreen(TrackerScreen):
    """Tree, table, curves."""

    COMMAND_CLASSES = (*EXPLORER_COMMANDS, *CHART_COMMANDS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next pane", show=False),
        Binding("shift+tab", "app.focus_previous", "previous pane", show=False),
    ]
    AUTO_FOCUS = "RunTable"

    def __init__(self) -> None:
        super().__init__()
        self._selection = Selection()
        self._names = Names()
        self._columns: tuple[Column, ...] | None = None
        self._group: Field | None = None
        self._generation = 0
        self._suspended = False
        self._changed = Pending(self._read_changes)
        self._renewing = Throttle(self, _RENEW_SECONDS, self._renew)
        self._surveying = Throttle(self, _SURVEY_SECONDS, self._survey)

    def compose(self) -> ComposeResult:
        yield StoreHeader()
        with Horizontal(id="body"):
            yield RunTree(id="tree")
            with Vertical(id="main"):
                with Vertical(id="runs", classes="pane"):
                    yield FilterBar(self.source)
                    yield RunTable()
                yield ChartPanel(self.source, id="charts")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StoreHeader).show_store(self.source.store.directory)
        self.query_one("#tree").border_title = "Experiments"
        self.query_one(RunTable).placeholder = "reading…"
        self._renew()
        self._read_contents()

    # Parts

    @property
    def table(self) -> RunTable:
        return self.query_one(RunTable)

    @property
    def tree_of_runs(self) -> RunTree:
        return self.query_one(RunTree)

    @property
    def filter_bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    @property
    def charts(self) -> CurveGrid | None:
        return self.query_one(ChartPanel).grid

    @property
    def _fields(self) -> list[Field]:
        """What the rows on the screen were read for."""
        return [column.field for column in self.table.columns]

    # Asking the store

    def _read_contents(self) -> None:
        self.ask("contents", read_contents, self._show_contents)

    def _show_contents(self, contents: Contents) -> None:
        self._names = self.filter_bar.names = contents.names
        self._show_experiments(contents.experiments)

    def _show_experiments(self, experiments: Sequence[Experiment]) -> None:
        self.query_one(StoreHeader).show_experiments(experiments)
        self.tree_of_runs.show_experiments(experiments)

    def _renew(self) -> None:
        """Read the table anew; the cursor stays on its run."""
        run = self.table.cursor_run
        selection, columns = self._selection, self._columns
        self.ask(
            "view",
            lambda reader: read_view(reader, selection, columns, run.id if run else None),
            partial(self._show_view, selection),
        )

    def _show_view(self, selection: Selection, view: View) -> None:
        self._generation += 1
        self.table.placeholder = self._why_empty(view)
        self.table.set_view(view.columns, view.total, selection.order, self._generation, cursor=view.cursor)
        self.table.put_page(self._generation, view.offset, view.rows)
        self.filter_bar.show_count(view.total, view.of)
        self.query_one("#runs").border_title = Content(clean(selection.place.title, 60))
        self._read_best()

    def _read_best(self) -> None:
        query, fields = self._selection.query, self._fields
        self.ask("best", lambda reader: read_best(reader, query, fields), self.table.show_best)

    def _why_empty(self, view: View) -> str:
        if view.total:
            return ""
        if view.of:
            return f"none of {view.of:,} runs matches: / changes the filter, esc takes it away"
        if self._selection.place.experiments:
            return "no run here yet"
        return 'no run yet: `import logger; logger.start_run("my experiment")` in a script records the first'

    @on(RunTable.PageWanted)
    def _read_page(self, message: RunTable.PageWanted) -> None:
        message.stop()
        if message.generation != self._generation:
            return
        query, fields = self._selection.query, self._fields
        offset, limit, generation = message.offset, message.limit, message.generation

        def deliver(rows: Sequence[Row]) -> None:
            self.table.put_page(generation, offset, rows)

        self.ask("page", lambda reader: runs.page(reader, query, fields, offset=offset, limit=limit), deliver)

    # The filter

    def edit_filter(self) -> None:
        self.filter_bar.edit()

    def clear_filter(self) -> None:
        """Take the filter away."""
        self.filter_bar.set_text("")
        self._select(self._selection.filtered("", self._names))

    @on(FilterBar.Chosen)
    def _filter(self, message: FilterBar.Chosen) -> None:
        message.stop()
        self._select(self._selection.filtered(message.text, self._names))

    @on(FilterBar.Left)
    def _leave_filter(self, message: FilterBar.Left) -> None:
        message.stop()
        self.table.focus()

    def _select(self, selection: Selection) -> None:
        if selection != self._selection:
            self._selection = selection
            self._renew()

    # The tree

    @on(RunTree.PlaceChosen)
    def _go_to(self, message: RunTree.PlaceChosen) -> None:
        message.stop()
        self._show_place(message.place)

    def _show_place(self, place: Place) -> None:
        if place != self._selection.place:
            self._select(self._selection.at(place, self._names))

    @on(RunTree.BranchOpened)
    def _read_branch(self, message: RunTree.BranchOpened) -> None:
        message.stop()
        place, group = message.place, self._group

        def deliver(entries: Sequence[Entry]) -> None:
            self.tree_of_runs.fill(place, entries)

        self.ask(f"branch {place}", lambda reader: read_branch(reader, place, group), deliver)

    def _read_open_branches(self) -> None:
        for place in self.tree_of_runs.open_places():
            self.tree_of_runs.post_message(RunTree.BranchOpened(place))

    @on(RunTree.RunChosen)
    def _go_to_run(self, message: RunTree.RunChosen) -> None:
        message.stop()
        run_id = message.leaf.run_id
        if message.opened:
            self._open(run_id)
            return
        self._show_place(message.leaf.place)
        query = self._selection.query

        def deliver(place: int | None) -> None:
            if place is not None:
                self.table.move_to(place)

        self.ask("position", lambda reader: runs.position(reader, query, run_id), deliver)

    def toggle_tree(self) -> None:
        """Show the tree where it is folded away, fold it away where it shows."""
        tree = self.tree_of_runs
        self.set_class(tree.display, "-tree-hidden")
        self.set_class(not tree.display, "-tree-shown")
        if tree.has_focus:
            self.table.focus()

    def group_tree(self) -> None:
        names, group = self._names, self._group
        self.ask("grouping", lambda reader: next_grouping(reader, names, group), self._set_grouping)

    def _set_grouping(self, group: Field | None) -> None:
        self._group = group
        tree = self.tree_of_runs
        tree.border_subtitle = clean(f"by {group.label}", 20) if group else ""
        tree.forget()

    # Marks, order, columns

    @on(RunTable.RunHighlighted)
    @on(RunTable.MarksChanged)
    def _show_curves(self, message: RunTable.RunHighlighted | RunTable.MarksChanged) -> None:
        message.stop()
        self._follow_marks()

    def _follow_marks(self) -> None:
        run, marked = self.table.cursor_run, self.table.marked
        chosen = list(dict.fromkeys([*sorted(marked), *([run.id] if run else [])]))
        self.query_one(ChartPanel).show_runs(chosen)

    @on(ChartPanel.ColoursChosen)
    def _paint_marks(self, message: ChartPanel.ColoursChosen) -> None:
        message.stop()
        self.table.show_colours(message.colours)

    def toggle_mark(self) -> None:
        self.table.toggle_mark()

    def mark_shown(self) -> None:
        query = self._selection.query
        self.ask("marks", lambda reader: runs.ids(reader, query), self._mark)

    def _mark(self, run_ids: Sequence[int]) -> None:
        self.table.marked = self.table.marked | frozenset(run_ids)
        self._follow_marks()

    def clear_marks(self) -> None:
        self.table.clear_marks()

    @on(RunTable.SortWanted)
    def _sort(self, message: RunTable.SortWanted) -> None:
        message.stop()
        self._select(self._selection.sorted_by(message.field))

    def sort_by_column(self) -> None:
        self._select(self._selection.sorted_by(self.table.current_field))

    def reverse_order(self) -> None:
        self._select(self._selection.reversed())

    async def choose_columns(self) -> None:
        self.run_worker(self._choose_columns(), group="dialog", exclusive=True, exit_on_error=False)

    async def _choose_columns(self) -> None:
        from tui_tracker.screens.columns import ColumnPicker

        fields = await self.app.push_screen_wait(ColumnPicker(self._names, tuple(self._fields)))
        if fields is not None:
            self._columns = columns_of(fields)
            self._renew()

    # Runs

    @on(RunTable.RunOpened)
    def _run_opened(self, message: RunTable.RunOpened) -> None:
        message.stop()
        self._open(message.run.id)

    def open_run(self) -> None:
        run = self.table.cursor_run
        if run is not None:
            self._open(run.id)

    def _open(self, run_id: int) -> None:
        from tui_tracker.screens.run import RunScreen

        self.app.push_screen(RunScreen(run_id))

    def compare(self) -> None:
        """Compare the marked runs, the one at the cursor among them where only one is marked."""
        run, marked = self.table.cursor_run, self.table.marked
        chosen = sorted(marked | {run.id}) if run is not None and len(marked) < 2 else sorted(marked)
        if len(chosen) < 2:
            self.notify("Mark the runs to compare with the space bar first.", markup=False)
            return
        from tui_tracker.screens.compare import CompareScreen

        self.app.push_screen(CompareScreen(chosen))

    def promote(self) -> None:
        run = self.table.cursor_run
        if run is not None:
            run_id = run.id
            self.ask("versions", lambda reader: versions_of_run(reader, run_id), self._promote_one)

    def _promote_one(self, versions: Sequence[ModelVersion]) -> None:
        if not versions:
            self.notify(
                "No model was registered from this run: `run.register_model(name, path)` does.", markup=False
            )
            return
        newest = versions[-1]
        self.run_worker(self._promote(newest), group="dialog", exclusive=True, exit_on_error=False)

    async def _promote(self, version: ModelVersion) -> None:
        from tui_tracker.screens.promote import promote

        try:
            changes = await promote(self, version.model, version.version)
        except StoreError as error:
            self.tell_failure(str(error))
            return
        for change in changes:
            self.notify(clean(f"{change.version.model} v{change.version.version}: {change}"), markup=False)

    # The filter's focus, the store's changes

    def on_descendant_focus(self) -> None:
        self.query_one(KeyBar).hints = _WHILE_FILTERING if self.filter_bar.input.has_focus else ()

    def on_store_changed(self, message: StoreChanged) -> None:
        self.query_one(ChartPanel).grew(message.run_ids)
        self._changed.add(message.run_ids)
        if message.structure or self._selection.depends_on_values:
            self._renewing.request()
        if message.structure:
            self._read_open_branches()
        self._surveying.request()

    def _read_changes(self, run_ids: frozenset[int]) -> None:
        shown = sorted(run_ids & self.table.shown_run_ids())
        fields = self._fields
        self.questions.ask(
            "changes",
            lambda reader: read_changes(reader, shown, fields),
            self._show_changes,
            self._skip_changes,
        )

    def _show_changes(self, changes: Changes) -> None:
        self.table.update_rows(changes.rows)
        self._show_experiments(changes.experiments)
        self._changed.done()

    def _skip_changes(self, _reason: str) -> None:
        self._changed.done()

    def _survey(self) -> None:
        self._read_contents()
        self._read_best()

    def on_screen_suspend(self) -> None:
        self._suspended = True

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was shown."""
        if self._suspended:
            self._suspended = False
            self._renewing.request()
            self._surveying.request()
            self.query_one(ChartPanel).grew(frozenset(self.query_one(ChartPanel).run_ids))
