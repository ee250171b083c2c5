"""The machine's load while a run trained, as curves: what it logged under `system/`."""

from __future__ import annotations

from textual.app import ComposeResult

from logger.monitor import PREFIX
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.run_tab import RunTab


class SystemTab(RunTab):
    """Charts of processor, memory, disk, network and each GPU."""

    def compose(self) -> ComposeResult:
        yield ChartPanel(self.source, prefix=PREFIX)

    def on_mount(self) -> None:
        self.query_one(ChartPanel).show_runs([self.run_id])

    @property
    def charts(self) -> CurveGrid | None:
        return self.query_one(ChartPanel).grid

    def grew(self) -> None:
        self.query_one(ChartPanel).grew(frozenset((self.run_id,)))
