"""The dialog that chooses one of some runs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_tracker.model.cells import fit
from tui_tracker.model.text import clean
from tui_tracker.screens.search_list import SearchList, found_in

_LABEL_WIDTH = 60


class RunPicker(SearchList[str, int]):
    """Answers the place of a run in the list it was given."""

    def __init__(self, title: str, labels: Sequence[str], chosen: int) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        # The place comes first, since names may be the same once they are cleaned.
        self._labels = [f"{place + 1}  {clean(label, 200)}" for place, label in enumerate(labels)]
        self._chosen = chosen

    def matching(self, search: str) -> list[str]:
        return found_in(search, self._labels)

    def prompt(self, entry: str) -> Content:
        chosen = entry == self._first()
        return Content.assemble((" ● " if chosen else "   ", "$accent"), fit(entry, _LABEL_WIDTH))

    def accept(self, entry: str | None) -> int | None:
        return None if entry is None else self._labels.index(entry)

    def _first(self) -> str | None:
        return self._labels[self._chosen] if self._labels else None
