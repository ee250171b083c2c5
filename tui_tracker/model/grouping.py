"""Runs in groups, as the table and the tree show them: the order of groups, what they are called, their cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from logger.store import run_values, runs
from logger.store.connection import Reader
from logger.store.fields import Field, Names, Sort
from logger.store.groups import Group, GroupKey, Spread
from logger.store.search import Cell
from tui_tracker.model import formats
from tui_tracker.model.columns import LONGEST_CELL, NAME, Column, format_cell
from tui_tracker.model.outline import Heading, Outline
from tui_tracker.model.text import clean

# Parents are called by their names where there are not more groups than a person reads.
_MOST_NAMED = 200
_PARENT = Field("attribute", "parent")


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


def by_number(value: str | None) -> tuple[int, float, str]:
    """A sort key: numbers in their order, then text, then what is missing."""
    if value is None:
        return 2, 0.0, ""
    number = run_values.number(value)
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


def outline_of(
    reader: Reader,
    groups: Sequence[Group],
    by: Sequence[Field],
    columns: Sequence[Column],
    opened: Collection[GroupKey],
    sort: Sort | None,
    now: float,
) -> Outline:
    """A list in groups, as the table shows it; `groups` have summed up the `summed_fields` of the columns."""
    fields = summed_fields(columns)
    parents = parent_names(reader, by, groups)
    return Outline(
        [
            Heading(
                group.key,
                title(by, group.key, parents),
                _texts(columns, dict(zip(fields, group.cells, strict=True)), now),
                group.runs,
                group.key in opened,
            )
            for group in sorted_groups(groups, by, fields, sort)
        ]
    )


def _texts(columns: Sequence[Column], cells: dict[Field, Spread | Cell], now: float) -> tuple[str, ...]:
    texts = []
    for column in columns:
        cell = cells.get(column.field)
        if isinstance(cell, Spread):
            is_span = column.field.type == "duration"
            texts.append(
                formats.duration(cell.mean) if is_span else formats.spread(cell.mean, cell.deviation)
            )
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
