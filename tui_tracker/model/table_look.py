"""How the run table looks for one experiment: what a person chose, as a value that can be remembered.

`to_json` and `from_json` are the two ways; `from_json` takes what it understands and leaves out the rest, since the
file may come from another version, or from another person's hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from logger.store.fields import AGGREGATES, ATTRIBUTES, Field, Kind, Sort
from tui_tracker.model.direction import Direction

# A remembered column or sort key beyond this is a broken file rather than a wish.
_MOST = 500
_LONGEST_KEY = 4096
NARROWEST, WIDEST = 3, 120
# An aggregate of the screen only: the latest values of a metric, drawn as bars.
TREND = "trend"


@dataclass(frozen=True)
class TableLook:
    """Columns and what belongs to them. Every change gives a new look."""

    columns: tuple[Field, ...] | None = None
    """in their order; None for a first choice by the names in use"""
    widths: Mapping[Field, int] = field(default_factory=dict)
    """of columns that a person made wider or narrower, in cells"""
    pinned: frozenset[Field] = frozenset()
    """columns that do not scroll away"""
    order: tuple[Sort, ...] = ()
    """sort keys, the first before all others"""
    directions: Mapping[str, Direction] = field(default_factory=dict)
    """which way a metric is better, where a person said so"""
    groups: tuple[Field, ...] = ()
    """what the runs are grouped by, in the tree and where `grouped` in the table"""
    grouped: bool = False

    def resized(self, column: Field, width: int) -> TableLook:
        return replace(self, widths={**self.widths, column: max(NARROWEST, min(width, WIDEST))})

    def moved(self, shown: Sequence[Field], column: Field, step: int) -> TableLook:
        """A column further left or right among those shown, of which the first, the name, stays where it is."""
        fields = [other for other in shown if other != column]
        if column not in shown[1:]:
            return self
        fields.insert(max(1, min(shown.index(column) + step, len(fields))), column)
        return replace(self, columns=tuple(fields))

    def hidden(self, shown: Sequence[Field], column: Field) -> TableLook:
        """Without a column; the first one, the name, stays."""
        if column not in shown[1:]:
            return self
        return replace(self, columns=tuple(other for other in shown if other != column))

    def pin_toggled(self, column: Field) -> TableLook:
        return replace(self, pinned=self.pinned ^ {column})

    def directed(self, key: str, direction: Direction) -> TableLook:
        return replace(self, directions={**self.directions, key: direction})

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; only what was chosen."""
        written: dict[str, Any] = {
            "widths": [[_written(column), width] for column, width in self.widths.items()],
            "pinned": sorted(map(_written, self.pinned)),
            "order": [[_written(sort.field), sort.descending] for sort in self.order],
            "directions": dict(self.directions),
            "groups": list(map(_written, self.groups)),
        }
        found = {name: value for name, value in written.items() if value}
        if self.columns is not None:
            found["columns"] = list(map(_written, self.columns))
        if self.grouped:
            found["grouped"] = True
        return found

    @classmethod
    def from_json(cls, written: object) -> TableLook:
        """As much as can be understood; the plain look where nothing can."""
        if not isinstance(written, dict):
            return cls()
        columns = written.get("columns")
        directions = written.get("directions")
        return cls(
            columns=_fields(columns) or None if isinstance(columns, list) else None,
            widths={
                column: max(NARROWEST, min(width, WIDEST))
                for column, width in _pairs(written.get("widths"))
                if isinstance(width, int)
            },
            pinned=frozenset(_fields(written.get("pinned"))),
            order=tuple(
                Sort(readable(column), descending is True)
                for column, descending in _pairs(written.get("order"))
            ),
            directions={
                key: direction
                for key, direction in (directions.items() if isinstance(directions, dict) else ())
                if direction in get_args(Direction)
            },
            groups=tuple(column for column in _fields(written.get("groups")) if column.kind != "metric"),
            grouped=written.get("grouped") is True,
        )


def readable(column: Field) -> Field:
    """What the store is asked for where a column shows this field."""
    return replace(column, aggregate="last") if column.aggregate == TREND else column


def _written(column: Field) -> list[str]:
    return [column.kind, column.key, column.aggregate]


def _read(written: object) -> Field | None:
    if (
        not isinstance(written, list)
        or len(written) != 3
        or not all(isinstance(part, str) for part in written)
    ):
        return None
    kind, key, aggregate = written
    known = aggregate in AGGREGATES or (aggregate == TREND and kind == "metric")
    if kind not in get_args(Kind) or kind == "dataset" or not known or len(key) > _LONGEST_KEY:
        return None
    return None if kind == "attribute" and key not in ATTRIBUTES else Field(kind, key, aggregate)


def _fields(written: object) -> tuple[Field, ...]:
    found = map(_read, written[:_MOST]) if isinstance(written, list) else ()
    return tuple(dict.fromkeys(column for column in found if column is not None))


def _pairs(written: object) -> list[tuple[Field, Any]]:
    """Lists of two, a field and something, in which the field can be understood."""
    found = written[:_MOST] if isinstance(written, list) else []
    pairs = [(_read(pair[0]), pair[1]) for pair in found if isinstance(pair, list) and len(pair) == 2]
    return [(column, other) for column, other in pairs if column is not None]
