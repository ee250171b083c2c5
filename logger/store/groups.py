"""Runs that share the values of some fields, summed up by SQLite: their number, mean and spread of what they reached.

The spread is the sample standard deviation (the sum of squares divided by n - 1), as over seeds. It is reckoned from
the sums of the values and of their squares; where too little is left of the difference of these, or a value is not
finite, it is reckoned again from the distances to the mean, over the finite values.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from logger.store import search
from logger.store.fields import Field
from logger.store.runs import FROM
from logger.store.search import Cell, Query
from logger.store.series import ROWS, marks

GroupKey: TypeAlias = tuple[str | None, ...]

# Columns read in one statement: SQLite joins at most 64 tables.
_COLUMNS = 40
# Doubles keep 16 digits; where the squares about the mean are a smaller part of all, too few of these are right.
_LEAST_PART = 1e-8
_GREATEST = 1.7976931348623157e308
_TABLES = {"metric": "series", "param": "params", "tag": "tags"}


@dataclass(frozen=True)
class Spread:
    """Numbers, summed up."""

    count: int
    mean: float
    deviation: float | None
    """None for a single number"""


@dataclass(frozen=True)
class Group:
    """Runs that share values."""

    key: GroupKey
    """one value for each field of the grouping; None where the runs have none"""
    runs: int
    """how many there are"""
    cells: tuple[Spread | Cell, ...]
    """for each summed up field: the spread of its numbers, or the value that all share, or None"""


def read_groups(
    connection: sqlite3.Connection,
    query: Query,
    by: Sequence[Field],
    fields: Sequence[Field] = (),
    only: Collection[GroupKey] | None = None,
) -> list[Group]:
    """The groups of a query's answer, or `only` those with these keys, with what their runs have of some fields.

    In no particular order. Numbers that are not finite are left out.
    """
    if only is not None:
        query = _within(query, by, only)
    runs: dict[GroupKey, int] = {}
    cells: dict[GroupKey, list[Spread | Cell]] = {}
    for start in range(0, max(len(fields), 1), _COLUMNS):
        some = fields[start : start + _COLUMNS]
        for key, count, sums in _read(connection, query, by, some):
            runs[key] = count
            cells.setdefault(key, [None] * start)
            cells[key] += [_cell(field, count, own) for field, own in zip(some, sums, strict=True)]
    for place, field in enumerate(fields):
        if any(own[place] is _INEXACT for own in cells.values()):
            exact = _read_exactly(connection, query, by, field)
            for key, own in cells.items():
                own[place] = exact.get(key)
    return [Group(key, count, tuple(cells[key])) for key, count in runs.items()]


def runs_of(query: Query, by: Sequence[Field], key: GroupKey) -> Query:
    """The runs of one group, in the order of the query."""
    return _within(query, by, (key,))


def keys_of(
    connection: sqlite3.Connection, query: Query, by: Sequence[Field], run_ids: Sequence[int]
) -> dict[GroupKey, int]:
    """In which groups those of these runs are that the query finds, and how many in each."""
    found: dict[GroupKey, int] = {}
    for start in range(0, len(run_ids), ROWS):
        some = tuple(run_ids[start : start + ROWS])
        condition = f"({query.filter.where}) AND r.id IN ({marks(len(some))})"
        bound = (*query.filter.parameters, *some)
        few = replace(query, filter=replace(query.filter, where=condition, parameters=bound))
        for key, count, _ in _read(connection, few, by, ()):
            found[key] = found.get(key, 0) + count
    return found


# What a statement reads of a field in a group: count, sum, sum of squares, least, greatest; or count, least, greatest.
_Sums: TypeAlias = Sequence[Cell]
# Stands for a spread that the sums do not tell.
_INEXACT = Spread(0, math.nan, None)


def _is_number(field: Field) -> bool:
    return field.type in ("number", "duration")


def _read(
    connection: sqlite3.Connection, query: Query, by: Sequence[Field], fields: Sequence[Field]
) -> list[tuple[GroupKey, int, list[_Sums]]]:
    source = _Source(by)
    parts = []
    for field in fields:
        value = source.value(field)
        squares = f"SUM({value}), SUM({value} * {value}), " if _is_number(field) else ""
        parts.append(f"COUNT({value}), {squares}MIN({value}), MAX({value})")
    where, bound = search.matching(query)
    places = ", ".join(str(place + 1) for place in range(len(by)))
    rows = connection.execute(
        f"SELECT {', '.join([*source.keys, 'COUNT(*)', *parts])} {source.sql} WHERE {where} GROUP BY {places}",
        (*source.bound, *bound),
    )
    found = []
    for row in rows:
        rest, sums = row[len(by) + 1 :], []
        for field in fields:
            width = 5 if _is_number(field) else 3
            sums.append(rest[:width])
            rest = rest[width:]
        found.append((row[: len(by)], row[len(by)], sums))
    return found


def _cell(field: Field, runs: int, sums: _Sums) -> Spread | Cell:
    if not _is_number(field):
        count, low, high = sums
        return low if count == runs and low == high else None
    count, total, squares, low, high = sums
    if not count:
        return None
    numbers = [value for value in (count, total, squares, low, high) if isinstance(value, (int, float))]
    if len(numbers) < len(sums) or not all(map(math.isfinite, numbers)):
        return _INEXACT
    count, total, squares, low, high = numbers
    n = int(count)
    if low == high:
        return Spread(n, low, None if n < 2 else 0.0)
    about_mean = squares - total * total / n
    if about_mean < squares * _LEAST_PART:
        return _INEXACT
    return Spread(n, total / n, math.sqrt(about_mean / (n - 1)))


def _read_exactly(
    connection: sqlite3.Connection, query: Query, by: Sequence[Field], field: Field
) -> dict[GroupKey, Spread]:
    source = _Source(by)
    value = source.value(field)
    where, bound = search.matching(query)
    names = [f"g{place}" for place in range(len(by))]
    keys = ", ".join(f"{key} AS {name}" for key, name in zip(source.keys, names, strict=True))
    listed = ", ".join(names)
    rows = connection.execute(
        f"SELECT {listed}, COUNT(*), MAX(m), SUM((v - m) * (v - m)) FROM"
        f" (SELECT {listed}, v, AVG(v) OVER (PARTITION BY {listed}) AS m FROM"
        f" (SELECT {keys}, {value} AS v {source.sql} WHERE {where}"
        f" AND TYPEOF({value}) IN ('integer', 'real') AND ABS({value}) <= ?)) GROUP BY {listed}",
        (*source.bound, *bound, _GREATEST),
    )
    found = {}
    for *key, count, mean, squares in rows:
        # Numbers near the greatest that there are have no mean within these.
        if mean is not None and math.isfinite(mean):
            deviation = None if count < 2 or not _is_finite(squares) else math.sqrt(squares / (count - 1))
            found[tuple(key)] = Spread(count, mean, deviation)
    return found


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


class _Source:
    """FROM with a table joined for each key that a run logged, so that each is looked up once a run."""

    def __init__(self, by: Sequence[Field]) -> None:
        self._joins: list[str] = [FROM]
        self._aliases: dict[tuple[str, str], str] = {}
        self.bound: list[object] = []
        """for the question marks of `sql`"""
        self.keys = [self._key(field) for field in by]
        """SQL of the values that runs of a group share"""

    @property
    def sql(self) -> str:
        return " ".join(self._joins)

    def value(self, field: Field) -> str:
        """SQL of a field's value."""
        if field.kind not in _TABLES:
            # No attribute binds anything, nor does what is asked of a data set.
            return field.sql()[0]
        named = field.kind, field.key
        if named not in self._aliases:
            alias = self._aliases[named] = f"j{len(self._aliases)}"
            recorded = f" AND {alias}.n > 0" if field.kind == "metric" else ""
            self._joins.append(
                f"LEFT JOIN {_TABLES[field.kind]} {alias} ON {alias}.run_id = r.id AND {alias}.key = ?{recorded}"
            )
            self.bound.append(field.key)
        return f"{self._aliases[named]}.{field.column.removeprefix('x.')}"

    def _key(self, field: Field) -> str:
        return _shared(field, self.value(field))


def _shared(field: Field, value: str) -> str:
    """What is compared as text: an attribute of no text is none."""
    return value if field.kind in ("param", "tag") else f"NULLIF(CAST({value} AS TEXT), '')"


def _within(query: Query, by: Sequence[Field], keys: Collection[GroupKey]) -> Query:
    """Only the runs of these groups."""
    conditions, bound = [], list(query.filter.parameters)
    for key in keys:
        parts = []
        for field, value in zip(by, key, strict=True):
            if field.kind in ("param", "tag"):
                membership, named = field.membership
                has = membership + (")" if value is None else " AND x.value = ?)")
                parts.append(f"NOT {has}" if value is None else has)
                bound += named
            else:
                parts.append(f"{_shared(field, field.sql()[0])} IS ?")
                bound.append(value)
                continue
            bound += [] if value is None else [value]
        conditions.append(f"({' AND '.join(parts) or '1'})")
    where = f"({query.filter.where}) AND ({' OR '.join(conditions) or '0'})"
    return replace(query, filter=replace(query.filter, where=where, parameters=tuple(bound)))
