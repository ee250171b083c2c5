"""The page of a scatter plot: its cursor goes from run to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from logger.store.runs import StoredRun
from tui_tracker.model.plot_choice import PlotChoice
from tui_tracker.model.plot_sheet import runs_sheet
from tui_tracker.model.sheet import Sheet
from tui_tracker.model.text import clean
from tui_tracker.model.variables import Sample
from tui_tracker.plotting.page import NO_METRIC, Draw, Page

if TYPE_CHECKING:
    from tui_tracker.plotting.picture import Picture


class ScatterPage(Page):
    """The cursor is on a run."""

    def take(self, sample: Sample, choice: PlotChoice) -> None:
        run = self.run()
        super().take(sample, choice)
        ids = [other.id for other in sample.runs]
        self.cursor = ids.index(run.id) if run is not None and run.id in ids else None

    def problem(self) -> str:
        return "" if self.variable(self.choice.y) is not None else NO_METRIC

    def drawing(self) -> Draw:
        x, y = self.variable(self.choice.x), self.variable(self.choice.y)
        assert x is not None and y is not None
        colour = self.variable(self.choice.colour)
        choice, ascii_only = self.choice, self.ascii_only

        def drawn(width: int, height: int) -> Picture:
            from tui_tracker.plotting import scatter

            shown = scatter.Scatter(x, y, colour, choice.log_x, choice.log_y, ascii_only)
            return scatter.draw(shown, width, height)

        return drawn

    def reading(self) -> str:
        run = self.run()
        if run is None or self.cursor is None:
            return "arrows go from run to run"
        fields = dict.fromkeys((self.choice.x, self.choice.y, self.choice.colour))
        variables = [variable for field in fields if (variable := self.variable(field)) is not None]
        values = [f"{variable.label} {variable.text(self.cursor) or 'none'}" for variable in variables]
        return "  ".join([clean(run.name, 60), *values])

    def run(self) -> StoredRun | None:
        if self.sample is None or self.cursor is None or self.cursor >= len(self.sample.runs):
            return None
        return self.sample.runs[self.cursor]

    def chosen(self) -> list[int]:
        run = self.run()
        return [] if run is None else [run.id]

    def move(self, across: int, up: int, picture: Picture | None) -> None:
        if picture is not None:
            self.cursor = next_spot(picture.spots, self.cursor, across, up)

    def sheet(self) -> Sheet | None:
        if self.sample is None:
            return None
        fields = dict.fromkeys((self.choice.x, self.choice.y, self.choice.colour))
        variables = [variable for field in fields if (variable := self.variable(field)) is not None]
        return runs_sheet(self.sample, variables, range(len(self.sample.runs)))


def next_spot(
    spots: Sequence[tuple[int, int] | None], cursor: int | None, across: int, up: int
) -> int | None:
    """The spot to go to from one in a direction; the same where there is none further on.

    The nearest one whose way there leads more in that direction than aside; a row counts as two columns. Spots on
    the very same cell follow each other in both directions of the x axis. Without a cursor: the leftmost.
    """
    known = [(place, spot) for place, spot in enumerate(spots) if spot is not None]
    if not known:
        return None
    here = spots[cursor] if cursor is not None and cursor < len(spots) else None
    if here is None or cursor is None:
        return min(known, key=lambda entry: entry[1])[0]
    same = [place for place, spot in known if spot == here]
    step = same.index(cursor) + across
    if across and 0 <= step < len(same):
        return same[step]
    found = []
    for place, (column, row) in known:
        ahead = across * (column - here[0]) - 2 * up * (row - here[1])
        aside = abs(2 * (row - here[1]) if across else column - here[0])
        if ahead > 0:
            found.append((aside > ahead, ahead + 2 * aside, -place if across < 0 else place, place))
    return min(found)[3] if found else cursor
