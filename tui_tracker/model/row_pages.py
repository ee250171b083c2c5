"""The part of a long list of runs that is in memory: pages of rows, the least recently used leaving first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from logger.store.search import Row

PAGE_ROWS = 100
# Enough to scroll back and forth over a screen of any height without asking again.
PAGES_KEPT = 16


@dataclass(frozen=True)
class Line:
    """A row as it is shown."""

    row: Row
    name: str
    """the run's name, clean"""
    texts: tuple[str, ...]
    """its cells, clean, in the order of the columns"""

    def looks_like(self, other: Line) -> bool:
        """Whether both are drawn in the same way; values matter beside texts, since the best is marked."""
        return (self.name, self.texts, self.row.run.status, self.row.cells) == (
            other.name,
            other.texts,
            other.row.run.status,
            other.row.cells,
        )


class RowPages:
    """Lines by their place in the list."""

    def __init__(self, kept: int = PAGES_KEPT) -> None:
        self._pages: OrderedDict[int, list[Line]] = OrderedDict()
        self._kept = kept

    def __len__(self) -> int:
        """How many pages are held."""
        return len(self._pages)

    def put(self, offset: int, lines: Sequence[Line]) -> None:
        """Hold lines from place `offset` on, a multiple of `PAGE_ROWS`; an empty answer is a page too."""
        for start in range(0, max(len(lines), 1), PAGE_ROWS):
            page = (offset + start) // PAGE_ROWS
            self._pages[page] = list(lines[start : start + PAGE_ROWS])
            self._pages.move_to_end(page)
        while len(self._pages) > self._kept:
            self._pages.popitem(last=False)

    def get(self, place: int) -> Line | None:
        """The line at a place; None where it is not held."""
        page = self._pages.get(place // PAGE_ROWS)
        within = place % PAGE_ROWS
        return None if page is None or within >= len(page) else page[within]

    def missing(self, first: int, last: int) -> tuple[int, int] | None:
        """Offset and number of the rows to ask for, for places `first` to `last` to be held; None if all are.

        What is held counts as used.
        """
        wanted = range(first // PAGE_ROWS, last // PAGE_ROWS + 1)
        absent = [page for page in wanted if page not in self._pages]
        for page in wanted:
            if page in self._pages:
                self._pages.move_to_end(page)
        if not absent:
            return None
        return absent[0] * PAGE_ROWS, (absent[-1] - absent[0] + 1) * PAGE_ROWS

    def replace(self, lines: Mapping[int, Line]) -> list[int]:
        """Put new lines, given by run id, in the place of the old ones; returns the places that look different."""
        return self.update(lambda line: lines.get(line.row.run.id, line))

    def update(self, renewed: Callable[[Line], Line]) -> list[int]:
        """Put `renewed(line)` in the place of every line; returns the places that look different."""
        places = []
        for page, held in self._pages.items():
            for within, line in enumerate(held):
                held[within] = fresh = renewed(line)
                if fresh is not line and not fresh.looks_like(line):
                    places.append(page * PAGE_ROWS + within)
        return places

    def place_of(self, run_id: int) -> int | None:
        """Where a run stands, if it is held."""
        for page, held in self._pages.items():
            for within, line in enumerate(held):
                if line.row.run.id == run_id:
                    return page * PAGE_ROWS + within
        return None
