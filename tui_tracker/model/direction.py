"""Which of some values are the best, and the orders in which the best come first.

A metric whose name has no direction (`logger.store.direction`) has no best.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from logger.store.direction import Direction, direction_of
from logger.store.fields import Field, Sort

__all__ = ["NO_DIRECTIONS", "Direction", "best_first", "best_places", "direction_of"]

NO_DIRECTIONS: Mapping[str, Direction] = MappingProxyType({})
"""Nobody has said which way a metric is better."""
# The aggregates that hold values of the metric itself, not steps or counts.
_VALUES = frozenset(("last", "min", "max", "first"))


def best_places(values: Sequence[float | None], direction: Direction | None) -> tuple[int, ...]:
    """Where the best of some values stand, several where they are equal.

    None and NaN are not considered; empty without a direction, or when there is nothing to choose between.
    """
    numbers = [value for value in values if value is not None and not math.isnan(value)]
    if direction is None or len(numbers) < 2 or min(numbers) == max(numbers):
        return ()
    best = min(numbers) if direction == "lower" else max(numbers)
    return tuple(place for place, value in enumerate(values) if value == best)


def best_first(fields: Iterable[Field], chosen: Mapping[str, Direction] = NO_DIRECTIONS) -> dict[Field, Sort]:
    """For each metric field with a direction, `chosen` or by its name, the order in which its best run comes first.

    The first row of a query in that order holds the value to mark.
    """
    orders = {}
    for field in fields:
        if field.kind == "metric" and field.aggregate in _VALUES:
            direction = chosen.get(field.key) or direction_of(field.key)
            if direction is not None:
                orders[field] = Sort(field, descending=direction == "higher")
    return orders
