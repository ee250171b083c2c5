"""What a grid of charts has to say to whoever embeds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.message import Message
from textual.widget import Widget

from tui_tracker.plotting.spec import View

if TYPE_CHECKING:
    from tui_tracker.widgets.curve_grid import CurveGrid

FULL_CLASS = "-charts-full"
"""The class of a screen that shows nothing but its charts."""


@dataclass
class FromGrid(Message):
    """Something about a grid."""

    grid: CurveGrid
    """Which charts."""

    @property
    def control(self) -> CurveGrid:
        """The grid, for `on` selectors."""
        return self.grid


class GridMessages(Widget):
    """Mixin that gives a grid its messages."""

    @dataclass
    class ViewChanged(FromGrid, namespace="curve_grid"):
        """The charts are looked at in another way."""

        view: View
        """How."""

    class Rearranged(FromGrid, namespace="curve_grid"):
        """Other charts are shown, or in another order or number."""

    class Unread(FromGrid, namespace="curve_grid"):
        """Charts have come into view that were given without curves."""

    class LimitsWanted(FromGrid, namespace="curve_grid"):
        """A person wants to set the limits of the current chart."""

    class AxisWanted(FromGrid, namespace="curve_grid"):
        """A person wants to choose what runs along the x axis."""

    class ChartsWanted(FromGrid, namespace="curve_grid"):
        """A person wants to choose the charts."""

    class FullWanted(FromGrid, namespace="curve_grid"):
        """A person wants to see nothing but the charts, or the rest again."""

    class GroupsWanted(FromGrid, namespace="curve_grid"):
        """A person wants the runs grouped in another way."""

    @property
    def as_grid(self) -> CurveGrid:
        """This, as the grid that it is part of."""
        return cast("CurveGrid", self)
