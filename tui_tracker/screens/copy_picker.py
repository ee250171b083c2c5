"""The dialog that copies: what a screen has to give, by name, each with the beginning of its text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_tracker.commands.dialogs import COPYING
from tui_tracker.model.cells import fit
from tui_tracker.model.text import clean
from tui_tracker.screens.copy_offers import Offer
from tui_tracker.screens.search_list import SearchList, found_in

_NAME_WIDTH = 18
_LONGEST_PREVIEW = 400


class CopyPicker(SearchList[str, Offer]):
    """Answers the offer that was chosen."""

    TITLE_OF_BOX = "Copy"
    HINTS = COPYING

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._offers = {offer.name: offer for offer in offers}

    def matching(self, search: str) -> list[str]:
        return found_in(search, list(self._offers))

    def prompt(self, entry: str) -> Content:
        text = self._offers[entry].text
        lines = text.rstrip("\n").split("\n")
        preview = text if len(lines) == 1 else f"{len(lines):,} lines"
        return Content.assemble(
            " ", fit(entry, _NAME_WIDTH), " ", (clean(preview, _LONGEST_PREVIEW), "$text-muted")
        )

    def accept(self, entry: str | None) -> Offer | None:
        return None if entry is None else self._offers[entry]
