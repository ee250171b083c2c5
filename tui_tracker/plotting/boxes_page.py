"""The page of a box plot: its cursor goes from group to group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_tracker.model.formats import number
from tui_tracker.model.plot_choice import PlotChoice
from tui_tracker.model.plot_sheet import groups_sheet
from tui_tracker.model.sheet import Sheet
from tui_tracker.model.spread import Group, groups_of
from tui_tracker.model.variables import Sample
from tui_tracker.plotting.page import NO_METRIC, Draw, Page

if TYPE_CHECKING:
    from tui_tracker.plotting.picture import Picture


class BoxesPage(Page):
    """The cursor is on a group."""

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only)
        self.groups: tuple[Group, ...] = ()

    def take(self, sample: Sample, choice: PlotChoice) -> None:
        super().take(sample, choice)
        measured, by = self.variable(choice.y), self.variable(choice.group)
        both = measured is not None and by is not None
        self.groups = tuple(groups_of(measured, by)) if both and measured and by else ()
        self.cursor = min(self.cursor or 0, len(self.groups) - 1) if self.groups else None

    def problem(self) -> str:
        measured = self.variable(self.choice.y)
        if measured is None:
            return NO_METRIC
        if not measured.is_numeric:
            return f"{measured.label} is no number in every run: y chooses what is measured"
        return "" if self.groups else f"no run here has {measured.label}"

    def drawing(self) -> Draw:
        measured, by = self.variable(self.choice.y), self.variable(self.choice.group)
        assert measured is not None and by is not None
        groups, log, ascii_only = self.groups, self.choice.log_y, self.ascii_only

        def drawn(width: int, height: int) -> Picture:
            from tui_tracker.plotting import boxes

            return boxes.draw(boxes.Boxes(measured, by, groups, log, ascii_only), width, height)

        return drawn

    def _group(self) -> Group | None:
        return (
            self.groups[self.cursor] if self.cursor is not None and self.cursor < len(self.groups) else None
        )

    def reading(self) -> str:
        group = self._group()
        if group is None:
            return ""
        spread = group.spread
        words = (
            f"{group.label}: {len(group.values):,} runs  median {number(spread.median)}"
            f"  half of them {number(spread.first)} to {number(spread.third)}"
            f"  least {number(min(group.values))}  greatest {number(max(group.values))}"
        )
        return f"{words}  {len(spread.outliers)} outliers" if spread.outliers else words

    def move(self, across: int, up: int, picture: Picture | None) -> None:
        if self.cursor is not None:
            shown = sum(spot is not None for spot in picture.spots) if picture is not None else 1
            self.cursor = max(0, min(self.cursor - up, shown - 1))

    def chosen(self) -> list[int]:
        group = self._group()
        return (
            [] if group is None or self.sample is None else [self.sample.runs[at].id for at in group.places]
        )

    def sheet(self) -> Sheet | None:
        by = self.variable(self.choice.group)
        return (
            groups_sheet(self.groups, by) if by is not None and self.groups and not self.problem() else None
        )
