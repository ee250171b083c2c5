"""A screen with a table of runs: how it looks is chosen in dialogs, and saved as views."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from logger.store.query import FilterError
from tui_tracker.model.column_choice import ColumnChoice
from tui_tracker.model.grouping import groupable
from tui_tracker.model.saved_views import SavedView, SavedViews, settings_of, with_settings
from tui_tracker.model.text import clean
from tui_tracker.screens.charts import ChartsScreen
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.runs_pane import RunsPane

# What of the charts belongs to the moment, or the terminal, and not to a view.
_NOT_SAVED = frozenset({"ascii_only", "cursor", "window"})


class TableScreen(ChartsScreen):
    """Has a pane of runs, and charts beside it."""

    @property
    def pane(self) -> RunsPane:
        return self.query_one(RunsPane)

    @property
    def panel(self) -> ChartPanel:
        return self.query_one(ChartPanel)

    @property
    def charts(self) -> CurveGrid | None:
        return self.panel.grid

    # Columns and groups

    def choose_columns(self) -> None:
        self.run_errand(self._choose_columns())

    async def _choose_columns(self) -> None:
        from tui_tracker.screens.field_picker import FieldPicker

        pane = self.pane
        choice = ColumnChoice.of(pane.names, pane.fields)
        fields = await self.app.push_screen_wait(FieldPicker(choice))
        if fields is not None:
            pane.show_as(replace(pane.look, columns=fields or None))

    def choose_groups(self) -> None:
        self.run_errand(self._choose_groups())

    async def _choose_groups(self, *, grouped: bool | None = None) -> None:
        """`grouped`: whether the table shows the groups from then on; None: as before."""
        from tui_tracker.screens.field_picker import FieldPicker

        pane = self.pane
        choice = ColumnChoice.among(groupable(pane.names), pane.look.groups)
        fields = await self.app.push_screen_wait(FieldPicker(choice, "Group runs by"))
        if fields is not None:
            shown = pane.look.grouped if grouped is None else grouped
            pane.show_as(replace(pane.look, groups=fields, grouped=shown and bool(fields)))

    def toggle_grouped(self) -> None:
        pane = self.pane
        if pane.look.groups:
            pane.show_as(replace(pane.look, grouped=not pane.look.grouped))
        else:
            self.run_errand(self._choose_groups(grouped=True))

    # Views

    def pick_view(self) -> None:
        self.run_errand(self._pick_view())

    async def _pick_view(self) -> None:
        from tui_tracker.screens.view_picker import ViewPicker

        pane, charts = self.pane, self.charts
        settings = {} if charts is None else settings_of(charts.view, _NOT_SAVED)
        choice = None if charts is None else charts.choice
        present = SavedView("", pane.selection.text, pane.look, settings, choice)
        picker = ViewPicker(SavedViews(self.state), present, pane.selection.place.experiment)
        view = await self.app.push_screen_wait(picker)
        if view is not None:
            self._show_view(view)
        self._tell_what_is_not_remembered()

    def _show_view(self, view: SavedView) -> None:
        try:
            self.pane.show_view(view.text, view.look)
        except FilterError as error:
            self.notify(clean(f"The filter of this view: {error}"), severity="warning", markup=False)
        if self.charts is not None:
            self.charts.view = with_settings(self.charts.view, view.charts, _NOT_SAVED)
            if view.choice is not None:
                self.charts.choice = view.choice

    @on(RunsPane.PlaceEntered)
    def _show_default_view(self, message: RunsPane.PlaceEntered) -> None:
        message.stop()
        view = SavedViews(self.state).default_of(message.experiment)
        if view is not None:
            self._show_view(view)

    def turn_direction(self) -> None:
        said = self.pane.turn_direction()
        self.notify(said or "Go to the column of a metric first: left and right do.", markup=False)

    def _tell_what_is_not_remembered(self) -> None:
        problem, self.state.problem = self.state.problem, ""
        if problem:
            self.notify(clean(problem), severity="warning", markup=False)
