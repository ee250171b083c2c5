"""The curves of some runs: reads their points, keeps them up to date, hands them to the grid.

The libraries that draw (numpy, plotext) load in a thread when there is first something to draw.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from logger.store import runs
from logger.store.connection import Reader
from tui_tracker.commands.moving import Back
from tui_tracker.model.chart_paging import Paging
from tui_tracker.model.run_groups import Grouped, Grouping, grouped, next_grouping
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.text import clean
from tui_tracker.plotting.palette import color
from tui_tracker.plotting.spec import View
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.chart_look import ChartLook
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.curve_lines import RunGroup
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.grid_messages import FULL_CLASS

if TYPE_CHECKING:
    from tui_tracker.model.histories import Histories
    from tui_tracker.plotting.chart import ChartData

# Curves of more runs than this in one chart cannot be told apart.
MOST_RUNS = 12
# Groups are few lines of many runs; reading these takes time.
MOST_GROUPED_RUNS = 120
# What is chosen is written to the disk so soon, and no more often.
REMEMBER_SECONDS = 1.0
# Where a look lies among what is remembered of a store.
SECTION, KEY = "charts", "look"
# Characters of a group's name.
LONGEST_NAME = 80
# The cursor may run down the table faster than curves can be read: wait until it rests.
REST_SECONDS = 0.12
_AT_ONCE = 0.001
# Curves that grow are drawn at most so often: five pictures a second look alive, more only cost.
GROWTH_SECONDS = 0.2
# Where reading and drawing cost much, curves are drawn less often, lest it take more of a processor than this.
GROWTH_SHARE = 0.15


@dataclass(frozen=True)
class _Answer:
    """What was read."""

    charts: list[ChartData]
    groups: tuple[Grouped, ...]
    seconds: float
    """processor time that reading took"""
    look: ChartLook | None
    """what was remembered, the first time"""


class ChartPanel(Container):
    """Charts of the runs it is given, one chart a metric."""

    BINDINGS: ClassVar[list[BindingType]] = [Back.on("leave_full")]

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

    def __init__(
        self, source: Source, state: StateFile | None = None, *, prefix: str = "", id: str | None = None
    ) -> None:
        """`state` is where it is remembered how charts are looked at; `prefix`: only metrics whose names begin so."""
        super().__init__(id=id)
        self._prefix = prefix
        self._state = state
        self._look = ChartLook()
        self._remembering = Throttle(self, REMEMBER_SECONDS, self._remember)
        self._source = source
        self._questions = Questions(self, source)
        self._asked: tuple[int, ...] = ()
        self._run_ids: tuple[int, ...] = ()
        self._grouping: Grouping | None = None
        self._preferred: tuple[str, ...] = ()
        self._named: tuple[Grouped, ...] = ()
        self._histories: Histories | None = None
        self._read_view: View | None = None
        self._outlined = False
        self._colours: Mapping[int, str] = {}
        self._rest: Timer | None = None
        self._begun = False
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

    @property
    def grouping(self) -> Grouping | None:
        """What the runs are grouped by; None where each has a line of its own, or groups were given."""
        return self._grouping

    def show_runs(self, run_ids: Sequence[int]) -> None:
        """Show these, and `grew` from then on; grouped as those before were, unless these groups were given."""
        if tuple(run_ids) == self._asked and not self._named:
            return
        self._named = ()
        self._show_soon(run_ids)

    def prefer_grouping(self, params: Sequence[str]) -> None:
        """Offer to group by these params before all others, as the runs are grouped elsewhere on the screen."""
        self._preferred = tuple(params)

    def show_groups(self, groups: Sequence[tuple[str, Sequence[int]]]) -> None:
        """Show each named group of runs as its mean with a band, and `grew` from then on."""
        named = tuple(Grouped(clean(name, LONGEST_NAME), tuple(run_ids)) for name, run_ids in groups)
        if named != self._named:
            self._named, self._grouping = named, None
            self._show_soon([run for group in named for run in group.run_ids])

    def _show_soon(self, run_ids: Sequence[int]) -> None:
        self._asked = tuple(dict.fromkeys(run_ids))
        self._limit()
        self._questions.withdraw("charts")
        if self._rest is not None:
            self._rest.stop()
        # The first runs of all are waited for: nobody runs down the table yet.
        self._rest = self.set_timer(REST_SECONDS if self._begun else _AT_ONCE, self._read)
        self._begun = True

    def _limit(self) -> None:
        """Show as many of the runs that were asked for as can be told apart, and say how many that are."""
        grouped = self._grouping is not None or bool(self._named)
        self._run_ids = self._asked[: MOST_GROUPED_RUNS if grouped else MOST_RUNS]
        said = [f"by {self._grouping.label}"] if self._grouping is not None else []
        if len(self._run_ids) < len(self._asked):
            said.append(f"{len(self._run_ids)} of {len(self._asked)} runs")
        self.border_subtitle = Content(" · ".join(said))

    @on(CurveGrid.GroupsWanted)
    def _group_otherwise(self, message: CurveGrid.GroupsWanted) -> None:
        message.stop()
        run_ids, current = self._asked[:MOST_GROUPED_RUNS], self._grouping
        preferred = self._preferred

        def ask(reader: Reader) -> Grouping | None:
            return next_grouping(_params(reader, run_ids), current, preferred)

        self._questions.ask("grouping", ask, self._group_by, self._fail)

    def _group_by(self, grouping: Grouping | None) -> None:
        if grouping is None and self._grouping is None and not self._named:
            self.notify("Nothing to group by: mark runs that share a param's value first.", markup=False)
            return
        self._grouping, self._named = grouping, ()
        self._show_soon(self._asked)

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
        run_ids, grid, grouping, named = self._run_ids, self.grid, self._grouping, self._named
        state = self._state if grid is None else None
        view = self._read_view = grid.view if grid is not None else None
        paging = grid.paging if grid is not None else Paging(self.size.width, self.size.height)

        def ask(reader: Reader) -> _Answer:
            begun = time.thread_time()
            groups = grouped(_params(reader, run_ids), grouping) if grouping is not None else named
            look = ChartLook.from_json(state.section(SECTION).get(KEY)) if state is not None else None
            seen = replace(paging, **_of(look)) if look is not None else paging
            charts = self._charts(reader, run_ids, seen, view)
            return _Answer(charts, tuple(groups), time.thread_time() - begun, look)

        self._questions.ask("charts", ask, self._show, self._fail)

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

        self._histories = self._histories or Histories(self._source.read)
        return read_charts(reader, self._histories, run_ids, paging.shown, view, self._prefix)

    async def _show(self, answer: _Answer) -> None:
        self._outlined = any(curve.levels is not None for chart in answer.charts for curve in chart.curves)
        # The drawing is that of the answer before, which tells as well what the next will cost.
        drawing = self.grid.drawing_seconds() if self.grid is not None else 0.0
        self._growing.seconds = max(GROWTH_SECONDS, (answer.seconds + drawing) / GROWTH_SHARE)
        await self._draw(answer)
        if self._grew and self._rest is None:
            self._read()

    def _fail(self, reason: str) -> None:
        self._say(clean(reason))

    async def _draw(self, answer: _Answer) -> None:
        if not answer.charts:
            self._say(self._nothing())
            return
        grid = self.grid
        if grid is None:
            grid = CurveGrid()
            if answer.look is not None:
                grid.look = self._look = answer.look
            await self.mount(grid)
            self.screen.refresh_bindings()
        self.query_one(".charts--empty").display = False
        grid.display = True
        grid.set_groups(RunGroup(group.name, tuple(map(str, group.run_ids))) for group in answer.groups)
        grid.set_charts(answer.charts)
        dark = self.app.current_theme.dark
        colours = {int(run): color(slot, dark) for run, slot in grid.slots.items()}
        if colours != self._colours:
            self._colours = colours
            self.post_message(self.ColoursChosen(colours))

    def _nothing(self) -> str:
        """Why there is no chart, and what would make one."""
        if not self._run_ids:
            return "No run is chosen: its curves appear here."
        if self._prefix:
            return f"Nothing has been logged under {self._prefix} yet: a run samples its machine every few seconds."
        return 'No metric has been logged yet: `run.log({"loss": ...})` draws a curve here.'

    def _say(self, sentence: str) -> None:
        empty = self.query_one(".charts--empty", Static)
        empty.update(Content(sentence))
        empty.display = True
        if self.grid is not None:
            self.grid.display = False

    @on(CurveGrid.ViewChanged)
    @on(CurveGrid.Rearranged)
    def _remember_soon(self, message: CurveGrid.ViewChanged | CurveGrid.Rearranged) -> None:
        look = message.grid.look
        if self._state is not None and look != self._look:
            self._look = look
            self._remembering.request()

    def on_unmount(self) -> None:
        """What was chosen last is remembered too."""
        if self._state is not None and self._remembering.waits:
            self._state.put(SECTION, KEY, self._look.to_json() or None)

    def _remember(self) -> None:
        state, written = self._state, self._look.to_json() or None
        if state is not None:
            self.run_worker(
                lambda: state.put(SECTION, KEY, written), thread=True, group="remember", exit_on_error=False
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the panel's only while it has the whole screen."""
        if action == "leave_full":
            return self.screen.has_class(FULL_CLASS)
        return super().check_action(action, parameters)

    def action_leave_full(self) -> None:
        """Take the screen back."""
        if self.grid is not None:
            self.grid.toggle_full()


def _of(look: ChartLook) -> dict[str, Any]:
    """What of a look decides which charts are in view."""
    metric = look.view.x_metric
    return {"wanted": look.shape, "choice": look.choice, "besides": frozenset([metric] if metric else [])}


def _params(reader: Reader, run_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    return {run: runs.params(reader, run) for run in run_ids}
