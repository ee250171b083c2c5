"""One run, page by page, all kept up to date.

Overview and Curves share one pair of panes: the curves keep their zoom when the overview beside them goes. Every other
page is a `RunTab`, made when it is first opened. To add one: a title in `commands/run.py`, its class in `_TABS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from tui_tracker.commands.base import CommandHost, beside
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.copying import COPY_COMMANDS
from tui_tracker.commands.edits import EDIT_COMMANDS
from tui_tracker.commands.panes import PANE_COMMANDS
from tui_tracker.commands.run import PAGES, RUN_COMMANDS
from tui_tracker.messages import CopyArtifactsAsked, OpenArtifactAsked, StoreChanged
from tui_tracker.model import clock
from tui_tracker.model.run_sheet import RunSheet, read_sheet
from tui_tracker.model.selection import Shelf
from tui_tracker.model.text import clean
from tui_tracker.screens.artifact_errands import ArtifactErrands
from tui_tracker.screens.charts import ChartsScreen
from tui_tracker.screens.copy_offers import artifact_offers, offer_copies, run_offers
from tui_tracker.screens.panes import Border
from tui_tracker.screens.run_edits import RunEdits
from tui_tracker.screens.stop import stop
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_tab import RunTab
from tui_tracker.widgets.tab_strip import TabStrip

# The overview is read to be read by a person; numbers that change faster cannot be.
_REFRESH_SECONDS = 0.5


def _console() -> type[RunTab]:
    from tui_tracker.widgets.console_tab import ConsoleTab

    return ConsoleTab


def _system() -> type[RunTab]:
    from tui_tracker.widgets.system_tab import SystemTab

    return SystemTab


def _artifacts() -> type[RunTab]:
    from tui_tracker.widgets.artifact_tab import ArtifactTab

    return ArtifactTab


def _code() -> type[RunTab]:
    from tui_tracker.widgets.code_tab import CodeTab

    return CodeTab


# The pages beside Overview and Curves, by title. A function each, so that a page's imports wait until it is opened.
_TABS: Mapping[str, Callable[[], type[RunTab]]] = {
    "System": _system,
    "Console": _console,
    "Artifacts": _artifacts,
    "Code": _code,
}


class RunScreen(ChartsScreen):
    """Opened over the explorer; Escape goes back there."""

    BORDERS = (Border("details", True, 20, 20),)
    PANES = ("details", "charts")
    COMMAND_CLASSES = (
        *RUN_COMMANDS,
        *EDIT_COMMANDS,
        *beside((*RUN_COMMANDS, *EDIT_COMMANDS), CHART_COMMANDS),
        *COPY_COMMANDS,
        *PANE_COMMANDS,
    )
    AUTO_FOCUS = "RunDetails"

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self._run_id = run_id
        self._page = PAGES[0]
        self._tabs: dict[str, RunTab] = {}
        self._sheet: RunSheet | None = None
        self.edits = RunEdits(self, lambda: [self._run_id], self._edited)
        self._errands = ArtifactErrands(self)
        self._refreshing = Throttle(self, _REFRESH_SECONDS, self._read)

    def compose(self) -> ComposeResult:
        yield TabStrip([f"{place} {title}" for place, title in enumerate(PAGES, start=1)], id="pages")
        with Horizontal(id="run"):
            yield RunDetails(id="details")
            yield ChartPanel(self.source, self.state, id="charts")
        yield KeyBar()

    def on_mount(self) -> None:
        self._read()
        self.query_one("#charts", ChartPanel).show_runs([self._run_id])

    @property
    def is_ready(self) -> bool:
        return self._sheet is not None

    @property
    def charts(self) -> CurveGrid | None:
        """The charts, while a page with charts shows."""
        if self._page in _TABS:
            tab = self._tabs.get(self._page)
            return tab.charts if tab is not None else None
        return self.query_one("#charts", ChartPanel).grid

    @property
    def inner_host(self) -> CommandHost | None:
        return self._tabs.get(self._page)

    def on_store_changed(self, message: StoreChanged) -> None:
        if self._run_id in message.run_ids or message.structure:
            self._refreshing.request()
        self.query_one("#charts", ChartPanel).grew(message.run_ids)
        if self._run_id in message.run_ids:
            for tab in self._tabs.values():
                tab.grew()

    def stop_run(self) -> None:
        self.run_errand(stop(self, self._run_id))

    def copy(self) -> None:
        sheet = self._sheet
        if sheet is not None:
            offers = [*run_offers(sheet.run), *artifact_offers(self.source.store, sheet.run, sheet.artifacts)]
            self.run_errand(offer_copies(self, offers))

    # Changing the run

    @property
    def _shelf(self) -> Shelf:
        run = None if self._sheet is None else self._sheet.run
        if run is None or run.deleted is None:
            return "current" if run is None or run.archived is None else "archived"
        return "deleted"

    def archive(self) -> None:
        self.edits.archive(self._shelf)

    def delete(self) -> None:
        self.edits.delete(self._shelf)

    def _edited(self, run_ids: frozenset[int], _moved: bool) -> None:
        self.on_store_changed(StoreChanged(run_ids, structure=True))

    def go_back(self) -> None:
        self.app.pop_screen()

    async def turn_page(self, by: int) -> None:
        await self.open_page((PAGES.index(self._page) + by) % len(PAGES))

    async def open_page(self, place: int) -> None:
        """Show the page at this place in `PAGES`."""
        self._page = page = PAGES[place]
        self.query_one("#pages", TabStrip).chosen = place
        if page in _TABS and page not in self._tabs:
            tab = self._tabs[page] = _TABS[page]()(self.source, self._run_id)
            await self.mount(tab, after="#run")
            if self._sheet is not None:
                tab.show_sheet(self._sheet)
        for title, tab in self._tabs.items():
            tab.display = title == page
        self.query_one("#run").display = page not in _TABS
        details = self.query_one(RunDetails)
        details.display = page == PAGES[0]
        self._focus_page(details)
        self.refresh_bindings()

    def _focus_page(self, details: RunDetails) -> None:
        page: Widget = self._tabs.get(self._page) or self.query_one(ChartPanel)
        inner = next((widget for widget in page.query("*") if widget.focusable), None)
        target = details if details.display else inner
        if target is not None:
            target.focus()
        else:
            self.set_focus(None)

    @on(OpenArtifactAsked)
    def _open_artifact(self, message: OpenArtifactAsked) -> None:
        message.stop()
        self._errands.open(message)

    @on(CopyArtifactsAsked)
    def _copy_artifacts(self, message: CopyArtifactsAsked) -> None:
        message.stop()
        self._errands.copy(message)

    @on(TabStrip.Chosen)
    async def _open_clicked(self, message: TabStrip.Chosen) -> None:
        message.stop()
        await self.open_page(message.place)

    def _read(self) -> None:
        self.ask("sheet", lambda reader: read_sheet(reader, self.source.store, self._run_id), self._show)

    def _show(self, sheet: RunSheet | None) -> None:
        if sheet is None:
            self.notify("This run is no longer in the store.", severity="warning", markup=False)
            self.app.pop_screen()
            return
        self._sheet = sheet
        details = self.query_one(RunDetails)
        details.border_title = Content(clean(sheet.run.name, 60))
        details.show_sheet(sheet, clock.now())
        for tab in self._tabs.values():
            tab.show_sheet(sheet)
