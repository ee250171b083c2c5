"""The curves of a version's run over those of the run it is measured by."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import ModelVersion
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.curve_grid import CurveGrid

_LONGEST_NAME = 30


class VersionCurves(Vertical):
    """A line that says which run is which version, and the charts; nothing is read while it is not shown."""

    DEFAULT_CSS = """
    VersionCurves {
        & > #curves-legend { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > ChartPanel { border: none; }
    }
    """

    def __init__(self, source: Source, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source = source
        self._view: VersionView | None = None
        self._colours: Mapping[int, str] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="curves-legend", markup=False)
        yield ChartPanel(self._source, id="version-charts")

    @property
    def grid(self) -> CurveGrid | None:
        """The charts; None until there is something to draw."""
        return self.query_one(ChartPanel).grid

    def show_version(self, view: VersionView) -> None:
        """Show the curves of this version, now or when the widget comes into view."""
        self._view = view
        self._show()

    def show_nothing(self) -> None:
        """There is no version."""
        self._view = None
        self.query_one(ChartPanel).show_runs([])
        self.query_one("#curves-legend", Static).update("")

    def on_show(self) -> None:
        self._show()

    def grew(self, run_ids: frozenset[int]) -> None:
        """Some runs have new points."""
        if self.is_on_screen:
            self.query_one(ChartPanel).grew(run_ids)

    def _show(self) -> None:
        if self._view is None or not self.size:
            return
        # The run that is measured by comes first, so that it keeps its colour while the cursor moves.
        found = [version.run_id for version in self._versions(self._view) if version.run_id is not None]
        self.query_one(ChartPanel).show_runs(list(dict.fromkeys(found)))
        self.query_one("#curves-legend", Static).update(self._legend(self._view))

    def _legend(self, view: VersionView) -> Content:
        pieces: list[tuple[str, str]] = []
        for version in self._versions(view):
            colour = self._colours.get(version.run_id or 0, "$foreground")
            stage = f" {version.stage}" if view.rival and version is view.rival.version else ""
            run = clean(version.run_name or "no run", _LONGEST_NAME)
            pieces += [(f"━ v{version.version}{stage}", f"bold {colour}"), (f" {run}   ", QUIET)]
        return Content.assemble(*pieces)

    @staticmethod
    def _versions(view: VersionView) -> list[ModelVersion]:
        return [view.rival.version, view.version] if view.rival else [view.version]

    @on(ChartPanel.ColoursChosen)
    def _paint(self, message: ChartPanel.ColoursChosen) -> None:
        message.stop()
        self._colours = message.colours
        if self._view is not None:
            self.query_one("#curves-legend", Static).update(self._legend(self._view))
