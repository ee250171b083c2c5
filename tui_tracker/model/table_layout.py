"""Where the columns of the run table stand: the run's name pinned at the left, the others beside it.

Columns are as wide as their titles and the values that have been seen, up to a limit, and only ever grow, so
that scrolling does not make them jump. Numbers of a column share the place of their decimal point.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from logger.store.fields import Field
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.columns import NAME, Column, column_of, decimals, is_number
from tui_tracker.model.row_pages import Line

GAP = 2
# Mark, status and a space after each stand before the name.
PREFIX = 4
_WIDEST = 24
_WIDEST_NAME = 28
_NARROWEST_NAME = 6


class Layout:
    """Widths and places of columns; `columns[0]` is the pinned name, wherever it was asked for."""

    def __init__(self, columns: Sequence[Column]) -> None:
        name = next((column for column in columns if column.field == NAME), column_of(NAME))
        self.columns = (name, *(column for column in columns if column.field != NAME))
        # Where the text of each shown column stands among the texts of a line.
        self.cells = tuple(place for place, column in enumerate(columns) if column.field != NAME)
        self._widths = [column.width for column in self.columns]
        self._decimals = [0] * len(self.columns)
        self._before = [0] * len(self.columns)
        self._ends: list[int] = []
        self._place()

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(column.field for column in self.columns)

    @property
    def scrolled_width(self) -> int:
        """Cells of the columns beside the name."""
        return self._ends[-1] if self._ends else 0

    def name_width(self, available: int) -> int:
        """Cells of the name where the whole table has `available`."""
        return max(min(self._widths[0], available // 2 - PREFIX - GAP), _NARROWEST_NAME)

    def pinned_width(self, available: int) -> int:
        """Cells that do not scroll: mark, status, name and the gap after it."""
        return PREFIX + self.name_width(available) + GAP

    def width(self, index: int) -> int:
        return self._widths[index]

    def span(self, index: int) -> tuple[int, int]:
        """Start and end of a column (1 or more) within what scrolls, without its gap."""
        end = self._ends[index - 1] - GAP
        return end - self._widths[index], end

    def visible(self, scroll: int, room: int) -> list[tuple[int, int, int]]:
        """The columns that a window of `room` cells shows: index, place in the window, cells shown.

        A column that the window's left edge cuts has a place below zero.
        """
        shown = []
        for index in range(bisect_right(self._ends, scroll) + 1, len(self.columns)):
            start, end = self.span(index)
            if start - scroll >= room:
                break
            if end > scroll:
                shown.append((index, start - scroll, min(end - scroll, room) - max(start - scroll, 0)))
        return shown

    def scroll_to_show(self, index: int, scroll: int, room: int) -> int:
        """The scroll position nearest to `scroll` that shows a column whole, none cut at the left edge."""
        if index == 0:
            return 0
        start, end = self.span(index)
        if start <= scroll:
            return start
        if end < scroll + room:
            return scroll
        starts = (0, *self._ends[:index])
        return next(place for place in starts if end < place + room or place == start)

    def furthest_scroll(self, room: int) -> int:
        """The scroll position that shows the last column whole."""
        return self.scroll_to_show(len(self.columns) - 1, 0, room)

    def column_at(self, x: int) -> int | None:
        """The column at a place within what scrolls; None beyond the last."""
        index = bisect_right(self._ends, x) + 1
        return index if index < len(self.columns) and x >= 0 else None

    def learn(self, lines: Iterable[Line]) -> bool:
        """Make room for some lines; returns whether anything moved."""
        before = (*self._widths, *self._decimals)
        for line in lines:
            self._widths[0] = min(max(self._widths[0], width_of(line.name)), _WIDEST_NAME)
            for index, cell in enumerate(self.cells, start=1):
                self._widen(index, line.texts[cell])
        self._place()
        return before != (*self._widths, *self._decimals)

    def _widen(self, index: int, text: str) -> None:
        length = len(text) if text.isascii() else width_of(text)
        fraction = decimals(text) if self.columns[index].align != "left" else None
        if fraction is not None:
            self._decimals[index] = max(self._decimals[index], fraction)
            self._before[index] = max(self._before[index], length - fraction)
            length = self._before[index] + self._decimals[index]
        self._widths[index] = min(max(self._widths[index], length), max(_WIDEST, self.columns[index].width))

    def cell(self, index: int, text: str) -> str:
        """The text of a column's cell in exactly its width."""
        width = self._widths[index]
        align = self.columns[index].align
        if align == "left" or not text:
            return fit(text, width)
        fraction = decimals(text)
        if fraction is not None:
            padded = text + " " * (self._decimals[index] - fraction)
            return fit(padded if len(padded) <= width else text, width, "right")
        return fit(text, width, "right" if align == "right" or is_number(text) else "left")

    def title_align_right(self, index: int) -> bool:
        """Whether a column's title stands to the right, as its values do."""
        column = self.columns[index]
        return column.align == "right" or (column.align == "auto" and self._before[index] > 0)

    def _place(self) -> None:
        self._ends = list(accumulate(width + GAP for width in self._widths[1:]))
