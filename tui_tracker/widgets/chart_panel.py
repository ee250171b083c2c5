"""The curves of some runs: reads their points, keeps them up to date, hands them to the grid.

The libraries that draw (numpy, plotext) load in a thread when there is first something to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from logger.store.connection import Reader
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.plotting.palette import COLORS
from tui_tracker.plotting.spec import View
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.curve_grid import CurveGrid, Paging
from tui_tracker.widgets.following import Throttle

if TYPE_CHECKING:
    from tui_tracker.model.histories import Histories
    from tui_tracker.plotting.chart import ChartData

# Curves of more runs than this in one chart cannot be told apart.
MOST_RUNS = 12
# The cursor may run down the table faster than curves can be read: wait until it rests.
REST_SECONDS = 0.06
# Curves that grow are drawn at most so often: five pictures a second look alive, more only cost.
GROWTH_SECONDS = 0.2


class ChartPanel(Container):
    """Charts of the runs it is given, one chart a metric."""

    DEFAULT_CSS = """
    ChartPanel {
        background: $surface;
        & > .charts--empty { color: $secondary; padding: 1 2; }
        & > CurveGrid { height: 1fr; }
    }
    """

    @dataclass
    class ColoursChosen(Message):
        """The runs whose curves are shown, by id, and the colour of each."""

        colours: Mapping[int, str]

    def __init__(self, source: Source, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._questions = Questions(self, source)
        self._run_ids: tuple[int, ...] = ()
        self._histories: Histories | None = None
        self._read_view: View | None = None
        self._outlined = False
        self._rest: Timer | None = None
        self._grew = False
        self._growing = Throttle(self, GROWTH_SECONDS, self._read_growth)

    def compose(self) -> ComposeResult:
        yield Static(
            Content("No run is chosen: its curves appear here."), classes="charts--empty", markup=False
        )

    @property
    def grid(self) -> CurveGrid | None:
        """The charts; None until there is something to draw."""
        return next(iter(self.query(CurveGrid)), None)

    @property
    def run_ids(self) -> tuple[int, ...]:
        """The runs whose curves are shown."""
        return self._run_ids

    def show_runs(self, run_ids: Sequence[int]) -> None:
        """Show these, and `grew` from then on."""
        chosen = tuple(run_ids[:MOST_RUNS])
        if chosen == self._run_ids:
            return
        self._run_ids = chosen
        self._questions.withdraw("charts")
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self._read)

    def grew(self, run_ids: frozenset[int]) -> None:
        """Some runs have new points: read them where they are shown."""
        if run_ids.isdisjoint(self._run_ids):
            return
        self._growing.request()

    def _read_growth(self) -> None:
        if self._rest is not None:
            return
        # One question about the same runs waits for the other, lest none is answered beside a fast writer.
        if self._questions.is_open("charts"):
            self._grew = True
        else:
            self._read()

    def _read(self) -> None:
        self._rest = None
        self._grew = False
        run_ids, grid = self._run_ids, self.grid
        view = self._read_view = grid.view if grid is not None else None
        paging = grid.paging if grid is not None else Paging(self.size.width, self.size.height)
        self._questions.ask(
            "charts", lambda reader: self._charts(reader, run_ids, paging, view), self._show, self._fail
        )

    @on(CurveGrid.Unread)
    def _read_page(self, message: CurveGrid.Unread) -> None:
        message.stop()
        if self._rest is None:
            self._read()

    @on(CurveGrid.ViewChanged)
    def _read_closely(self, message: CurveGrid.ViewChanged) -> None:
        """Read very long curves anew where they are looked at."""
        seen, view = self._read_view, message.view
        before = (None, None) if seen is None or seen.window is None else (seen.window, seen.x_axis)
        after = (None, None) if view.window is None else (view.window, view.x_axis)
        if self._outlined and before != after and self._rest is None:
            self._read()

    def _charts(
        self, reader: Reader, run_ids: tuple[int, ...], paging: Paging, view: View | None
    ) -> list[ChartData]:
        """In the worker's thread; the source lets one question in at a time."""
        from tui_tracker.model.histories import Histories
        from tui_tracker.widgets.chart_reading import read_charts

        self._histories = self._histories or Histories()
        return read_charts(reader, self._histories, run_ids, paging.shown, view)

    async def _show(self, charts: list[ChartData]) -> None:
        self._outlined = any(curve.levels is not None for chart in charts for curve in chart.curves)
        await self._draw(charts)
        if self._grew and self._rest is None:
            self._read()

    def _fail(self, reason: str) -> None:
        self._say(clean(reason))

    async def _draw(self, charts: list[ChartData]) -> None:
        if not charts:
            self._say(
                'No metric has been logged yet: `run.log({"loss": ...})` draws a curve here.'
                if self._run_ids
                else "No run is chosen: its curves appear here."
            )
            return
        grid = self.grid
        if grid is None:
            grid = CurveGrid()
            await self.mount(grid)
            self.screen.refresh_bindings()
        self.query_one(".charts--empty").display = False
        grid.display = True
        grid.set_charts(charts)
        colours = {int(run): COLORS[slot % len(COLORS)] for run, slot in grid.slots.items()}
        self.post_message(self.ColoursChosen(colours))

    def _say(self, sentence: str) -> None:
        empty = self.query_one(".charts--empty", Static)
        empty.update(Content(sentence))
        empty.display = True
        if self.grid is not None:
            self.grid.display = False
