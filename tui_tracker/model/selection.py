"""Which runs the table shows and in which order: places in the tree, a filter, sort keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from logger.store.fields import Field, Names, Sort
from logger.store.query import EVERYTHING, Filter, compile_filter, quote, spell
from logger.store.search import Query

Shelf = Literal["current", "archived", "deleted"]
SHELVES: tuple[Shelf, ...] = ("current", "archived", "deleted")


@dataclass(frozen=True)
class Place:
    """A place in the tree: all experiments, one of them, or the runs of one that share a param's value."""

    experiments: tuple[int, ...] = ()
    """ids; empty for all"""
    title: str = "all runs"
    """what the place is called, not yet cleaned"""
    field: Field | None = None
    """what the runs of the branch share"""
    value: str | None = None
    """its value; None for runs that have none"""

    @property
    def condition(self) -> str:
        """The branch as a filter; empty where the place is not a branch."""
        if self.field is None:
            return ""
        name = spell(self.field, Names())
        return f"{name} is null" if self.value is None else f"{name} = {quote(self.value)}"


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
        return bool(self.text) or self.place.field is not None or bool(self.order)

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

    def sorted_by(self, field: Field) -> Selection:
        """Sorted by a field, numbers from the greatest; when asked again, the other way round."""
        current = self.order[0] if self.order else None
        if current is not None and current.field == field:
            return self.reversed()
        return replace(self, order=(Sort(field, descending=field.type is not None and field.type != "text"),))

    def reversed(self) -> Selection:
        """The same sort keys, the first the other way round; without any, the oldest run comes first."""
        first, *rest = self.order or (Sort(Field("attribute", "started"), descending=True),)
        return replace(self, order=(replace(first, descending=not first.descending), *rest))


def combined(place: Place, text: str, names: Names) -> Filter:
    """A filter and the branch of a place, as one condition. Raises FilterError for the text's mistakes."""
    written = compile_filter(text, names)
    if not place.condition:
        return written
    branch = compile_filter(place.condition, names)
    return Filter(text, f"({branch.where}) AND ({written.where})", (*branch.parameters, *written.parameters))
