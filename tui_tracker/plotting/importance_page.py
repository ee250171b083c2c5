"""The page of which params matter: its cursor goes from param to param."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from logger.store.fields import Field
from tui_tracker.model.forest import Forest, ForestError, grow
from tui_tracker.model.importance import Importances, importances
from tui_tracker.model.plot_choice import PlotChoice
from tui_tracker.model.plot_sheet import importances_sheet
from tui_tracker.model.sheet import Sheet
from tui_tracker.model.variables import Sample, Variable
from tui_tracker.plotting.page import NO_METRIC, Draw, Page

if TYPE_CHECKING:
    from tui_tracker.plotting.picture import Picture


class ImportancePage(Page):
    """The cursor is on a param."""

    redraws = True

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only)
        self.found: Importances | None = None
        self.grown: Forest | None = None
        self.words = ""
        self._of: Field | None = None

    def take(self, sample: Sample, choice: PlotChoice) -> None:
        super().take(sample, choice)
        metric = self.variable(choice.y)
        if choice.y != self._of:
            self.grown, self.words, self._of = None, "", choice.y
        self.found = importances(metric, self._params()) if metric is not None else None
        rows = self.found.rows if self.found is not None else ()
        self.cursor = min(self.cursor or 0, len(rows) - 1) if rows else None

    def _params(self) -> list[Variable]:
        variables = self.sample.variables.values() if self.sample is not None else ()
        return [variable for variable in variables if variable.field.kind == "param"]

    def problem(self) -> str:
        return NO_METRIC if self.found is None else self.found.problem

    def drawing(self) -> Draw:
        found, cursor, ascii_only = self.found, self.cursor or 0, self.ascii_only
        assert found is not None
        forest = self.grown.importances if self.grown is not None else None
        words = self.grown.words if self.grown is not None else self.words

        def drawn(width: int, height: int) -> Picture:
            from tui_tracker.plotting import importance

            first = max(0, cursor - importance.rows_in(height) + 1)
            bars = importance.Bars(found, forest, words, first, ascii_only)
            return importance.draw(bars, width, height)

        return drawn

    def reading(self) -> str:
        if self.found is None or self.cursor is None:
            return ""
        row = self.found.rows[self.cursor]
        if row.strength is None:
            return f"{row.label}: {row.reason}"
        certain = "" if row.is_certain else ", which may be chance"
        return f"{row.label}: {row.values} values in {row.runs:,} runs{certain}; enter draws it"

    def move(self, across: int, up: int, picture: Picture | None) -> None:
        if self.cursor is not None and self.found is not None:
            self.cursor = max(0, min(self.cursor - up, len(self.found.rows) - 1))

    def param(self) -> Field | None:
        return (
            self.found.rows[self.cursor].field if self.found is not None and self.cursor is not None else None
        )

    def sheet(self) -> Sheet | None:
        if self.found is None or not self.found.rows:
            return None
        return importances_sheet(self.found, self.grown.importances if self.grown is not None else None)

    def forest(self) -> Callable[[], Callable[[], None]] | None:
        metric, params, of = self.variable(self.choice.y), self._params(), self.choice.y
        if metric is None or self.problem():
            return None

        def work() -> Callable[[], None]:
            try:
                grown, words = grow(metric, params), ""
            except ForestError as error:
                grown, words = None, str(error)

            def take() -> None:
                if of == self._of:
                    self.grown, self.words = grown, words

            return take

        return work
