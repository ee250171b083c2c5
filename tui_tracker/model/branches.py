"""What hangs below a place in the tree of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logger.store import search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.groups import Group, Spread, read_groups
from tui_tracker.model import formats
from tui_tracker.model.grouping import parent_names, sorted_groups, title
from tui_tracker.model.selection import Place, Selection

# Leaves beyond this are in the table only; the tree says how many. And values that become branches.
MOST_LEAVES = 200
_MOST_BRANCHES = 60


@dataclass(frozen=True)
class Branch:
    """A place and how many runs are in it."""

    place: Place
    runs: int
    running: int = 0
    reached: str = ""
    """mean and spread of the metric that the tree shows, over its runs"""


@dataclass(frozen=True)
class Leaf:
    """A run in the tree."""

    run_id: int
    name: str
    status: str
    place: Place
    """where in the tree it hangs"""


@dataclass(frozen=True)
class More:
    """Stands for what is not shown."""

    count: int


Entry = Branch | Leaf | More


def read_branch(
    reader: Reader, place: Place, by: Sequence[Field], metric: Field | None = None
) -> list[Entry]:
    """What is below a place: branches by the next field of the grouping, or else its runs, newest first.

    Branches say what their runs reached in `metric`.
    """
    selection = Selection().at(place, Names())
    level = len(place.shared)
    if place.experiments and level < len(by):
        field = by[level]
        metrics = [] if metric is None else [metric]
        groups = sorted_groups(read_groups(reader, selection.query, [field], metrics), [field], metrics, None)
        return _branches(groups, place, field, parent_names(reader, [field], groups))
    found = search.page(reader, selection.query, limit=MOST_LEAVES)
    leaves: list[Entry] = [Leaf(row.run.id, row.run.name, row.run.status, place) for row in found]
    hidden = search.count(reader, selection.query) - len(found) if len(found) == MOST_LEAVES else 0
    return [*leaves, More(hidden)] if hidden else leaves


def _branches(groups: Sequence[Group], place: Place, field: Field, parents: dict[str, str]) -> list[Entry]:
    branches: list[Entry] = [
        Branch(
            place.below(title([field], group.key, parents), field, group.key[0]),
            group.runs,
            reached="".join(
                formats.spread(cell.mean, cell.deviation) for cell in group.cells if isinstance(cell, Spread)
            ),
        )
        for group in groups[:_MOST_BRANCHES]
    ]
    hidden = len(groups) - len(branches)
    return [*branches, More(hidden)] if hidden else branches


def read_run_ids(reader: Reader, place: Place) -> list[int]:
    """All runs of a place."""
    return search.ids(reader, Selection().at(place, Names()).query)
