"""Drawing a column's border with the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from tui_tracker.model.table_layout import Layout
from tui_tracker.model.table_look import NARROWEST, WIDEST


@dataclass
class ColumnDrag:
    """One border under the mouse, from the press to the release."""

    column: int
    """which column's"""
    start_x: int
    """where it was taken hold of"""
    start_width: int
    width: int
    """what the column shall be wide"""

    @classmethod
    def at(cls, layout: Layout, x: int, scroll: int, available: int) -> ColumnDrag | None:
        """What a press on the header takes hold of; None where there is no border."""
        column = layout.border_at(x, scroll)
        if column is None:
            return None
        width = layout.name_width(available) if column == 0 else layout.width(column)
        return cls(column, x, width, width)

    def to(self, x: int) -> bool:
        """The mouse is at `x`; returns whether that makes another width."""
        width = max(NARROWEST, min(self.start_width + x - self.start_x, WIDEST))
        changed, self.width = width != self.width, width
        return changed

    @property
    def moved(self) -> bool:
        return self.width != self.start_width
