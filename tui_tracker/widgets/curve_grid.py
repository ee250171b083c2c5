"""Many charts on one screen: as many as are readable at a time, the rest on further pages, all in one view.

Whoever embeds the grid gives it data with `set_charts` and calls its methods for keys; the mouse is handled here.
Every change of the view is announced by `ViewChanged`, of what is shown by `Rearranged`. Only charts whose data or
view changed are drawn again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from tui_tracker.model.chart_choice import ALL, Chart, ChartChoice, tabs_of
from tui_tracker.model.chart_paging import Paging, next_shape
from tui_tracker.plotting.spec import View, XAxis
from tui_tracker.widgets.chart_look import ChartLook
from tui_tracker.widgets.chart_strip import ChartStrip
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.curve_lines import CurveLines, RunGroup
from tui_tracker.widgets.drawing_room import DrawingRoom
from tui_tracker.widgets.grid_view import GridView
from tui_tracker.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import ChartData, Curve
    from tui_tracker.plotting.plot import Plot

DETAILED = (56, 12)
"""Columns and rows from which a chart has room to say all about the values at the cursor."""


class CurveGrid(GridView, Vertical):
    """A grid of charts with one view."""

    DEFAULT_CSS = """
    CurveGrid {
        & > #charts {
            layout: grid;
            grid-gutter: 0 2;
            height: 1fr;
        }
    }
    """

    def __init__(
        self,
        view: View | None = None,
        choice: ChartChoice | None = None,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(view, name=name, id=id, classes=classes)
        self._choice = choice or ChartChoice()
        self._lines = CurveLines()
        self._room = DrawingRoom(self)
        self._titles: list[str] = []
        self._charts: list[Chart] = []
        self._first = 0
        self._current = 0
        self._maximised = False
        self._wanted_shape: tuple[int, int] | None = None
        self._shape = (1, 1)

    def compose(self) -> ComposeResult:
        """Lay out one chart, to which others are added as there is need, and the line that tells tabs and pages."""
        yield ChartStrip(id="strip")
        with Container(id="charts"):
            yield CurveChart(self._room)

    # What is shown

    @property
    def choice(self) -> ChartChoice:
        """Which charts are shown, in which order."""
        return self._choice

    @choice.setter
    def choice(self, choice: ChartChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self._rearrange()

    @property
    def shape(self) -> tuple[int, int] | None:
        """Columns and rows that a person asked for; None where they are found by the room there is."""
        return self._wanted_shape

    @shape.setter
    def shape(self, shape: tuple[int, int] | None) -> None:
        if shape != self._wanted_shape:
            self._wanted_shape = shape
            self._rearrange()

    @property
    def look(self) -> ChartLook:
        """How the charts are looked at, as far as that is worth remembering."""
        return ChartLook(self._view, self._choice, self._wanted_shape)

    @look.setter
    def look(self, look: ChartLook) -> None:
        self._view = look.applied(self._view)
        self._choice, self._wanted_shape = look.choice, look.shape
        self._arrange()
        self.bring_up_to_date()

    @property
    def metrics(self) -> list[str]:
        """The names of all metrics there are curves of, shown or not."""
        return list(self._titles)

    @property
    def read(self) -> set[str]:
        """The names of the metrics whose points are there."""
        return self._lines.read

    @property
    def charts(self) -> list[CurveChart]:
        """The charts in view, in reading order."""
        return [chart for chart in self.query(CurveChart) if chart.display]

    @property
    def titles(self) -> list[str]:
        """The names of the charts in view."""
        return [chart.title for chart in self._shown()]

    @property
    def current(self) -> str | None:
        """The name of the chart that keys apply to, None without charts."""
        return self._charts[self._current].title if self._charts else None

    @property
    def paging(self) -> Paging:
        """What decides which charts are in view."""
        besides = frozenset([self._view.x_metric] if self._view.x_axis is XAxis.METRIC else [])
        return Paging(
            self.size.width,
            self.size.height,
            self._maximised,
            self.current,
            self._wanted_shape,
            self._choice,
            besides,
        )

    @property
    def maximised(self) -> bool:
        """Whether one chart takes all the room."""
        return self._maximised

    @property
    def slots(self) -> dict[str, int]:
        """The palette slot of each run, so that others can mark runs in the same colour and glyph."""
        return self._lines.slots

    @property
    def groups(self) -> tuple[RunGroup, ...]:
        """The groups of runs that are shown as one line each; none for a line a run."""
        return self._lines.groups

    def set_charts(self, charts: Sequence[ChartData]) -> None:
        """Show charts in this order; those whose curves are as before are not drawn again.

        A chart out of view may be given without curves; `Unread` asks for them when it comes into view.
        """
        self._titles = [data.title for data in charts]
        self._lines.set_data(charts)
        self._arrange()
        self.bring_up_to_date()

    def drawing_seconds(self) -> float:
        """Return the processor seconds that drawing has taken since this was last asked."""
        return self._room.spent()

    def set_groups(self, groups: Iterable[RunGroup]) -> None:
        """Show each group of runs as its mean with a band; without any, every run by itself."""
        chosen = tuple(groups)
        if chosen != self.groups:
            self._lines.set_groups(chosen)
            self.bring_up_to_date()

    # Which charts are shown

    def next_page(self) -> None:
        """Show the following charts, if there are any."""
        self._turn(self._per_page())

    def previous_page(self) -> None:
        """Show the charts before, if there are any."""
        self._turn(-self._per_page())

    def select(self, delta: int) -> None:
        """Make the next chart (the one before, if negative) the current one, turning the page where
        needed."""
        if self._charts:
            self._current = (self._current + delta) % len(self._charts)
            self.bring_up_to_date()
            self.focus_current()

    def toggle_maximised(self) -> None:
        """Give all the room to the current chart, or to all of them again."""
        self._maximised = not self._maximised
        self.bring_up_to_date()

    def toggle_full(self) -> None:
        """Have the whole screen given to the charts, or taken back."""
        self.post_message(self.FullWanted(self))

    def turn_tab(self, by: int) -> None:
        """Show the charts of the next prefix, or of the one before if negative."""
        self.choice = self._choice.turned(self._titles, by)

    def toggle_together(self) -> None:
        """Show train and val of one metric in one chart, or in charts of their own."""
        self.choice = replace(self._choice, together=not self._choice.together)

    def cycle_shape(self) -> None:
        """Show more charts at a time; after the most, as many as are readable."""
        self.shape = next_shape(self._wanted_shape)

    def ask_charts(self) -> None:
        """Have a person asked which charts are to be shown."""
        self.post_message(self.ChartsWanted(self))

    def cycle_groups(self) -> None:
        """Have the runs grouped in another way."""
        self.post_message(self.GroupsWanted(self))

    # Inside

    def on_mount(self) -> None:
        """Show what was set before there was a screen."""
        self.bring_up_to_date()

    def on_resize(self) -> None:
        """Find the arrangement for the new size."""
        self.bring_up_to_date()

    def _rearrange(self) -> None:
        self._arrange()
        self.bring_up_to_date()
        self.post_message(self.Rearranged(self))

    def _arrange(self) -> None:
        """Find out which charts there are, the current one staying current where it can."""
        current = self.current
        if self._choice.prefix not in tabs_of(self._titles) and self._titles:
            # Runs without such metrics: their charts are better than none. The choice is kept for others.
            self._charts = replace(self._choice, prefix=ALL).charts(self._titles)
        else:
            self._charts = self._choice.charts(self._titles)
        titles = [chart.title for chart in self._charts]
        self._current = titles.index(current) if current in titles else 0

    def _turn(self, by: int) -> None:
        per_page = self._per_page()
        first = self._first + by
        if 0 <= first < len(self._charts):
            self._current = min(
                first // per_page * per_page + self._current % per_page, len(self._charts) - 1
            )
            self.bring_up_to_date()

    def _per_page(self) -> int:
        return self._shape[0] * self._shape[1]

    def _shown(self) -> list[Chart]:
        return self._charts[self._first : self._first + self._per_page()]

    def current_plot(self) -> Plot | None:
        """Return the picture of the current chart, or of the first that has one."""
        charts = self.charts
        at = self._current - self._first
        plots = (chart.plot for chart in charts[at : at + 1] + charts)
        return next((plot for plot in plots if plot is not None and plot.x_scale is not None), None)

    def title_of(self, chart: CurveChart) -> str | None:
        """Return the name of a chart in view."""
        return dict(zip(self.charts, self.titles, strict=False)).get(chart)

    def focus_current(self) -> None:
        """Give the focus to the current chart."""
        at = self._current - self._first
        if 0 <= at < len(self.charts):
            self.charts[at].focus()

    def bring_up_to_date(self) -> None:
        """Bring the charts in line with data, view and size."""
        if not self.is_mounted or not self.size.width or not self.size.height:
            return
        tabs = tabs_of(self._titles)
        self._shape = self.paging.shape(len(self._charts), len(tabs))
        per_page = self._per_page()
        self._first = self._current // per_page * per_page
        self._tell_page(tabs)
        shown = self._shown()
        self._fill(self._places(max(1, len(shown))), shown)

    def _places(self, count: int) -> list[CurveChart]:
        """Bring the widgets into their arrangement, so many of them visible, touching only what changes."""
        container = self.query_one("#charts", Container)
        columns, rows = self._shape
        styles = container.styles
        if (styles.grid_size_columns, styles.grid_size_rows) != (columns, rows):
            styles.grid_size_columns, styles.grid_size_rows = columns, rows
        charts = list(container.query_children(CurveChart))
        if len(charts) < count:
            added = [CurveChart(self._room) for _ in range(count - len(charts))]
            container.mount_all(added)
            charts += added
        for index, chart in enumerate(charts):
            if chart.display != (index < count):
                chart.display = index < count
        return charts

    def _fill(self, charts: Sequence[CurveChart], shown: Sequence[Chart]) -> None:
        """Hand their lines to the charts in view, and ask for those that were not read."""
        view = self.seen
        room = self.size.width // self._shape[0], self.size.height // self._shape[1]
        detailed = room[0] >= DETAILED[0] and room[1] >= DETAILED[1]
        unread = False
        if not shown and self._titles:
            charts[0].tell("All charts are hidden: `W` chooses which are shown.")
        for widget, chart in zip(charts, shown, strict=False):
            spec = view.chart(chart.title, y_window=self.height_of(chart.title), detailed=detailed)
            if self._lines.has_points(chart, view):
                widget.show(spec, self._lines.of(chart, view))
            else:
                unread = True
                widget.wait(spec)
        if unread:
            self.post_message(self.Unread(self))

    def _tell_page(self, tabs: Sequence[str]) -> None:
        total = len(self._charts)
        strip = self.query_one(ChartStrip)
        strip.set_class(self.paging.has_line(total, len(tabs)), "-shown")
        strip.show_tabs(tabs, self._choice.prefix)
        strip.show_page(self._first, len(self._shown()), total)

    def whole(self) -> tuple[float, float] | None:
        """Return the ends of the x axis with every point of the charts in view."""
        from tui_tracker.plotting.chart import x_extent

        curves: list[Curve] = [
            curve for chart in self._shown() for curve in self._lines.of(chart, self._view)
        ]
        whole = x_extent(curves, self._view.log_x)
        return whole if whole is not None and whole[0] < whole[1] else None

    @on(TabStrip.Chosen)
    def _choose_tab(self, message: TabStrip.Chosen) -> None:
        message.stop()
        tabs = tabs_of(self._titles)
        if message.place < len(tabs):
            self.choice = replace(self._choice, prefix=tabs[message.place])

    def on_descendant_focus(self) -> None:
        """Make the focused chart the current one."""
        for index, chart in enumerate(self.charts):
            if chart.has_focus:
                self._current = self._first + index
