"""How many charts are in view, and which: the arrangement of a grid on a screen of cells, pages, one chart alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_tracker.model.chart_choice import ChartChoice, tabs_of

MIN_CHART = (38, 10)
"""Columns and rows below which a chart is not readable, if more than one is to be shown."""

LEAST_CHART = (24, 6)
"""Columns and rows below which a chart is not drawn, even where a person asks for so many."""

MOST_CHARTS = 9
"""Charts in view at a time; more are too small to compare and slower to draw than to turn the page."""

BEST_SHAPE = 3.6
"""Columns a row of a chart at which curves are read best."""

ROOM_FOR_TABS = 14
"""Rows from which one is spent on tabs."""

SHAPES = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4))
"""Columns and rows that a person can ask for, one after another."""


def arrange(count: int, width: int, height: int) -> tuple[int, int]:
    """Return columns and rows of charts for `count` charts on a screen of cells; fewer places mean pages."""
    across = max(1, width // MIN_CHART[0])
    down = max(1, height // MIN_CHART[1])
    wanted = max(1, min(count, across * down, MOST_CHARTS))

    def cost(columns: int, rows: int) -> float:
        shape = (width / columns) / (height / rows)
        unused = columns * rows - wanted
        return max(shape / BEST_SHAPE, BEST_SHAPE / shape) + unused * 0.5

    choices = [
        (columns, rows)
        for columns in range(1, across + 1)
        for rows in range(1, down + 1)
        if columns * rows >= wanted and (columns - 1) * rows < wanted and columns * (rows - 1) < wanted
    ]
    return min(choices, key=lambda choice: cost(*choice))


def next_shape(shape: tuple[int, int] | None) -> tuple[int, int] | None:
    """The shape after this one; after the last, and before the first, the one that is found by itself: None."""
    place = SHAPES.index(shape) + 1 if shape in SHAPES else 0
    return SHAPES[place] if place < len(SHAPES) else None


@dataclass(frozen=True)
class Paging:
    """What decides which charts are in view."""

    width: int
    """cells"""
    height: int
    """cells, those of the line of tabs and pages among them"""
    maximised: bool = False
    """whether one chart takes all the room"""
    current: str | None = None
    """the chart that is in view whatever the others are; the first if there is none of this name"""
    wanted: tuple[int, int] | None = None
    """columns and rows that a person asked for; None to find them by the room there is"""
    choice: ChartChoice = field(default_factory=ChartChoice)
    """which charts there are"""
    besides: frozenset[str] = frozenset()
    """metrics whose points are needed whatever is in view"""

    def shape(self, count: int, tabs: int = 1) -> tuple[int, int]:
        """Columns and rows of so many charts."""
        if not self.width or not self.height:
            return 1, 1
        height = self.height - 1 if self._has_line(0, tabs) else self.height
        shape = self._arranged(count, height)
        if self._has_line(count - shape[0] * shape[1], tabs):
            shape = self._arranged(count, max(1, self.height - 1))
        return (1, 1) if self.maximised else shape

    def has_line(self, count: int, tabs: int) -> bool:
        """Whether a line tells tabs and pages."""
        columns, rows = self.shape(count, tabs)
        return self._has_line(count - columns * rows, tabs)

    def shown(self, titles: Sequence[str]) -> set[str]:
        """Of all metrics those whose points are needed."""
        charts = self.choice.charts(titles)
        columns, rows = self.shape(len(charts), len(tabs_of(titles)))
        names = [chart.title for chart in charts]
        current = names.index(self.current) if self.current in names else 0
        first = current // (columns * rows) * columns * rows
        seen = charts[first : first + columns * rows]
        return {member.title for chart in seen for member in chart.members} | self.besides

    def _arranged(self, count: int, height: int) -> tuple[int, int]:
        if self.wanted is None:
            return arrange(count, self.width, height)
        columns = max(1, min(self.wanted[0], self.width // LEAST_CHART[0]))
        rows = max(1, min(self.wanted[1], height // LEAST_CHART[1]))
        return columns, rows

    def _has_line(self, left_out: int, tabs: int) -> bool:
        return left_out > 0 or self.maximised or (tabs > 1 and self.height >= ROOM_FOR_TABS)
