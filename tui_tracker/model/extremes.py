"""The best and the worst value of a metric column, over all runs of a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from logger.store import search
from logger.store.connection import Reader
from logger.store.fields import Field
from logger.store.search import Cell, Query
from tui_tracker.model.direction import Direction, best_first, direction_of


@dataclass(frozen=True)
class Extremes:
    """Two values of one column that are not the same."""

    best: float
    worst: float

    def mark(self, value: Cell) -> Literal["best", "worst"] | None:
        """What a value is; None between the two, and for what is no number."""
        return "best" if value == self.best else "worst" if value == self.worst else None


def direction_in(key: str, chosen: Mapping[str, Direction]) -> Direction | None:
    """Which way a metric is better: as a person said, else as its name tells."""
    return chosen.get(key) or direction_of(key)


def read_extremes(
    reader: Reader, query: Query, fields: Sequence[Field], chosen: Mapping[str, Direction]
) -> dict[Field, Extremes]:
    """Of each metric column that has a direction and two different numbers."""
    found: dict[Field, Extremes] = {}
    total = search.count(reader, query)
    for field, order in best_first(fields, chosen).items():
        orders = (order, replace(order, descending=not order.descending))
        best, worst = (_first(reader, replace(query, order=(one,)), field, total) for one in orders)
        if best is not None and worst is not None and best != worst:
            found[field] = Extremes(best, worst)
    return found


def _first(reader: Reader, query: Query, field: Field, total: int) -> float | None:
    for row in search.page(reader, query, (field,), limit=1, total=total):
        value = row.cells[0]
        if isinstance(value, (int, float)) and not math.isnan(value):
            return value
    return None
