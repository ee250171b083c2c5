"""What screens with curves have in common: the dialogs that a grid of charts asks for, and charts on all of the screen.

The dialogs are imported when they are first opened: the first screen is not to wait for them.
"""

from __future__ import annotations

from textual import on

from tui_tracker.screens.paned import PanedScreen
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.grid_messages import FULL_CLASS


class ChartsScreen(PanedScreen):
    """A screen on which curves are looked at."""

    @on(CurveGrid.LimitsWanted)
    def _limits_wanted(self, message: CurveGrid.LimitsWanted) -> None:
        message.stop()
        self.run_errand(self._ask_limits(message.grid))

    async def _ask_limits(self, grid: CurveGrid) -> None:
        from tui_tracker.screens.limits import LimitsDialog

        limits = await self.app.push_screen_wait(LimitsDialog(grid.current or "", grid.limits, grid.view))
        if limits is not None:
            grid.set_limits(limits)

    @on(CurveGrid.AxisWanted)
    def _axis_wanted(self, message: CurveGrid.AxisWanted) -> None:
        message.stop()
        self.run_errand(self._ask_axis(message.grid))

    async def _ask_axis(self, grid: CurveGrid) -> None:
        from tui_tracker.screens.axis_picker import AxisPicker

        chosen = await self.app.push_screen_wait(AxisPicker(grid.metrics, grid.view))
        if chosen is not None:
            grid.view = grid.view.with_axis(*chosen)

    @on(CurveGrid.ChartsWanted)
    def _charts_wanted(self, message: CurveGrid.ChartsWanted) -> None:
        message.stop()
        self.run_errand(self._ask_charts(message.grid))

    async def _ask_charts(self, grid: CurveGrid) -> None:
        from tui_tracker.screens.chart_picker import ChartPicker

        choice = await self.app.push_screen_wait(ChartPicker(grid.metrics, grid.choice))
        if choice is not None:
            grid.choice = choice

    @on(CurveGrid.FullWanted)
    def _toggle_full(self, message: CurveGrid.FullWanted) -> None:
        """Give the whole screen to the charts, or take it back."""
        message.stop()
        self.toggle_class(FULL_CLASS)
        if self.has_class(FULL_CLASS):
            message.grid.focus_current()
        elif self.AUTO_FOCUS:
            self.query(self.AUTO_FOCUS).focus()
