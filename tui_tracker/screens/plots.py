"""Many runs in one picture: scatter, parallel coordinates, boxes, and which params matter.

What each picture shows and what its keys do is said by its page, in `plotting`; here the runs are read, fields are
chosen, and what was found is taken elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store.search import Query
from tui_tracker.commands.plots import PLOT_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock, formats
from tui_tracker.model.column_choice import ColumnChoice
from tui_tracker.model.plot_choice import PlotChoice, Role
from tui_tracker.model.plot_kind import PLOT_KINDS, TITLES, PlotKind
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.variables import Sample, read_sample
from tui_tracker.plotting.page import Page
from tui_tracker.plotting.pages import page_of
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.plot_view import PlotView
from tui_tracker.widgets.tab_strip import TabStrip

# Runs that log are read anew at most so often.
_FOLLOW_SECONDS = 2.0


class PlotsScreen(TrackerScreen):
    """The runs of a query's answer, or of a list of ids. `mark` marks runs where these came from."""

    COMMAND_CLASSES = PLOT_COMMANDS
    AUTO_FOCUS = "PlotView"
    DEFAULT_CSS = """
    PlotsScreen {
        #plot { height: 1fr; border-subtitle-color: $text-muted; }
        #reading { height: 1; padding: 0 1; color: $foreground; background: $surface; }
    }
    """

    def __init__(
        self,
        chosen: Query | Sequence[int],
        kind: PlotKind = "scatter",
        *,
        mark: Callable[[Sequence[int]], None] | None = None,
        clock: Callable[[], float] = clock.now,
    ) -> None:
        super().__init__()
        self._chosen = chosen
        self._mark = mark
        self._clock = clock
        self._choice = PlotChoice(kind)
        self._sample: Sample | None = None
        self._pages: dict[PlotKind, Page] = {}
        self._following = Throttle(self, _FOLLOW_SECONDS, self._read)

    def compose(self) -> ComposeResult:
        yield TabStrip([TITLES[kind] for kind in PLOT_KINDS])
        with Vertical(id="plot", classes="pane"):
            yield PlotView()
            yield Static(id="reading", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(TabStrip).chosen = PLOT_KINDS.index(self.kind)
        self._read()

    @property
    def kind(self) -> PlotKind:
        return self._choice.kind

    @property
    def choice(self) -> PlotChoice:
        """What is shown of the runs."""
        return self._choice

    @property
    def page(self) -> Page:
        """The picture that shows."""
        page = self._pages.get(self.kind)
        if page is None:
            page = self._pages[self.kind] = page_of(self.kind, ascii_only=not has_unicode())
        return page

    @property
    def view(self) -> PlotView:
        return self.query_one(PlotView)

    @property
    def reading(self) -> str:
        """What the line below the picture says."""
        return str(self.query_one("#reading", Static).content)

    # Asking the store

    @property
    def is_ready(self) -> bool:
        return self._sample is not None

    def _read(self) -> None:
        chosen, choice, now = self._chosen, self._choice, self._clock()

        def ask(reader: Any) -> tuple[Sample, PlotChoice]:
            sample = read_sample(reader, chosen, choice.fields, now=now, all_params=True)
            completed = choice.completed(sample)
            if not set(completed.fields) <= sample.variables.keys():
                sample = read_sample(reader, chosen, completed.fields, now=now, all_params=True)
            return sample, completed

        self.ask("sample", ask, self._take)

    def _take(self, answer: tuple[Sample, PlotChoice]) -> None:
        self._sample, completed = answer
        self._choice = replace(completed, kind=self.kind)
        self._show()

    def on_store_changed(self, message: StoreChanged) -> None:
        ids = {run.id for run in self._sample.runs} if self._sample is not None else set()
        if message.structure or not message.run_ids.isdisjoint(ids):
            self._following.request()

    # Showing

    def _show(self) -> None:
        sample = self._sample
        if sample is None:
            return
        pane = self.query_one("#plot")
        shown = formats.count(len(sample.runs))
        of = f" of {formats.count(sample.total)}" if sample.total > len(sample.runs) else ""
        pane.border_title = f"{TITLES[self.kind]}: {shown}{of} {'run' if sample.total == 1 else 'runs'}"
        self.page.take(sample, self._choice)
        self._draw()

    def _draw(self) -> None:
        page, view = self.page, self.view
        sentence = page.problem()
        if sentence:
            view.say(sentence)
        else:
            view.show(page.drawing())
        view.cursor = page.cursor
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        self.query_one("#reading", Static).update(Content(self.page.reading()))

    @on(PlotView.Pointed)
    def _point(self, message: PlotView.Pointed) -> None:
        message.stop()
        self.page.point(message.place)
        self._draw()

    @on(TabStrip.Chosen)
    def _choose_tab(self, message: TabStrip.Chosen) -> None:
        message.stop()
        self.show_kind(PLOT_KINDS[message.place])

    # What commands do

    def show_kind(self, kind: PlotKind) -> None:
        self._choice = replace(self._choice, kind=kind)
        self.query_one(TabStrip).chosen = PLOT_KINDS.index(kind)
        self._show()

    def choose_x(self) -> None:
        if self.kind == "boxes":
            self._ask_field("Groups", "group")
        else:
            self._ask_field("Along the x axis", "x")

    def choose_y(self) -> None:
        measured = self.kind in ("boxes", "importance")
        self._ask_field("What is measured" if measured else "Along the y axis", "y")

    def choose_colour(self) -> None:
        self._ask_field("Colour", "line_colour" if self.kind == "parallel" else "colour", optional=True)

    def _ask_field(self, title: str, what: Role, *, optional: bool = False) -> None:
        if self._sample is not None:
            self.run_errand(self._choose_field(title, what, optional, self._sample))

    async def _choose_field(self, title: str, what: Role, optional: bool, sample: Sample) -> None:
        from tui_tracker.screens.one_field import OneField

        current = self._choice.field_of(what)
        measured = self.kind == "importance"
        picker = OneField(title, sample.names, current, optional=optional, only_metrics=measured)
        answer = await self.app.push_screen_wait(picker)
        if answer is not None:
            self._choose(self._choice.with_field(what, answer[0]))

    def choose_axes(self) -> None:
        if self._sample is not None:
            self.run_errand(self._choose_axes(self._sample))

    async def _choose_axes(self, sample: Sample) -> None:
        from tui_tracker.screens.field_picker import FieldPicker

        picker = FieldPicker(ColumnChoice.of(sample.names, self._choice.axes), "Axes")
        fields = await self.app.push_screen_wait(picker)
        if fields is not None:
            self._choose(replace(self._choice, axes=fields))

    def _choose(self, choice: PlotChoice) -> None:
        self._choice = choice
        if self._sample is not None and set(choice.fields) <= self._sample.variables.keys():
            self._show()
        else:
            self._read()

    def toggle_log(self, axis: str) -> None:
        choice = self._choice
        if self.kind == "parallel":
            self.page.toggle_log()
            self._draw()
            return
        self._choose(
            replace(choice, log_x=not choice.log_x)
            if axis == "x"
            else replace(choice, log_y=not choice.log_y)
        )

    def move(self, across: int, up: int) -> None:
        self.page.move(across, up, self.view.picture)
        if self.page.redraws:
            self._draw()
        else:
            self.view.cursor = self.page.cursor
            self._tell()

    def other_end(self) -> None:
        self.page.turn()
        self._draw()

    def clear_brush(self, everywhere: bool) -> None:
        self.page.clear(everywhere)
        self._draw()

    def open_current(self) -> None:
        run, param = self.page.run(), self.page.param()
        if run is not None:
            from tui_tracker.screens.run import RunScreen

            self.app.push_screen(RunScreen(run.id))
        elif param is not None:
            self._choice = replace(self._choice, x=param, kind="scatter")
            self.show_kind("scatter")

    def mark_chosen(self) -> None:
        run_ids = self.page.chosen()
        if self._mark is None or not run_ids:
            self.notify("There is nothing to mark here.", markup=False)
            return
        self._mark(run_ids)
        words = "1 run is" if len(run_ids) == 1 else f"{formats.count(len(run_ids))} runs are"
        self.notify(f"{words} marked in the table of runs, and no others.", markup=False)

    def find_forest(self) -> None:
        grow = self.page.forest()
        if grow is not None:
            self.query_one("#reading", Static).update(Content("growing a forest…"))
            self.run_worker(self._grow(grow), group="forest", exclusive=True, exit_on_error=False)

    async def _grow(self, grow: Callable[[], Callable[[], None]]) -> None:
        import asyncio

        take = await asyncio.to_thread(grow)
        take()
        self._draw()

    def copy(self) -> None:
        from tui_tracker.screens.copy_offers import offer_copies, sheet_offers

        sheet = self.page.sheet()
        if sheet is not None:
            self.run_errand(offer_copies(self, sheet_offers(sheet)))

    def write(self) -> None:
        from tui_tracker.screens.taking_away import write_file

        self.run_errand(write_file(self.app, self.page.sheet(), self.kind))

    def leave(self) -> None:
        self.app.pop_screen()
