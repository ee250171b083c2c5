"""How a grid of charts is looked at: axes, smoothing, zoom, limits, the cursor, by keys and by the mouse.

All charts share one view, but for the ends of their y axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on

from tui_tracker.model.terminal import has_unicode
from tui_tracker.plotting.spec import Spread, View, closed
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.grid_messages import GridMessages

if TYPE_CHECKING:
    from tui_tracker.plotting.plot import Plot

PAN_SHARE = 0.25
"""By how much of its width the window moves at a key."""


@dataclass(frozen=True)
class Limits:
    """Ends of the axes of a chart that a person has set; infinite where the values decide."""

    x: tuple[float, float] = (-math.inf, math.inf)
    """of all charts"""
    y: tuple[float, float] = (-math.inf, math.inf)
    """of this chart"""
    locked: bool = False
    """whether they outlast a reset"""


class GridView(GridMessages):
    """Base of a grid that says what it shows and can bring itself up to date."""

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
        self._heights: dict[str, tuple[float, float]] = {}
        self._hover: float | None = None

    # What a grid says of itself

    @property
    def current(self) -> str | None:
        """The name of the chart that keys apply to, None without charts."""
        raise NotImplementedError

    def current_plot(self) -> Plot | None:
        """Return the picture of that chart, or of the first that has one."""
        raise NotImplementedError

    def title_of(self, chart: CurveChart) -> str | None:
        """Return the name of a chart in view."""
        raise NotImplementedError

    def whole(self) -> tuple[float, float] | None:
        """Return the ends of the x axis with every point of the charts in view."""
        raise NotImplementedError

    def bring_up_to_date(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    # The view

    @property
    def view(self) -> View:
        """How the charts are looked at."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        if view == self._view:
            return
        self._view = view
        self.bring_up_to_date()
        self.post_message(self.ViewChanged(self.as_grid, view))

    @property
    def seen(self) -> View:
        """The view with the cursor where the pointer is, if that is over a plot."""
        return self._view if self._hover is None else replace(self._view, cursor=self._hover)

    def height_of(self, title: str) -> tuple[float, float] | None:
        """Return the ends of a chart's y axis that were set."""
        return self._heights.get(title)

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

    def toggle_spread(self) -> None:
        """Show standard deviations around the means of groups, or their extremes."""
        other = Spread.DEVIATION if self._view.spread is Spread.EXTREMES else Spread.EXTREMES
        self.view = replace(self._view, spread=other)

    def cycle_x_axis(self) -> None:
        """Go on from steps to time since start, to clock time, and back to steps."""
        self.view = self._view.with_axis(self._view.x_axis.next())

    def smooth(self, steps: int) -> None:
        """Smooth more, or less if negative."""
        self.view = self._view.smoother(steps)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show less (factor above 1) or more of the x axis, around a place, the cursor, or the middle."""
        whole = self.whole()
        if whole is None:
            return
        low, high = closed(self._view.window, whole)
        cursor = self._view.cursor
        if around is None:
            around = cursor if cursor is not None and low <= cursor <= high else self._middle(low, high)
        self.view = self._view.zoomed(factor, around, whole)

    def pan(self, direction: float) -> None:
        """Move the window a quarter of its width to the right, or to the left if negative."""
        whole = self.whole()
        if whole is not None:
            self.view = self._view.panned(PAN_SHARE * direction, whole)

    def zoom_height(self, factor: float) -> None:
        """Show less (factor above 1) or more of the current chart's y axis, around its middle."""
        self._move_height(factor, 0.0)

    def pan_height(self, direction: float) -> None:
        """Move the current chart's y axis a quarter of its height up, or down if negative."""
        self._move_height(1.0, PAN_SHARE * direction)

    def reset_view(self) -> None:
        """Show all of the axes, without a cursor; limits that are locked stay."""
        if self._view.locked:
            self.view = replace(self._view, cursor=None)
            return
        self._heights.clear()
        self.view = replace(self._view, window=None, cursor=None)
        self.bring_up_to_date()

    @property
    def limits(self) -> Limits:
        """The limits of the current chart that were set."""
        free = (-math.inf, math.inf)
        return Limits(
            self._view.window or free, self._heights.get(self.current or "", free), self._view.locked
        )

    def set_limits(self, limits: Limits) -> None:
        """Set the ends of the x axis of all charts, and of the current chart's y axis."""
        free = (-math.inf, math.inf)
        if self.current is not None:
            self._set_height(self.current, None if limits.y == free else limits.y)
        window = None if limits.x == free else limits.x
        self.view = replace(self._view, window=window, locked=limits.locked)
        self.bring_up_to_date()

    def ask_limits(self) -> None:
        """Have a person asked for limits."""
        if self.current is not None:
            self.post_message(self.LimitsWanted(self.as_grid))

    def ask_x_axis(self) -> None:
        """Have a person asked what is to run along the x axis."""
        self.post_message(self.AxisWanted(self.as_grid))

    def move_cursor(self, delta: int) -> None:
        """Move the cursor by so many columns, at least to the next point; it begins at the right end."""
        plot = self.current_plot()
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

    def _middle(self, low: float, high: float) -> float:
        return float((low * high) ** 0.5) if self._view.log_x and low > 0 else (low + high) / 2

    def _move_height(self, factor: float, share: float) -> None:
        plot = self.current_plot()
        if plot is None or plot.y_scale is None or self.current is None:
            return
        last = plot.y_scale.dots - 1
        middle, half = last * (0.5 + share), last / 2 / factor
        self._set_height(self.current, (plot.y_scale.value(middle - half), plot.y_scale.value(middle + half)))
        self.bring_up_to_date()

    def _set_height(self, title: str, ends: tuple[float, float] | None) -> None:
        if ends is None:
            self._heights.pop(title, None)
        else:
            self._heights[title] = ends

    # The mouse

    @on(CurveChart.Pointed)
    def _point(self, message: CurveChart.Pointed) -> None:
        message.stop()
        self.view = replace(self._view, cursor=message.x)

    @on(CurveChart.Hovered)
    def _read_off(self, message: CurveChart.Hovered) -> None:
        message.stop()
        if message.x != self._hover:
            self._hover = message.x
            self.bring_up_to_date()

    @on(CurveChart.Zoomed)
    def _zoom_at(self, message: CurveChart.Zoomed) -> None:
        message.stop()
        self.zoom(message.factor, around=message.x)

    @on(CurveChart.Panned)
    def _pan_by(self, message: CurveChart.Panned) -> None:
        message.stop()
        self.pan(message.share / PAN_SHARE)

    @on(CurveChart.Boxed)
    def _zoom_to(self, message: CurveChart.Boxed) -> None:
        message.stop()
        title = self.title_of(message.chart) if isinstance(message.chart, CurveChart) else None
        if title is not None and message.y is not None:
            self._set_height(title, message.y)
        self.view = replace(self._view, window=message.x)
        self.bring_up_to_date()

    @on(CurveChart.Restored)
    def _restore(self, message: CurveChart.Restored) -> None:
        message.stop()
        self.reset_view()
