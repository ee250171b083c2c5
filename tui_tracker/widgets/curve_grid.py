"""Many charts on one screen: as many as are readable at a time, the rest on further pages, all in one view.

Whoever embeds the grid gives it data with `set_charts` and calls its methods for keys; clicks and the wheel
are handled here. Every change of the view is announced by `ViewChanged`. Only charts whose data or view
changed are drawn again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_tracker.model.terminal import has_unicode
from tui_tracker.plotting.palette import assign_slots
from tui_tracker.plotting.spec import View, XAxis
from tui_tracker.widgets.curve import CurveChart

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import ChartData, Curve, MetricCurve

MIN_CHART = (38, 10)
"""Columns and rows below which a chart is not readable, if more than one is to be shown."""

MOST_CHARTS = 9
"""Charts in view at a time; more are too small to compare and slower to draw than to turn the page."""

BEST_SHAPE = 3.6
"""Columns a row of a chart at which curves are read best."""


def arrange(count: int, width: int, height: int) -> tuple[int, int]:
    """Return columns and rows of charts for `count` charts on a screen of cells; fewer places mean pages."""
    across = max(1, width // MIN_CHART[0])
    down = max(1, height // MIN_CHART[1])
    wanted = max(1, min(count, across * down, MOST_CHARTS))

    def cost(columns: int, rows: int) -> float:
        shape = (width / columns) / (height / rows)
        unused = columns * rows - wanted
        return max(shape / BEST_SHAPE, BEST_SHAPE / shape) + unused * 0.5

    choices = [
        (columns, rows)
        for columns in range(1, across + 1)
        for rows in range(1, down + 1)
        if columns * rows >= wanted and (columns - 1) * rows < wanted and columns * (rows - 1) < wanted
    ]
    return min(choices, key=lambda choice: cost(*choice))


@dataclass(frozen=True)
class Paging:
    """What decides which charts are in view."""

    width: int
    """cells"""
    height: int
    """cells, those of the line that tells the page among them"""
    maximised: bool = False
    """whether one chart takes all the room"""
    current: str | None = None
    """the chart that is in view whatever the others are; the first if there is none of this name"""

    def shape(self, count: int) -> tuple[int, int]:
        """Columns and rows of so many charts."""
        if not self.width or not self.height:
            return 1, 1
        shape = arrange(count, self.width, self.height)
        if shape[0] * shape[1] < count or self.maximised:
            shape = arrange(count, self.width, max(1, self.height - 1))
        return shape

    def shown(self, titles: Sequence[str]) -> Sequence[str]:
        """Of all charts those in view."""
        columns, rows = (1, 1) if self.maximised else self.shape(len(titles))
        current = titles.index(self.current) if self.current in titles else 0
        first = current // (columns * rows) * columns * rows
        return titles[first : first + columns * rows]


class CurveGrid(Vertical):
    """A grid of charts with one view."""

    DEFAULT_CSS = """
    CurveGrid {
        & > #charts {
            layout: grid;
            grid-gutter: 0 2;
            height: 1fr;
        }
        & > #page { height: 1; color: $foreground 55%; display: none; }
        &.-paged > #page { display: block; }
    }
    """

    @dataclass
    class ViewChanged(Message):
        """The charts are looked at in another way."""

        grid: CurveGrid
        """Which charts."""
        view: View
        """How."""

        @property
        def control(self) -> CurveGrid:
            """The grid, for `on` selectors."""
            return self.grid

    @dataclass
    class Unread(Message):
        """Charts have come into view that were given without curves."""

        grid: CurveGrid
        """Where."""

        @property
        def control(self) -> CurveGrid:
            """The grid, for `on` selectors."""
            return self.grid

    def __init__(
        self,
        view: View | None = None,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._view = view or View(ascii_only=not has_unicode())
        self._data: list[ChartData] = []
        self._slots: dict[str, int] = {}
        self._curves: dict[tuple[str, str], tuple[MetricCurve, XAxis, Curve]] = {}
        self._first = 0
        self._current = 0
        self._maximised = False
        self._shape = (1, 1)

    def compose(self) -> ComposeResult:
        """Lay out one chart, to which others are added as there is need, and the line that tells the page."""
        with Container(id="charts"):
            yield CurveChart()
        yield Static(id="page")

    # What is shown

    @property
    def view(self) -> View:
        """How the charts are looked at."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        if view == self._view:
            return
        self._view = view
        self._update()
        self.post_message(self.ViewChanged(self, view))

    @property
    def charts(self) -> list[CurveChart]:
        """The charts in view, in reading order."""
        return [chart for chart in self.query(CurveChart) if chart.display]

    @property
    def titles(self) -> list[str]:
        """The names of the charts in view."""
        return [data.title for data in self._shown()]

    @property
    def current(self) -> str | None:
        """The name of the chart that keys apply to, None without charts."""
        return self._data[self._current].title if self._data else None

    @property
    def paging(self) -> Paging:
        """What decides which charts are in view."""
        return Paging(self.size.width, self.size.height, self._maximised, self.current)

    @property
    def maximised(self) -> bool:
        """Whether one chart takes all the room."""
        return self._maximised

    @property
    def slots(self) -> dict[str, int]:
        """The palette slot of each run, so that others can mark runs in the same colour and glyph."""
        return dict(self._slots)

    def set_charts(self, charts: Sequence[ChartData]) -> None:
        """Show charts in this order; those whose curves are as before are not drawn again.

        A chart out of view may be given without curves; `Unread` asks for them when it comes into view.
        """
        current = self.current
        self._data = list(charts)
        keys = (curve.run_key for data in self._data for curve in data.curves)
        self._slots = assign_slots(keys, self._slots)
        wanted = {(data.title, curve.run_key) for data in self._data for curve in data.curves}
        self._curves = {key: entry for key, entry in self._curves.items() if key in wanted}
        titles = [data.title for data in self._data]
        self._current = titles.index(current) if current in titles else 0
        self._update()

    # How it is shown

    def toggle_log_y(self) -> None:
        """Make the y axis logarithmic, or linear again."""
        self.view = replace(self._view, log_y=not self._view.log_y)

    def toggle_log_x(self) -> None:
        """Make the x axis logarithmic, or linear again."""
        self.view = replace(self._view, log_x=not self._view.log_x)

    def toggle_clip(self) -> None:
        """Leave outliers out of the y axis, or not."""
        self.view = replace(self._view, clip=not self._view.clip)

    def toggle_ascii(self) -> None:
        """Draw with ASCII characters only, or not."""
        self.view = replace(self._view, ascii_only=not self._view.ascii_only)

    def cycle_x_axis(self) -> None:
        """Go on from steps to time since start, to clock time, and back to steps."""
        self.view = self._view.with_axis(self._view.x_axis.next())

    def smooth(self, steps: int) -> None:
        """Smooth more, or less if negative."""
        self.view = self._view.smoother(steps)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show less (factor above 1) or more of the x axis, around a place, the cursor, or the middle."""
        whole = self._whole()
        if whole is None:
            return
        low, high = self._view.window or whole
        cursor = self._view.cursor
        if around is None:
            around = cursor if cursor is not None and low <= cursor <= high else self._middle(low, high)
        self.view = self._view.zoomed(factor, around, whole)

    def pan(self, direction: int) -> None:
        """Move the window a quarter of its width to the right, or to the left if negative."""
        whole = self._whole()
        if whole is not None:
            self.view = self._view.panned(0.25 * direction, whole)

    def reset_view(self) -> None:
        """Show all of the x axis, without a cursor."""
        self.view = replace(self._view, window=None, cursor=None)

    def move_cursor(self, delta: int) -> None:
        """Move the cursor by so many columns, at least to the next point; it begins at the right end."""
        plot = next(
            (chart.plot for chart in self._current_first() if chart.plot and chart.plot.x_scale), None
        )
        if plot is None or plot.x_scale is None:
            return
        from tui_tracker.plotting.chart import snap

        scale, cursor = plot.x_scale, self._view.cursor
        if cursor is None:
            self.view = replace(self._view, cursor=snap(plot.curves, scale.value(scale.dots - 1)))
            return
        moved = scale.value(scale.position(cursor) + delta)
        moved = snap(plot.curves, moved, away_from=cursor)
        if self._view.window is None or self._view.window[0] <= moved <= self._view.window[1]:
            self.view = replace(self._view, cursor=moved)

    def clear_cursor(self) -> None:
        """Take the cursor away."""
        self.view = replace(self._view, cursor=None)

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
        if self._data:
            self._current = (self._current + delta) % len(self._data)
            self._update()
            self._focus_current()

    def toggle_maximised(self) -> None:
        """Give all the room to the current chart, or to all of them again."""
        self._maximised = not self._maximised
        self._update()

    # Inside

    def on_mount(self) -> None:
        """Show what was set before there was a screen."""
        self._update()

    def on_resize(self) -> None:
        """Find the arrangement for the new size."""
        self._update()

    def _turn(self, by: int) -> None:
        per_page = self._per_page()
        first = self._first + by
        if 0 <= first < len(self._data):
            self._current = min(first // per_page * per_page + self._current % per_page, len(self._data) - 1)
            self._update()

    def _per_page(self) -> int:
        return 1 if self._maximised else self._shape[0] * self._shape[1]

    def _shown(self) -> list[ChartData]:
        return self._data[self._first : self._first + self._per_page()]

    def _current_first(self) -> list[CurveChart]:
        charts = self.charts
        at = self._current - self._first
        return charts[at : at + 1] + charts

    def _focus_current(self) -> None:
        at = self._current - self._first
        if 0 <= at < len(self.charts):
            self.charts[at].focus()

    def _update(self) -> None:
        """Bring the charts in line with data, view and size."""
        if not self.is_mounted or not self.size.width or not self.size.height:
            return
        self._shape = self.paging.shape(len(self._data))
        per_page = self._per_page()
        self._first = self._current // per_page * per_page
        self._tell_page()
        container = self.query_one("#charts", Container)
        columns, rows = (1, 1) if self._maximised else self._shape
        container.styles.grid_size_columns, container.styles.grid_size_rows = columns, rows
        charts = list(self.query(CurveChart))
        if len(charts) < per_page:
            added = [CurveChart() for _ in range(per_page - len(charts))]
            container.mount_all(added)
            charts += added
        shown = self._shown()
        for index, chart in enumerate(charts):
            chart.display = index < max(1, len(shown))
        for chart, data in zip(charts, shown, strict=False):
            if data.curves:
                chart.show(self._view.chart(data.title), self._curves_of(data))
            else:
                chart.wait(self._view.chart(data.title))
        if any(not data.curves for data in shown):
            self.post_message(self.Unread(self))

    def _tell_page(self) -> None:
        total, shown = len(self._data), len(self._shown())
        paged = total > shown
        self.set_class(paged, "-paged")
        if paged:
            last = self._first + shown
            which = f"chart {last}" if shown == 1 else f"charts {self._first + 1}-{last}"
            self.query_one("#page", Static).update(Content(f"{which} of {total}"))

    def _curves_of(self, data: ChartData) -> list[Curve]:
        """Return the lines of a chart, the same objects as before where nothing changed."""
        from tui_tracker.plotting.chart import curves_of

        axis = self._view.x_axis
        curves = []
        for metric in data.curves:
            key = (data.title, metric.run_key)
            known = self._curves.get(key)
            slot = self._slots[metric.run_key]
            if known is None or known[1] is not axis or known[2].slot != slot or not known[0].same_as(metric):
                (curve,) = curves_of([metric], axis, self._slots)
                known = self._curves[key] = (metric, axis, curve)
            curves.append(known[2])
        return curves

    def _whole(self) -> tuple[float, float] | None:
        """Return the ends of the x axis with every point of the charts in view."""
        from tui_tracker.plotting.chart import x_extent

        curves = [curve for data in self._shown() for curve in self._curves_of(data)]
        whole = x_extent(curves, self._view.log_x)
        return whole if whole is not None and whole[0] < whole[1] else None

    def _middle(self, low: float, high: float) -> float:
        return float((low * high) ** 0.5) if self._view.log_x and low > 0 else (low + high) / 2

    @on(CurveChart.Pointed)
    def _point(self, message: CurveChart.Pointed) -> None:
        message.stop()
        self.view = replace(self._view, cursor=message.x)

    @on(CurveChart.Zoomed)
    def _zoom_at(self, message: CurveChart.Zoomed) -> None:
        message.stop()
        self.zoom(message.factor, around=message.x)

    def on_descendant_focus(self) -> None:
        """Make the focused chart the current one."""
        for index, chart in enumerate(self.charts):
            if chart.has_focus:
                self._current = self._first + index
