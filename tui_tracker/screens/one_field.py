"""The dialog that chooses one field: what runs along an axis, colours runs, or is measured."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from logger.store.fields import Field, Names
from tui_tracker.model.cells import fit
from tui_tracker.model.column_choice import ColumnChoice, describe
from tui_tracker.model.table_look import TREND
from tui_tracker.model.text import clean
from tui_tracker.screens.search_list import SearchList

_LABEL_WIDTH = 36
_NOTHING = "nothing"


class OneField(SearchList[str, tuple[Field | None]]):
    """Answers a tuple of the field; of None where `nothing` was chosen, which is offered if `optional`."""

    def __init__(
        self,
        title: str,
        names: Names,
        current: Field | None,
        *,
        optional: bool = False,
        only_metrics: bool = False,
    ) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._choice = ColumnChoice.of(names, [current] if current is not None else [])
        self._current = current
        self._optional = optional
        self._only_metrics = only_metrics
        self._fields: dict[str, Field] = {}

    def matching(self, search: str) -> Sequence[str]:
        found = [field for field in self._choice.matching(search) if self._is_offered(field)]
        # Two kinds may have a name in common.
        self._fields = {f"{field.kind}:{field.label}": field for field in found}
        nothing = [_NOTHING] if self._optional and search.casefold() in _NOTHING else []
        return [*nothing, *self._fields]

    def _is_offered(self, field: Field) -> bool:
        return field.aggregate != TREND and (field.kind == "metric" or not self._only_metrics)

    def prompt(self, entry: str) -> Content:
        field = self._fields.get(entry)
        chosen = " ● " if field == self._current else "   "
        if field is None:
            return Content.assemble((chosen, "$accent"), (_NOTHING, "$text-muted"))
        return Content.assemble(
            (chosen, "$accent"),
            fit(clean(field.label, 200), _LABEL_WIDTH),
            (f"  {clean(describe(field), 60)}", "$text-muted"),
        )

    def accept(self, entry: str | None) -> tuple[Field | None] | None:
        return None if entry is None else (self._fields.get(entry),)

    def _first(self) -> str | None:
        return None if self._current is None else f"{self._current.kind}:{self._current.label}"
