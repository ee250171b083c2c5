"""The page of parallel coordinates: its cursor is an axis, whose range is moved at one end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logger.store.fields import Field
from tui_tracker.model.brush import Brush, End
from tui_tracker.model.plot_sheet import runs_sheet
from tui_tracker.model.sheet import Sheet
from tui_tracker.model.variables import Variable
from tui_tracker.plotting.page import Draw, Page

if TYPE_CHECKING:
    from tui_tracker.plotting.picture import Picture


class ParallelPage(Page):
    """The cursor is an axis; moving up and down moves an end of its range."""

    redraws = True

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only)
        self.brush = Brush()
        self.end: End = "high"
        self.axis = 0
        self.log: frozenset[Field] = frozenset()

    def _variables(self) -> list[Variable]:
        found = [self.variable(field) for field in self.choice.axes]
        return [variable for variable in found if variable is not None and variable.known]

    def _current(self) -> Variable | None:
        variables = self._variables()
        return variables[min(self.axis, len(variables) - 1)] if variables else None

    def problem(self) -> str:
        if len(self._variables()) >= 2:
            return ""
        return "parallel coordinates need two things that these runs have: a chooses them"

    def drawing(self) -> Draw:
        variables, colour = tuple(self._variables()), self.variable(self.choice.line_colour)
        log = self.log
        brush, chosen, ascii_only = self.brush, min(self.axis, len(variables) - 1), self.ascii_only

        def drawn(width: int, height: int) -> Picture:
            from tui_tracker.plotting import parallel

            # As many neighbours of the chosen axis as can be told apart.
            room = parallel.fitting(width)
            first = max(0, min(chosen - room // 2, len(variables) - room))
            part = variables[first : first + room]
            inside = brush.inside(variables, len(variables[0].values))
            shown = parallel.Parallel(part, colour, brush, chosen - first, log, ascii_only, tuple(inside))
            return parallel.draw(shown, width, height)

        return drawn

    def reading(self) -> str:
        variable = self._current()
        if variable is None or self.sample is None:
            return ""
        inside = len(self.chosen())
        between = self.brush.range_of(variable)
        if between is None:
            words = "all of it"
        else:
            texts = dict(zip(variable.numbers, map(variable.text, range(len(variable.values))), strict=True))
            words = " to ".join(texts[end] for end in between)
        ends = {"high": "upper", "low": "lower"}
        return (
            f"{variable.label}: {words}  {inside:,} of {len(self.sample.runs):,} runs inside"
            f"  (↑↓ move the {ends[self.end]} end)"
        )

    def move(self, across: int, up: int, picture: Picture | None) -> None:
        variables = self._variables()
        if across and variables:
            self.axis = max(0, min(self.axis + across, len(variables) - 1))
            return
        variable = self._current()
        if variable is not None:
            self.brush = self.brush.moved(variable, self.end, up)

    def point(self, place: int) -> None:
        self.axis = place

    def toggle_log(self) -> None:
        variable = self._current()
        if variable is not None and variable.is_numeric:
            self.log = self.log ^ {variable.field}

    def turn(self) -> None:
        self.end = "low" if self.end == "high" else "high"

    def clear(self, everywhere: bool) -> None:
        variable = self._current()
        if everywhere:
            self.brush = Brush()
        elif variable is not None:
            self.brush = self.brush.without(variable)

    def _inside(self) -> list[int]:
        if self.sample is None:
            return []
        kept = self.brush.inside(self._variables(), len(self.sample.runs))
        return [place for place, keep in enumerate(kept) if keep]

    def chosen(self) -> list[int]:
        return [self.sample.runs[place].id for place in self._inside()] if self.sample is not None else []

    def sheet(self) -> Sheet | None:
        return None if self.sample is None else runs_sheet(self.sample, self._variables(), self._inside())
