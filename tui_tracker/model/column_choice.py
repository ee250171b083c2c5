"""Choosing columns: what is chosen and in which order, what else there is, what a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from logger.store.fields import ATTRIBUTES, Field, Names
from tui_tracker.model.direction import direction_of
from tui_tracker.model.table_look import TREND

# The aggregates of a metric that are offered at first; the others when they are searched for.
COMMON_AGGREGATES = ("last", "min", "max", TREND)
RARE_AGGREGATES = ("first", "count", "step", "min_step", "max_step")
_AGGREGATES = {
    "last": "metric, latest value",
    "min": "metric, least value",
    "max": "metric, greatest value",
    TREND: "metric, its course as bars",
    "first": "metric, first value",
    "count": "metric, number of points",
    "step": "metric, latest step",
    "min_step": "metric, step of the least value",
    "max_step": "metric, step of the greatest value",
}
# The aggregates that hold the best of a metric, by its direction.
_BEST = {"lower": "min", "higher": "max"}
_ORDER = ("attribute", "metric", "param", "tag")


@dataclass(frozen=True)
class ColumnChoice:
    """Columns in their order, and the others that could be added. Every change gives a new choice."""

    chosen: tuple[Field, ...]
    others: tuple[Field, ...]
    """by kind and name, with rare aggregates"""

    @classmethod
    def of(cls, names: Names, chosen: Iterable[Field]) -> ColumnChoice:
        """The choice among everything that runs have; what is chosen stays even where no run has it."""
        return cls.among(_all_fields(names), chosen)

    @classmethod
    def among(cls, fields: Iterable[Field], chosen: Iterable[Field]) -> ColumnChoice:
        """The choice among these fields."""
        first = tuple(dict.fromkeys(chosen))
        return cls(first, tuple(field for field in fields if field not in set(first)))

    def toggle(self, field: Field) -> ColumnChoice:
        """Add a column at the end, or take it away."""
        if field in self.chosen:
            rest = tuple(sorted((*self.others, field), key=_rank))
            return ColumnChoice(tuple(other for other in self.chosen if other != field), rest)
        return ColumnChoice((*self.chosen, field), tuple(other for other in self.others if other != field))

    def move(self, field: Field, step: int) -> ColumnChoice:
        """Move a chosen column by `step` places, as far as there are any."""
        if field not in self.chosen:
            return self
        place = self.chosen.index(field)
        target = max(0, min(place + step, len(self.chosen) - 1))
        fields = [other for other in self.chosen if other != field]
        fields.insert(target, field)
        return replace(self, chosen=tuple(fields))

    def matching(self, search: str) -> list[Field]:
        """Chosen columns, then others, whose label or kind holds every word of the search.

        Without a search, rare aggregates are left out.
        """
        words = search.casefold().split()
        found = [field for field in self.chosen if _matches(field, words)]
        others = (field for field in self.others if words or field.aggregate not in RARE_AGGREGATES)
        return [*found, *(field for field in others if _matches(field, words))]


def describe(field: Field) -> str:
    """What a field is, for a person; of a metric with a direction, also which aggregate is its best."""
    if field.kind == "attribute":
        return ATTRIBUTES[field.key].description
    if field.kind != "metric":
        return field.kind
    direction = direction_of(field.key)
    best = _BEST[direction] if direction else ""
    is_best = bool(best) and field.aggregate.removesuffix("_step") == best
    return _AGGREGATES.get(field.aggregate, field.kind) + (" (the best)" if is_best else "")


def _matches(field: Field, words: list[str]) -> bool:
    text = f"{field.kind} {field.label} {describe(field)}".casefold()
    return all(word in text for word in words)


def _all_fields(names: Names) -> list[Field]:
    return [
        *(Field("attribute", key) for key in ATTRIBUTES),
        *(
            Field("metric", key, aggregate)
            for key in sorted(names.metrics)
            for aggregate in (*COMMON_AGGREGATES, *RARE_AGGREGATES)
        ),
        *(Field("param", key) for key in sorted(names.params)),
        *(Field("tag", key) for key in sorted(names.tags)),
    ]


def _rank(field: Field) -> tuple[int, int, str, int]:
    aggregates = (*COMMON_AGGREGATES, *RARE_AGGREGATES)
    attribute = list(ATTRIBUTES).index(field.key) if field.kind == "attribute" else 0
    return _ORDER.index(field.kind), attribute, field.key, aggregates.index(field.aggregate)
