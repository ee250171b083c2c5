"""A page: what one kind of picture of many runs shows, where its cursor is, what its keys do; values, without a widget.

A page is given a sample and a choice of fields. What is heavy (numpy, plotext) is imported by the function that draws,
which is called in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from logger.store.fields import Field
from logger.store.runs import StoredRun
from tui_tracker.model.plot_choice import PlotChoice
from tui_tracker.model.sheet import Sheet
from tui_tracker.model.variables import Sample, Variable

if TYPE_CHECKING:
    from tui_tracker.plotting.picture import Picture

Draw = Callable[[int, int], "Picture"]
NO_METRIC = "no run here has logged a metric: y chooses what is measured instead"


class Page:
    """One kind of picture; this one shows nothing."""

    redraws = False
    """whether moving changes the picture, and not only where its cursor is"""

    def __init__(self, *, ascii_only: bool) -> None:
        self.ascii_only = ascii_only
        self.cursor: int | None = None
        self.sample: Sample | None = None
        self.choice = PlotChoice()

    def take(self, sample: Sample, choice: PlotChoice) -> None:
        """Show these runs, in these fields."""
        self.sample, self.choice = sample, choice

    def problem(self) -> str:
        """Why there is no picture, and what would make one; empty where there is one."""
        return ""

    def drawing(self) -> Draw:
        """What draws the picture; called only without a problem."""
        raise NotImplementedError

    def reading(self) -> str:
        """What is under the cursor, in one line."""
        return ""

    def move(self, across: int, up: int, picture: Picture | None) -> None:
        """Move the cursor in a direction."""

    def point(self, place: int) -> None:
        """Put the cursor on one of the picture's spots."""
        self.cursor = place

    def turn(self) -> None:
        """Move the other end of a range from now on."""

    def toggle_log(self) -> None:
        """Put the axis under the cursor on a logarithmic scale, or back."""

    def clear(self, everywhere: bool) -> None:
        """Take a range away, or all of them."""

    def run(self) -> StoredRun | None:
        """The run under the cursor."""
        return None

    def param(self) -> Field | None:
        """The param under the cursor."""
        return None

    def chosen(self) -> list[int]:
        """The ids of the runs to mark."""
        return []

    def sheet(self) -> Sheet | None:
        """The numbers behind the picture."""
        return None

    def forest(self) -> Callable[[], Callable[[], None]] | None:
        """What grows a forest in a thread, and gives what shows it; None where there is nothing to grow one of."""
        return None

    def variable(self, field: Field | None) -> Variable | None:
        return self.sample.variable(field) if self.sample is not None else None
