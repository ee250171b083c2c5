"""The lines of the run table as far as they are in memory, and what is to be asked for.

Lines are what stands on the screen; rows are runs. Without groups they are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tui_tracker.model.outline import Heading, Outline
from tui_tracker.model.row_pages import Line, RowPages


class HeldRows:
    """One list of runs. A new generation of it holds nothing at first; the former one stands in meanwhile."""

    def __init__(self) -> None:
        self.generation = -1
        self.total = 0
        """how many runs the list has, in closed groups too"""
        self.outline: Outline | None = None
        self._pages = RowPages()
        self._former: RowPages | None = None
        self._wanted: tuple[int, int] | None = None

    @property
    def length(self) -> int:
        """How many lines there are."""
        return self.total if self.outline is None else self.outline.length

    def begin(self, generation: int, total: int, outline: Outline | None, *, same_columns: bool) -> None:
        """Go on with a list; what is held is kept only in the same generation with the same columns."""
        if generation != self.generation or not same_columns:
            stays = same_columns and len(self._pages) and outline is None and self.outline is None
            self._former = self._pages if stays else None
            self._pages = RowPages()
            self._wanted = None
        self.generation, self.total, self.outline = generation, total, outline

    def put(self, offset: int, lines: Sequence[Line]) -> None:
        self._pages.put(offset, lines)
        self._former = None
        self._wanted = None

    def at(self, place: int) -> Line | Heading | None:
        """What stands at a line; None where nothing does, or it has not arrived."""
        if not 0 <= place < self.length:
            return None
        row = place if self.outline is None else self.outline.at(place)
        if isinstance(row, Heading):
            return row
        line = self._pages.get(row)
        return self._former.get(row) if line is None and self._former is not None else line

    def wanted(self, first: int, last: int) -> tuple[int, int] | None:
        """Offset and number of the rows to ask for so that these lines are held; None where that has been done."""
        rows = (first, last) if self.outline is None else self.outline.rows(first, last)
        wanted = None if rows is None else self._pages.missing(*rows)
        asked, self._wanted = self._wanted, wanted
        return wanted if wanted != asked else None

    def replace(self, lines: Mapping[int, Line]) -> list[int]:
        """Put new lines, by run id, in the place of the old ones; returns where the list looks different."""
        return self._places(self._pages.replace(lines))

    def update(self, renewed: Callable[[Line], Line]) -> list[int]:
        """Put `renewed(line)` in the place of every line; returns where the list looks different."""
        return self._places(self._pages.update(renewed))

    def headings(self) -> Iterator[Heading]:
        return iter(() if self.outline is None else self.outline.headings)

    def _places(self, rows: list[int]) -> list[int]:
        outline = self.outline
        return rows if outline is None else [outline.line_of_row(row) for row in rows]
