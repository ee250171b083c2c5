"""The machine's load while a run trained, as curves: what it logged under `system/`."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from logger.store.fields import SYSTEM_PREFIX
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.run_tab import RunTab


class SystemTab(RunTab):
    """Charts of processor, memory, disk, network and each GPU."""

    def compose(self) -> ComposeResult:
        yield ChartPanel(self.source, prefix=SYSTEM_PREFIX)

    def on_mount(self) -> None:
        self.query_one(ChartPanel).show_runs([self.run_id])

    @on(ChartPanel.ColoursChosen)
    def _focus_first(self, message: ChartPanel.ColoursChosen) -> None:
        """The charts come after the page: the focus that waited for them goes there."""
        message.stop()
        if self.display and self.charts is not None and not self.screen.focused:
            self.charts.focus_current()

    @property
    def charts(self) -> CurveGrid | None:
        return self.query_one(ChartPanel).grid

    def grew(self) -> None:
        self.query_one(ChartPanel).grew(frozenset((self.run_id,)))
