"""Which runs the table shows and in which order: places in the tree, a filter, sort keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from logger.store.fields import Field, Names, Sort
from logger.store.query import EVERYTHING, Filter, compile_filter, quote, spell
from logger.store.search import Query
from tui_tracker.model.direction import NO_DIRECTIONS, Direction, best_first

Shelf = Literal["current", "archived", "deleted"]
SHELVES: tuple[Shelf, ...] = ("current", "archived", "deleted")


@dataclass(frozen=True)
class Place:
    """A place in the tree: all experiments, one of them, or the runs of one that share the values of some fields."""

    experiments: tuple[int, ...] = ()
    """ids; empty for all"""
    title: str = "all runs"
    """what the place is called, not yet cleaned"""
    shared: tuple[tuple[Field, str | None], ...] = ()
    """what the runs of the branch share; None where they have no value"""
    experiment: str = ""
    """the name of the one experiment"""

    @property
    def condition(self) -> str:
        """The branch as a filter; empty where the place is not a branch."""
        return " and ".join(
            f"{spell(field, Names())} is null"
            if value is None
            else f"{spell(field, Names())} = {quote(value)}"
            for field, value in self.shared
        )

    def below(self, title: str, field: Field, value: str | None) -> Place:
        """The branch of those of its runs that have this value."""
        return replace(self, title=title, shared=(*self.shared, (field, value)))


@dataclass(frozen=True)
class Selection:
    """What is asked of the store for the run table."""

    place: Place = Place()
    text: str = ""
    """the filter, as a person wrote it"""
    filter: Filter = EVERYTHING
    """the filter and the place's branch, compiled together"""
    order: tuple[Sort, ...] = ()
    shelf: Shelf = "current"

    @property
    def query(self) -> Query:
        return Query(
            filter=self.filter,
            experiments=self.place.experiments,
            order=self.order,
            deleted=self.shelf == "deleted",
            archived={"current": False, "archived": True, "deleted": None}[self.shelf],
        )

    @property
    def depends_on_values(self) -> bool:
        """Whether runs may enter, leave or move when what they have logged changes."""
        return bool(self.text) or bool(self.place.shared) or bool(self.order)

    def on_next_shelf(self) -> Selection:
        """The archived runs after the current ones, then the deleted ones, then the current ones again."""
        return replace(self, shelf=SHELVES[(SHELVES.index(self.shelf) + 1) % len(SHELVES)])

    def at(self, place: Place, names: Names) -> Selection:
        """The same filter at another place."""
        return replace(self, place=place, filter=combined(place, self.text, names))

    def filtered(self, text: str, names: Names) -> Selection:
        """Another filter at the same place. Raises FilterError, whose positions are those in `text`."""
        text = text.strip()
        return replace(self, text=text, filter=combined(self.place, text, names))

    def sorted_by(self, field: Field, directions: Mapping[str, Direction] = NO_DIRECTIONS) -> Selection:
        """Sorted by a field, the best first where there is one by these directions of metrics or their names.

        Other numbers from the greatest. When asked again, the other way round.
        """
        if len(self.order) == 1 and self.order[0].field == field:
            return self.reversed()
        return replace(self, order=(_first_order(field, directions),))

    def also_sorted_by(self, field: Field, directions: Mapping[str, Direction] = NO_DIRECTIONS) -> Selection:
        """Sorted by a field where the present keys say the same; one that is a key already, the other way round."""
        if any(sort.field == field for sort in self.order):
            return replace(
                self,
                order=tuple(
                    replace(sort, descending=not sort.descending) if sort.field == field else sort
                    for sort in self.order
                ),
            )
        return replace(self, order=(*self.order, _first_order(field, directions)))

    def reversed(self) -> Selection:
        """The same sort keys, the first the other way round; without any, the oldest run comes first."""
        first, *rest = self.order or (Sort(Field("attribute", "started"), descending=True),)
        return replace(self, order=(replace(first, descending=not first.descending), *rest))


def _first_order(field: Field, directions: Mapping[str, Direction]) -> Sort:
    best = best_first([field], directions).get(field)
    return best or Sort(field, descending=field.type is not None and field.type != "text")


def combined(place: Place, text: str, names: Names) -> Filter:
    """A filter and the branch of a place, as one condition. Raises FilterError for the text's mistakes."""
    written = compile_filter(text, names)
    if not place.condition:
        return written
    branch = compile_filter(place.condition, names)
    if not text:
        return replace(branch, text=text)
    return Filter(text, f"({branch.where}) AND ({written.where})", (*branch.parameters, *written.parameters))
