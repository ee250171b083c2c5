"""The dialog that chooses fields and their order: the columns of the run table, or what runs are grouped by."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from logger.store.fields import Field
from tui_tracker.commands import dialogs
from tui_tracker.model.cells import fit
from tui_tracker.model.column_choice import ColumnChoice, describe
from tui_tracker.model.text import clean
from tui_tracker.screens.search_list import SearchList

_LABEL_WIDTH = 34


class FieldPicker(SearchList[Field, tuple[Field, ...]]):
    """Answers the chosen fields in their order, or None when the person leaves without a choice."""

    HINTS = (
        (dialogs.PickToggle, "shows or hides"),
        (dialogs.PickMoveUp, "up"),
        (dialogs.PickMoveDown, "down"),
        (dialogs.Accept, "accepts"),
        (dialogs.Leave, "leaves"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.PickToggle.on("show_or_hide", priority=True),
        dialogs.PickMoveUp.on("move(-1)", priority=True),
        dialogs.PickMoveDown.on("move(1)", priority=True),
    ]

    def __init__(self, choice: ColumnChoice, title: str = "Columns") -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._choice = choice

    def matching(self, search: str) -> list[Field]:
        return self._choice.matching(search)

    def prompt(self, entry: Field) -> Content:
        chosen = entry in self._choice.chosen
        place = f"{self._choice.chosen.index(entry) + 1:>3} " if chosen else "  · "
        return Content.assemble(
            (place, "$accent" if chosen else "$text-muted"),
            (fit(clean(entry.label, 200), _LABEL_WIDTH), "bold" if chosen else ""),
            (f"  {clean(describe(entry), 60)}", "$text-muted"),
        )

    def accept(self, entry: Field | None) -> tuple[Field, ...]:
        return self._choice.chosen

    def clicked(self) -> None:
        self.action_show_or_hide()

    def action_show_or_hide(self) -> None:
        """The highlight stays where it is, while the field goes to the others that are chosen."""
        field = self.highlighted
        if field is not None:
            self._choice = self._choice.toggle(field)
            self.list_again()

    def action_move(self, step: int) -> None:
        field = self.highlighted
        if field is not None and field in self._choice.chosen:
            self._choice = self._choice.move(field, step)
            self.list_again(field)
