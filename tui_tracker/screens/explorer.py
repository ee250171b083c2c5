"""The explorer: a tree of experiments, the runs of the chosen place, the curves of the chosen runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from logger.store import runs, search
from logger.store.connection import StoreError
from logger.store.registry import ModelVersion
from logger.store.registry.read import versions_of_run
from logger.store.runs import Experiment
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.copying import COPY_COMMANDS
from tui_tracker.commands.edits import EDIT_COMMANDS
from tui_tracker.commands.explorer import EXPLORER_COMMANDS
from tui_tracker.commands.marks import MARK_COMMANDS
from tui_tracker.commands.panes import PANE_COMMANDS
from tui_tracker.commands.table import TABLE_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model.text import clean
from tui_tracker.model.view import Contents, read_contents
from tui_tracker.screens.panes import Border
from tui_tracker.screens.run_edits import RunEdits
from tui_tracker.screens.tree_screen import TreeScreen
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.key_bar import WHILE_FILTERING, KeyBar
from tui_tracker.widgets.model_tree import ModelTree
from tui_tracker.widgets.run_table import RunTable
from tui_tracker.widgets.run_tree import RunTree
from tui_tracker.widgets.runs_pane import RunsPane
from tui_tracker.widgets.store_header import StoreHeader

# How often they are read again while runs change: counts, and the names in use.
_COUNTS_SECONDS = 0.2
_CONTENTS_SECONDS = 5.0


class ExplorerScreen(TreeScreen):
    """Tree, table, curves."""

    COMMAND_CLASSES = (
        *MARK_COMMANDS,
        *EXPLORER_COMMANDS,
        *TABLE_COMMANDS,
        *EDIT_COMMANDS,
        *CHART_COMMANDS,
        *COPY_COMMANDS,
        *PANE_COMMANDS,
    )
    BORDERS = (Border("trees", True, 12, 40), Border("runs", False, 5, 5))
    PANES = ("trees", "runs", "charts")
    AUTO_FOCUS = "RunTable"

    def __init__(self) -> None:
        super().__init__()
        self.edits = RunEdits(self, self._chosen_runs, self._edited, self._settled)
        self._colours: Mapping[int, str] = {}
        self._suspended = False
        self._experiments: tuple[Experiment, ...] | None = None
        self._counting = Throttle(self, _COUNTS_SECONDS, self._count)
        self._surveying = Throttle(self, _CONTENTS_SECONDS, self._read_contents)

    def compose(self) -> ComposeResult:
        yield StoreHeader()
        with Horizontal(id="body"):
            with Vertical(id="trees"):
                yield RunTree(id="tree")
                yield ModelTree(self.source, id="model-tree")
            with Vertical(id="main"):
                yield RunsPane(self.source, self.state, id="runs", classes="pane")
                yield ChartPanel(self.source, self.state, id="charts")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StoreHeader).show_store(self.source.store)
        self.tree_of_runs.border_title = "Experiments"
        self._read_contents()

    # The store

    @property
    def is_ready(self) -> bool:
        """Filters and dialogs are made of the names in use; keys of the table are meant for what was chosen."""
        if self._experiments is None:
            return False
        return not (self.pane.is_choosing and self.pane.table.has_focus)

    def _read_contents(self) -> None:
        self.ask("contents", read_contents, self._show_contents)

    def _show_contents(self, contents: Contents) -> None:
        self.pane.names = contents.names
        self._show_experiments(contents.experiments)

    def _show_experiments(self, experiments: Sequence[Experiment]) -> None:
        if tuple(experiments) == self._experiments:
            return
        self._experiments = tuple(experiments)
        self.query_one(StoreHeader).show_experiments(experiments)
        self.tree_of_runs.show_experiments(experiments)

    def on_store_changed(self, message: StoreChanged) -> None:
        self.panel.grew(message.run_ids)
        self.pane.follow(message.run_ids, structure=message.structure)
        self._surveying.request()
        self.follow_branches()
        if message.structure:
            self._counting.request()
            self.query_one(ModelTree).reload()

    def _count(self) -> None:
        self.ask("experiments", runs.experiments, self._show_experiments)

    @on(RunsPane.Failed)
    def _tell(self, message: RunsPane.Failed) -> None:
        message.stop()
        self.tell_failure(message.reason)

    def on_screen_suspend(self) -> None:
        self._suspended = True

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was shown."""
        if self._suspended:
            self._suspended = False
            self.on_store_changed(StoreChanged(frozenset(self.panel.run_ids), structure=True))

    # The tree

    @on(RunTree.RunChosen)
    def _go_to_run(self, message: RunTree.RunChosen) -> None:
        message.stop()
        if message.opened:
            self._open(message.leaf.run_id)
        else:
            self.pane.go_to(message.leaf.place)
            self.pane.go_to_run(message.leaf.run_id)

    @on(ModelTree.VersionChosen)
    async def _go_to_version(self, message: ModelTree.VersionChosen) -> None:
        message.stop()
        from tui_tracker.screens.registry import RegistryScreen

        await self.app.switch_mode("registry")
        opened = self.app.screen
        if isinstance(opened, RegistryScreen):
            opened.choose_version(message.model, message.version)

    def toggle_tree(self) -> None:
        trees = self.query_one("#trees")
        shown, focused = trees.display, trees.has_focus_within
        self.panes.hide_trees(shown)
        self.set_class(not shown, "-tree-shown")
        if not shown:
            self.tree_of_runs.focus()
        elif focused:
            self.pane.table.focus()

    # The table and the curves

    @on(RunsPane.ChosenRuns)
    def _show_curves(self, message: RunsPane.ChosenRuns) -> None:
        message.stop()
        self.panel.show_runs(message.run_ids)
        self._show_visible()

    @on(ChartPanel.ColoursChosen)
    def _paint_marks(self, message: ChartPanel.ColoursChosen) -> None:
        message.stop()
        self.pane.table.show_colours(message.colours)
        self._colours = message.colours
        self._show_visible()

    def _show_visible(self) -> None:
        self.tree_of_runs.show_visible(self.pane.table.marked, self._colours)

    @property
    def is_filtering(self) -> bool:
        """Whether what is typed goes into the filter."""
        return self.focused is self.pane.filter_bar.input

    def edit_filter(self) -> None:
        self.pane.filter_bar.edit()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted anywhere is meant for the only line that takes text."""
        lines = event.text.splitlines()
        if lines and not self.is_filtering:
            event.stop()
            self.edit_filter()
            self.pane.filter_bar.input.insert_text_at_cursor(lines[0].removeprefix("/"))

    def clear_filter(self) -> None:
        self.pane.clear_filter()

    # Copying

    def copy(self) -> None:
        """Offer what the cursor is on, and all that the filter lets through."""
        from tui_tracker.screens.copy_offers import MOST_ROWS, explorer_offers, offer_copies

        pane = self.pane
        query, fields, columns = pane.selection.query, pane.read_fields, pane.table.columns
        run, cell = pane.run, pane.table.current_cell

        async def errand() -> None:
            rows = await self.answer(lambda reader: search.page(reader, query, fields, limit=MOST_ROWS))
            if rows is not None:
                await offer_copies(self, await asyncio.to_thread(explorer_offers, run, cell, columns, rows))

        self.run_errand(errand())

    # Changing runs

    def _chosen_runs(self) -> Sequence[int]:
        """The marked runs, or else the one at the cursor."""
        run, marked = self.pane.run, self.pane.table.marked
        return sorted(marked) if marked else [run.id] if run is not None else []

    async def _settled(self) -> None:
        await self.pane.settled()

    def _edited(self, run_ids: frozenset[int], moved: bool) -> None:
        """Runs that are elsewhere than they were are no longer marked."""
        if moved:
            self.pane.unmark(run_ids)
        self.on_store_changed(StoreChanged(run_ids, structure=True))

    def archive(self) -> None:
        self.edits.archive(self.pane.selection.shelf)

    def delete(self) -> None:
        self.edits.delete(self.pane.selection.shelf)

    # Other screens

    @on(RunTable.RunOpened)
    def _run_opened(self, message: RunTable.RunOpened) -> None:
        message.stop()
        self._open(message.run.id)

    def open_run(self) -> None:
        run = self.pane.run
        if run is not None:
            self._open(run.id)

    def stop_run(self) -> None:
        from tui_tracker.screens.stop import stop

        run = self.pane.run
        if run is not None:
            self.run_errand(stop(self, run.id))

    def _open(self, run_id: int) -> None:
        from tui_tracker.screens.run import RunScreen

        self.app.push_screen(RunScreen(run_id))

    def compare(self) -> None:
        """Compare the marked runs; where fewer than two are marked, with the one at the cursor."""
        run, marked = self.pane.run, self.pane.table.marked
        chosen = sorted(marked | {run.id}) if run is not None and len(marked) < 2 else sorted(marked)
        baseline = self.pane.table.baseline
        if baseline is not None:
            # The first of the compared runs is what the others are compared with.
            chosen = list(dict.fromkeys([baseline, *chosen]))
        if len(chosen) < 2:
            self.notify("Mark the runs to compare with the space bar first.", markup=False)
            return
        from tui_tracker.screens.compare import CompareScreen

        self.app.push_screen(
            CompareScreen(chosen, directions=self.pane.look.directions, mark=self._mark_exactly)
        )

    def plot_runs(self) -> None:
        from tui_tracker.screens.plots import PlotsScreen

        self.app.push_screen(PlotsScreen(self.pane.selection.query, mark=self._mark_exactly))

    def _mark_exactly(self, run_ids: Sequence[int]) -> None:
        self.pane.set_marks(frozenset(run_ids))

    def promote(self) -> None:
        run = self.pane.run
        if run is not None:
            self.run_errand(self._promote_newest(run.id))

    async def _promote_newest(self, run_id: int) -> None:
        versions = await self.answer(lambda reader: versions_of_run(reader, run_id))
        if versions:
            await self._promote(max(versions, key=lambda version: version.created))
        elif versions is not None:
            self.notify(
                "No model was registered from this run: `run.register_model(name, path)` does.", markup=False
            )

    async def _promote(self, version: ModelVersion) -> None:
        from tui_tracker.screens.promote import promote

        try:
            promotion = await promote(self, version.model, version.version)
        except StoreError as error:
            self.tell_failure(str(error))
        else:
            for change in promotion.changes if promotion else ():
                moved = f"{change.model} v{change.version}: {change.before} → {change.after}"
                self.notify(clean(moved), markup=False)

    def on_descendant_focus(self) -> None:
        self.query_one(KeyBar).hints = WHILE_FILTERING if self.pane.filter_bar.input.has_focus else ()
