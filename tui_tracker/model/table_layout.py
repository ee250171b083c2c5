"""Where the columns of the run table stand: the run's name and the pinned ones at the left, the others beside them.

Columns are as wide as their titles and the values that have been seen, up to a limit, and only ever grow, so that
scrolling does not make them jump; one that a person made wider or narrower stays so. Numbers of a column share the
place of their decimal point.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Protocol

from logger.store.fields import Field
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.columns import NAME, Column, column_of, decimals, is_number

GAP = 2
# Mark, status and a space after each stand before the name.
PREFIX = 4
_WIDEST = 24
_WIDEST_NAME = 28
_NARROWEST_NAME = 6
# The part of the table that pinned columns may take; those beyond it scroll.
_MOST_PINNED = 0.67


class Texts(Protocol):
    """A line of the table, as far as room is made for it."""

    @property
    def name(self) -> str: ...
    @property
    def texts(self) -> tuple[str, ...]: ...


class Layout:
    """Widths and places of columns; `columns[0]` is the name, the pinned ones follow, wherever they were asked for."""

    def __init__(
        self,
        columns: Sequence[Column],
        widths: Mapping[Field, int] | None = None,
        pinned: Collection[Field] = (),
    ) -> None:
        name = next((column for column in columns if column.field == NAME), column_of(NAME))
        others = [place for place, column in enumerate(columns) if column.field != NAME]
        others.sort(key=lambda place: columns[place].field not in pinned)
        self.columns = (name, *(columns[place] for place in others))
        # Where the text of each shown column stands among the texts of a line.
        self.cells = tuple(others)
        self._fixed = {
            place: (widths or {})[column.field]
            for place, column in enumerate(self.columns)
            if column.field in (widths or {})
        }
        self._widths = [self._fixed.get(place, column.width) for place, column in enumerate(self.columns)]
        self._decimals = [0] * len(self.columns)
        self._before = [0] * len(self.columns)
        self._pins = sum(column.field in pinned for column in self.columns[1:])
        self._ends: list[int] = []
        self._available = 0
        self.first = 1
        """the first column that scrolls"""
        self._place()

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(column.field for column in self.columns)

    def is_like(self, other: Layout) -> bool:
        """Whether both were made for the same columns, wider, narrower and pinned in the same way."""
        return (self.columns, self.cells, self._fixed, self._pins) == (
            other.columns,
            other.cells,
            other._fixed,
            other._pins,
        )

    def set_width(self, index: int, width: int) -> None:
        """Make a column so wide, whatever it shows."""
        self._fixed[index] = self._widths[index] = width
        self._place()

    def make_room(self, field: Field, cells: int) -> None:
        """Let a column's title have so many cells, where nobody chose its width."""
        index = self.fields.index(field) if field in self.fields else 0
        if index and index not in self._fixed and self._widths[index] < cells:
            self._widths[index] = min(cells, max(_WIDEST, self.columns[index].width))
            self._place()

    @property
    def scrolled_width(self) -> int:
        """Cells of the columns that scroll."""
        return (self._ends[-1] if self._ends else 0) - self._origin

    def fit_to(self, available: int) -> None:
        """Pin as many of the wanted columns as a table of so many cells has room for."""
        self._available = available
        self.first = 1 + self._pins
        while self.first > 1 and self.pinned_width(available) > available * _MOST_PINNED:
            self.first -= 1

    def name_width(self, available: int) -> int:
        """Cells of the name where the whole table has `available`."""
        return max(min(self._widths[0], available // 2 - PREFIX - GAP), _NARROWEST_NAME)

    def pinned_width(self, available: int) -> int:
        """Cells that do not scroll: mark, status, name, pinned columns, and the gaps after them."""
        return PREFIX + self.name_width(available) + GAP + self._origin

    def width(self, index: int) -> int:
        return self._widths[index]

    def span(self, index: int) -> tuple[int, int]:
        """Start and end of a column (1 or more), without its gap: within what scrolls; below 0 for a pinned one."""
        end = self._ends[index - 1] - GAP - self._origin
        return end - self._widths[index], end

    def visible(self, scroll: int, room: int) -> list[tuple[int, int, int]]:
        """The scrolled columns that a window of `room` cells shows: index, place in the window, cells shown.

        A column that the window's left edge cuts has a place below zero.
        """
        shown = []
        start_at = max(bisect_right(self._ends, scroll + self._origin) + 1, self.first)
        for index in range(start_at, len(self.columns)):
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
        if index < self.first:
            return scroll
        start, end = self.span(index)
        if start <= scroll:
            return start
        if end < scroll + room:
            return scroll
        starts = [self.span(place)[0] for place in range(self.first, index + 1)]
        return next(place for place in starts if end < place + room or place == start)

    def furthest_scroll(self, room: int) -> int:
        """The scroll position that shows the last column whole."""
        return self.scroll_to_show(len(self.columns) - 1, 0, room)

    def column_at(self, x: int, scroll: int) -> int | None:
        """The column at a cell of a line whose scrolled part is `scroll` cells on; None beyond the last."""
        name = PREFIX + self.name_width(self._available) + GAP
        if x < name:
            return 0
        within = x - name
        if within >= self._origin:
            within += scroll
        index = bisect_right(self._ends, within) + 1
        return index if index < len(self.columns) else None

    def border_at(self, x: int, scroll: int) -> int | None:
        """The column whose right border, the gap behind it, is at a cell of the table's lines."""
        index = self.column_at(x, scroll)
        if index is None:
            return None
        if index == 0:
            end = PREFIX + self.name_width(self._available)
        else:
            end = self.pinned_width(self._available) + self.span(index)[1]
            end -= scroll if index >= self.first else 0
        return index if end <= x < end + GAP else None

    def learn(self, lines: Iterable[Texts]) -> bool:
        """Make room for some lines; returns whether anything moved."""
        before = (*self._widths, *self._decimals)
        for line in lines:
            if 0 not in self._fixed:
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
        if index not in self._fixed:
            self._widths[index] = min(
                max(self._widths[index], length), max(_WIDEST, self.columns[index].width)
            )

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

    @property
    def _origin(self) -> int:
        """Cells of the pinned columns with their gaps."""
        return self._ends[self.first - 2] if self.first > 1 else 0

    def _place(self) -> None:
        self._ends = list(accumulate(width + GAP for width in self._widths[1:]))
        if self._available:
            self.fit_to(self._available)
