"""The dialog that chooses which charts are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_tracker.commands import dialogs
from tui_tracker.model.cells import fit
from tui_tracker.model.chart_choice import ALL, ChartChoice
from tui_tracker.screens.search_list import SearchList, found_in

_LABEL_WIDTH = 52


class ChartPicker(SearchList[str, ChartChoice]):
    """Answers the new choice. `metrics` are the names of all there are."""

    TITLE_OF_BOX = "Charts"
    HINTS = (
        (dialogs.PickToggle, "shows or hides"),
        (dialogs.PickPin, "pins"),
        (dialogs.PickMoveUp, "up"),
        (dialogs.PickMoveDown, "down"),
        (dialogs.PickOnly, "only"),
        (dialogs.PickAll, "all"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.PickToggle.on("show_or_hide", priority=True),
        dialogs.PickPin.on("pin", priority=True),
        dialogs.PickMoveUp.on("move(-1)", priority=True),
        dialogs.PickMoveDown.on("move(1)", priority=True),
        dialogs.PickOnly.on("only", priority=True),
        dialogs.PickAll.on("show_all", priority=True),
    ]

    def __init__(self, metrics: Sequence[str], choice: ChartChoice) -> None:
        super().__init__()
        self._metrics = tuple(metrics)
        self._choice = choice

    def matching(self, search: str) -> list[str]:
        return found_in(search, [chart.title for chart in self._choice.everything(self._metrics)])

    def prompt(self, entry: str) -> Content:
        shown, pinned = entry not in self._choice.hidden, entry in self._choice.pinned
        return Content.assemble(
            (" ✓ " if shown else " · ", "$accent" if shown else "$text-muted"),
            (fit(entry, _LABEL_WIDTH), "" if shown else "$text-muted"),
            (f"  pinned {self._choice.pinned.index(entry) + 1}" if pinned else "", "$accent"),
        )

    def accept(self, entry: str | None) -> ChartChoice:
        return self._choice

    def clicked(self) -> None:
        self.action_show_or_hide()

    def action_show_or_hide(self) -> None:
        self._change(self._choice.hiding_toggled)

    def action_pin(self) -> None:
        self._change(self._choice.pin_toggled)

    def action_move(self, by: int) -> None:
        self._change(lambda title: self._choice.moved(title, by))

    def action_only(self) -> None:
        titles = {chart.title for chart in self._choice.everything(self._metrics)}
        self._change(lambda title: replace(self._choice, hidden=frozenset(titles - {title})))

    def action_show_all(self) -> None:
        self._choice = replace(self._choice, hidden=frozenset(), prefix=ALL)
        self.list_again(self.highlighted)

    def _change(self, change: Callable[[str], ChartChoice]) -> None:
        title = self.highlighted
        if title is not None:
            self._choice = change(title)
            self.list_again(title)
