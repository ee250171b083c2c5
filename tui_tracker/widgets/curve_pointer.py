"""The mouse over a chart: what pointing, clicking, dragging and the wheel ask for, as messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from tui_tracker.plotting.plot import Box, Plot

ZOOM_PER_SCROLL = 1.25

PAN_PER_SCROLL = 0.1
"""Share of the width of the plot."""

LEAST_DRAG = 2
"""Cells that the pointer must move for a rectangle; less is a click with an unsteady hand."""


@dataclass
class OnChart(Message):
    """Something was asked for with the mouse."""

    chart: PointedCurve
    """Where."""

    @property
    def control(self) -> PointedCurve:
        """The chart, for `on` selectors."""
        return self.chart


class PointedCurve(Widget):
    """A picture with scales that the mouse acts on. A subclass draws it, and the rectangle."""

    @dataclass
    class Pointed(OnChart):
        """Someone clicked into the plot."""

        x: float
        """The place on the x axis, that of the nearest point."""

    @dataclass
    class Hovered(OnChart):
        """The pointer moved over the plot, or left it."""

        x: float | None
        """The place on the x axis of the point nearest to it; None beside the plot."""

    @dataclass
    class Zoomed(OnChart):
        """Someone turned the wheel over the plot."""

        factor: float
        """Above 1 to see less, below 1 to see more."""
        x: float
        """The place on the x axis under the pointer."""

    @dataclass
    class Panned(OnChart):
        """Someone turned the wheel sideways, or dragged the plot with Ctrl held."""

        share: float
        """By how much of the width of the plot, to the right if positive."""

    @dataclass
    class Boxed(OnChart):
        """Someone drew a rectangle over the plot."""

        x: tuple[float, float]
        """The part of the x axis, low and high."""
        y: tuple[float, float] | None
        """The part of the y axis; None where the rectangle is but a line along the x axis."""

    class Restored(OnChart):
        """Someone clicked twice: all is to be seen again."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._dragged_from: tuple[int, int] | None = None
        self._panned_from: int | None = None
        self._hovered: int | None = None
        # Whether the click that the terminal reports next was the end of a drag.
        self._spent = False

    @property
    def plot(self) -> Plot | None:
        """The finished picture with its scales; None before the first."""
        raise NotImplementedError

    @property
    def box(self) -> Box | None:
        """The rectangle of cells that is outlined."""
        raise NotImplementedError

    def outline(self, box: Box | None) -> None:
        """Outline a rectangle of cells, or none."""
        raise NotImplementedError

    def nearest(self, column: int) -> float | None:
        """Return the place of the point nearest to a column of the picture, None beside the plot."""
        if self.plot is None:
            return None
        x = self.plot.x_at(column)
        if x is None:
            return None
        from tui_tracker.plotting.chart import snap

        return snap(self.plot.curves, x)

    def on_click(self, event: events.Click) -> None:
        """Report where the plot was clicked; a click twice restores the whole."""
        x = self.nearest(event.x)
        if x is None or self._spent:
            return
        event.stop()
        self.post_message(self.Restored(self) if event.chain == 2 else self.Pointed(self, x))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a rectangle, or with Ctrl to move the plot."""
        self._spent = False
        if self.plot is None or self.plot.x_at(event.x) is None or event.button != 1:
            return
        if event.ctrl:
            self._panned_from = event.x
        else:
            self._dragged_from = self.plot.inside(event.x, event.y)
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Read off the values under the pointer, or draw the rectangle."""
        if self.plot is None or self._panned_from is not None:
            return
        if self._dragged_from is None:
            self._hover(event.x if self.plot.x_at(event.x) is not None else None)
            return
        corner = self.plot.inside(event.x, event.y)
        if corner is not None and abs(corner[0] - self._dragged_from[0]) >= LEAST_DRAG:
            columns, rows = zip(self._dragged_from, corner, strict=True)
            self.outline((min(columns), max(columns), min(rows), max(rows)))
        else:
            self.outline(None)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report the rectangle that was drawn, or how far the plot was moved."""
        self.release_mouse()
        box, self._dragged_from = self.box, None
        self.outline(None)
        ranges = self.plot.ranges(box) if self.plot is not None and box is not None else None
        if ranges is not None and box is not None:
            event.stop()
            self._spent = True
            self.post_message(self.Boxed(self, ranges[0], ranges[1] if box[3] > box[2] else None))
        elif self._panned_from is not None and self.plot is not None and self.plot.x_scale is not None:
            event.stop()
            share = (self._panned_from - event.x) / self.plot.x_scale.dots
            self._spent = True
            self.post_message(self.Panned(self, share))
        self._panned_from = None

    def on_leave(self, event: events.Leave) -> None:
        """Read off nothing more."""
        if not self.is_mouse_over:
            self._hover(None)

    def _hover(self, column: int | None) -> None:
        if column != self._hovered:
            self._hovered = column
            self.post_message(self.Hovered(self, None if column is None else self.nearest(column)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in; sideways with Shift."""
        self._scroll(event, ZOOM_PER_SCROLL, -PAN_PER_SCROLL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out; sideways with Shift."""
        self._scroll(event, 1 / ZOOM_PER_SCROLL, PAN_PER_SCROLL)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Show what is further left."""
        self._scroll(event, None, -PAN_PER_SCROLL)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Show what is further right."""
        self._scroll(event, None, PAN_PER_SCROLL)

    def _scroll(self, event: events.MouseEvent, factor: float | None, share: float) -> None:
        x = self.plot.x_at(event.x) if self.plot is not None else None
        if x is None:
            return
        event.stop()
        if factor is None or event.shift:
            self.post_message(self.Panned(self, share))
        else:
            self.post_message(self.Zoomed(self, factor, x))
