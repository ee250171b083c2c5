"""What hangs below a place in the tree of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from logger.store import runs, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.search import Row
from tui_tracker.model.selection import Place, Selection

# Leaves beyond this are in the table only; the tree says how many.
MOST_LEAVES = 200
# Runs that are looked at for the values of a param, and values that become branches.
_MOST_GROUPED = 20_000
_MOST_BRANCHES = 60


@dataclass(frozen=True)
class Branch:
    """A place and how many runs are in it."""

    place: Place
    runs: int
    running: int = 0


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


def read_branch(reader: Reader, place: Place, group: Field | None) -> list[Entry]:
    """The branches of an experiment by the values of `group`, or else its runs, newest first."""
    selection = Selection().at(place, Names())
    if group is not None and place.experiments and place.field is None:
        return _by_value(search.page(reader, selection.query, (group,), limit=_MOST_GROUPED), place, group)
    found = search.page(reader, selection.query, limit=MOST_LEAVES)
    leaves: list[Entry] = [Leaf(row.run.id, row.run.name, row.run.status, place) for row in found]
    hidden = search.count(reader, selection.query) - len(found) if len(found) == MOST_LEAVES else 0
    return [*leaves, More(hidden)] if hidden else leaves


def _by_value(rows: Sequence[Row], place: Place, group: Field) -> list[Entry]:
    counts: dict[str | None, int] = {}
    for row in rows:
        value = None if row.cells[0] is None else str(row.cells[0])
        counts[value] = counts.get(value, 0) + 1
    branches: list[Entry] = [
        Branch(replace(place, title=_title(group, value), field=group, value=value), counts[value])
        for value in sorted(counts, key=_by_number)
    ]
    shown, hidden = branches[:_MOST_BRANCHES], branches[_MOST_BRANCHES:]
    return [*shown, More(len(hidden))] if hidden else shown


def _title(group: Field, value: str | None) -> str:
    return f"no {group.label}" if value is None else f"{group.label} = {value}"


def _by_number(value: str | None) -> tuple[int, float, str]:
    """Numbers in their order, then text, then the runs that have no value."""
    if value is None:
        return 2, 0.0, ""
    number = runs.number(value)
    return (1, 0.0, value) if number is None else (0, number, value)


def next_grouping(reader: Reader, names: Names, current: Field | None) -> Field | None:
    """The param after `current` that has more than one value; None after the last: no grouping."""
    keys = sorted(names.params)
    start = keys.index(current.key) + 1 if current is not None and current.key in keys else 0
    for key in keys[start:]:
        field = Field("param", key)
        if len(search.values_of(reader, field, 2)) > 1:
            return field
    return None
