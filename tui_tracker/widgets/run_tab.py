"""What every page of a run's screen is: a container that is told of its run and of every change to it."""

from __future__ import annotations

from textual.containers import Container

from tui_tracker.commands.base import CommandHost
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.model.source import Source
from tui_tracker.widgets.curve_grid import CurveGrid


class RunTab(CommandHost, Container):
    """A page of one run. Its commands count while it shows: keys, footer, help and palette.

    It is made when it is first opened and then kept; the screen gives the focus to its first widget that takes it.
    """

    DEFAULT_CSS = """
    RunTab { height: 1fr; background: $surface; }
    """

    def __init__(self, source: Source, run_id: int) -> None:
        super().__init__()
        self.source = source
        self.run_id = run_id

    @property
    def charts(self) -> CurveGrid | None:
        """The charts that it shows, for the commands on charts; None for a page without."""
        return None

    def show_sheet(self, sheet: RunSheet) -> None:
        """The run as it is now: once on opening, then after changes, a few times a second at most."""

    def grew(self) -> None:
        """Something of the run changed in the store: points, mostly. Called for each change, so work is deferred."""
