"""Runs that share the values of some fields, as one: how many there are, and the mean and spread of what they reached.

The spread is the sample standard deviation (the sum of squares divided by n - 1), as over seeds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from logger.store import runs, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names, Sort
from logger.store.search import Cell, Query
from tui_tracker.model import formats
from tui_tracker.model.columns import LONGEST_CELL, NAME, Column, format_cell
from tui_tracker.model.outline import Heading, Outline
from tui_tracker.model.text import clean

GroupKey: TypeAlias = tuple[str | None, ...]
# Parents are called by their names where there are not more groups than a person reads.
_MOST_NAMED = 200
_PARENT = Field("attribute", "parent")


@dataclass(frozen=True)
class Spread:
    """Numbers, summed up."""

    count: int
    mean: float
    deviation: float | None
    """None for a single number"""

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """None where no value is finite; those that are not are left out."""
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            return None
        mean = math.fsum(finite) / len(finite)
        if len(finite) < 2:
            return cls(1, mean, None)
        squares = math.fsum((value - mean) ** 2 for value in finite)
        return cls(len(finite), mean, math.sqrt(squares / (len(finite) - 1)))

    @property
    def text(self) -> str:
        return formats.spread(self.mean, self.deviation)


@dataclass(frozen=True)
class Group:
    """Runs that share values."""

    key: GroupKey
    """one value for each field of the grouping; None where the runs have none"""
    run_ids: tuple[int, ...]
    """in the order of the query"""
    cells: tuple[Spread | Cell, ...]
    """for each summed up field: the spread of its numbers, or the value that all share, or None"""


def read_groups(
    reader: Reader, query: Query, by: Sequence[Field], fields: Sequence[Field] = ()
) -> list[Group]:
    """The groups of a query's answer, with what their runs have of some fields.

    In the order of the first sort key: by the mean of what is summed up, else by their values, numbers first.
    """
    run_ids = search.ids(reader, query)
    keys = [search.column(reader, run_ids, field) for field in by]
    members: dict[GroupKey, list[int]] = {}
    for run_id in run_ids:
        shared = tuple(_as_text(field, key.get(run_id)) for field, key in zip(by, keys, strict=True))
        members.setdefault(shared, []).append(run_id)
    columns = [search.column(reader, run_ids, field) for field in fields]
    groups = [
        Group(
            key,
            tuple(ids),
            tuple(
                _summed(field, [column.get(run_id) for run_id in ids])
                for field, column in zip(fields, columns, strict=True)
            ),
        )
        for key, ids in members.items()
    ]
    return sorted_groups(groups, by, fields, query.order[0] if query.order else None)


def sorted_groups(
    groups: Sequence[Group], by: Sequence[Field], fields: Sequence[Field], sort: Sort | None
) -> list[Group]:
    """By the sort key where it says something of groups, ties and all else by their values."""
    ordered = sorted(groups, key=lambda group: [by_number(value) for value in group.key])
    if sort is not None and sort.field in by:
        place = by.index(sort.field)
        # What has no value stays last.
        ordered.sort(key=lambda group: by_number(group.key[place])[1:], reverse=sort.descending)
        ordered.sort(key=lambda group: by_number(group.key[place])[0])
    elif sort is not None and sort.field in fields:
        place = fields.index(sort.field)
        sign = -1.0 if sort.descending else 1.0

        def rank(group: Group) -> tuple[bool, float]:
            cell = group.cells[place]
            return not isinstance(cell, Spread), sign * cell.mean if isinstance(cell, Spread) else 0.0

        ordered.sort(key=rank)
    return ordered


def _as_text(field: Field, value: Cell) -> str | None:
    """None where the run has no value: an attribute of no text has none."""
    return None if value is None or (value == "" and field.kind == "attribute") else str(value)


def _summed(field: Field, values: Sequence[Cell]) -> Spread | Cell:
    if field.type in ("number", "duration"):
        return Spread.of([value for value in values if isinstance(value, (int, float))])
    shared = set(values)
    return shared.pop() if len(shared) == 1 else None


def by_number(value: str | None) -> tuple[int, float, str]:
    """A sort key: numbers in their order, then text, then what is missing."""
    if value is None:
        return 2, 0.0, ""
    number = runs.number(value)
    return (1, 0.0, value) if number is None else (0, number, value)


def groupable(names: Names) -> list[Field]:
    """What runs can be grouped by: params, tags, the parent, and what tells where they ran."""
    attributes = ("parent", "experiment", "status", "user", "host", "commit", "source")
    return [
        *(Field("param", key) for key in sorted(names.params)),
        _PARENT,
        *(Field("attribute", key) for key in attributes[1:]),
        *(Field("tag", key) for key in sorted(names.tags)),
    ]


def summed_fields(columns: Sequence[Column]) -> list[Field]:
    """The fields of these columns, of which a group can say something: all but the name."""
    return [column.reads for column in columns if column.field != NAME]


def read_outline(
    reader: Reader,
    query: Query,
    by: Sequence[Field],
    columns: Sequence[Column],
    opened: Collection[GroupKey],
    now: float,
) -> Outline:
    """The list of a query in groups, as the table shows it."""
    fields = summed_fields(columns)
    groups = read_groups(reader, query, by, fields)
    parents = parent_names(reader, by, groups)
    return Outline(
        [
            Heading(
                group.key,
                title(by, group.key, parents),
                _texts(columns, dict(zip(fields, group.cells, strict=True)), now),
                group.run_ids,
                group.key in opened,
            )
            for group in groups
        ]
    )


def _texts(columns: Sequence[Column], cells: dict[Field, Spread | Cell], now: float) -> tuple[str, ...]:
    texts = []
    for column in columns:
        cell = cells.get(column.field)
        if isinstance(cell, Spread):
            is_span = column.field.type == "duration"
            texts.append(formats.duration(cell.mean) if is_span else cell.text)
        else:
            texts.append(format_cell(column.field, cell, now))
    return tuple(texts)


def title(by: Sequence[Field], key: GroupKey, parents: dict[str, str] | None = None) -> str:
    """What a group is called: `lr=1e-3 depth=6`, clean."""
    parts = []
    for field, value in zip(by, key, strict=True):
        if value is None:
            parts.append(f"no {field.label}")
        elif field == _PARENT:
            parts.append((parents or {}).get(value, value[:8]))
        else:
            parts.append(f"{field.label}={value}")
    return clean(" ".join(parts), LONGEST_CELL)


def parent_names(reader: Reader, by: Sequence[Field], groups: Sequence[Group]) -> dict[str, str]:
    """The names of the runs that are parents of these groups, by id."""
    if _PARENT not in by or len(groups) > _MOST_NAMED:
        return {}
    place = by.index(_PARENT)
    found = (runs.by_uid(reader, uid) for uid in {group.key[place] for group in groups} if uid)
    return {run.uid: run.name for run in found if run is not None}
