"""One run: its overview beside its curves, both kept up to date."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.run import RUN_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock
from tui_tracker.model.run_sheet import RunSheet, read_sheet
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.run_details import RunDetails

# The overview is read to be read by a person; numbers that change faster cannot be.
_REFRESH_SECONDS = 0.5


class RunScreen(TrackerScreen):
    """Opened over the explorer; Escape goes back there."""

    COMMAND_CLASSES = (*RUN_COMMANDS, *CHART_COMMANDS)
    AUTO_FOCUS = "RunDetails"

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self._run_id = run_id
        self._refreshing = Throttle(self, _REFRESH_SECONDS, self._read)

    def compose(self) -> ComposeResult:
        with Horizontal(id="run"):
            yield RunDetails(id="details")
            yield ChartPanel(self.source, id="charts")
        yield KeyBar()

    def on_mount(self) -> None:
        self._read()
        self.query_one(ChartPanel).show_runs([self._run_id])

    @property
    def charts(self) -> CurveGrid | None:
        return self.query_one(ChartPanel).grid

    def on_store_changed(self, message: StoreChanged) -> None:
        if self._run_id in message.run_ids or message.structure:
            self._refreshing.request()
        self.query_one(ChartPanel).grew(message.run_ids)

    def go_back(self) -> None:
        self.app.pop_screen()

    def _read(self) -> None:
        self.ask("sheet", lambda reader: read_sheet(reader, self._run_id), self._show)

    def _show(self, sheet: RunSheet | None) -> None:
        if sheet is None:
            self.notify("This run is no longer in the store.", severity="warning", markup=False)
            self.app.pop_screen()
            return
        details = self.query_one(RunDetails)
        details.border_title = Content(clean(sheet.run.name, 60))
        details.show_sheet(sheet, clock.now())
