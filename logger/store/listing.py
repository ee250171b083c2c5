"""The list that a query's answer is: how many runs it has, in which order, where in it one stands.

A page costs what it shows, wherever it lies: a list is walked from its nearer end, along an index where there is one,
and a far page of a list without a filter is looked for by the value that it begins with. Runs that are out of sight
(deleted, archived, of other experiments) are mostly few, so that counting along an index leaves them out by their ids
instead of looking every run up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from logger.store.fields import Sort, probing
from logger.store.ordering import Part, parts
from logger.store.query import EVERYTHING, Filter
from logger.store.runs import FROM
from logger.store.series import marks

# Fewer runs than this are sorted in less time than it takes to walk an index over all runs.
_FEW = 1000
# From here on it is quicker to find out which value stands at a place than to walk there.
_FAR = 1000
# Asking every run by itself whether a filter lets it through is quicker as long as so small a part of the list is read.
_SMALL_PART = 0.25


@dataclass(frozen=True)
class Query:
    """Which runs, in which order."""

    filter: Filter = EVERYTHING
    experiments: tuple[int, ...] = ()
    """ids; empty for all that are not deleted"""
    order: tuple[Sort, ...] = ()
    """after these keys: the newest first"""
    deleted: bool | None = False
    """True: only deleted runs; None: deleted or not"""
    archived: bool | None = False
    """True: only archived runs; None: archived or not"""


def count(connection: sqlite3.Connection, query: Query) -> int:
    """How many runs the answer has."""
    if query.filter.members:
        condition, values = _in_sight(connection, query, "m.run_id")
        return _number(
            connection,
            f"SELECT COUNT(*) FROM ({query.filter.members}) m WHERE {condition}",
            (*query.filter.parameters, *values),
        )
    where, values = matching(query)
    return _number(connection, f"SELECT COUNT(*) {FROM} WHERE {where}", values)


def ids(
    connection: sqlite3.Connection,
    query: Query,
    *,
    offset: int = 0,
    limit: int = -1,
    total: int | None = None,
) -> list[int]:
    """The ids of the runs of a query's answer, in its order; of all from `offset` on, or of `limit`.

    `total`: how many the answer has, where that is known; it shortens the way to them.
    """
    few = bool(query.order) and (_is_narrow(connection, query) if total is None else total < _FEW)
    if total is None or limit < 0:
        return _Walk(connection, query, few=few).ids(offset, limit)
    limit = min(limit, total - offset)
    if limit <= 0:
        return []
    after = total - offset - limit
    walked = parts(query.order, few=few)[0].has_index
    alone = walked and min(offset, after) + limit <= total * _SMALL_PART
    if offset <= after:
        return _Walk(connection, query, few=few, alone=alone).ids(offset, limit)
    return _Walk(connection, query, few=few, alone=alone, backwards=True).ids(after, limit)[::-1]


def position(connection: sqlite3.Connection, query: Query, run_id: int) -> int | None:
    """The 0-based place of a run in a query's answer; None if it is not in it."""
    where, values = matching(query, alone=True)
    if not connection.execute(f"SELECT 1 {FROM} WHERE r.id = ? AND {where}", (run_id, *values)).fetchone():
        return None
    few = bool(query.order) and _is_narrow(connection, query)
    if few:
        return _Walk(connection, query, few=True).ids(0, -1).index(run_id)
    return _Walk(connection, query, few=False).place(run_id)


def matching(query: Query, *, alone: bool = False) -> tuple[str, tuple[object, ...]]:
    """The SQL that a query's runs meet, over `r` and `e`, and what it binds.

    `alone`: few runs will be asked, each by itself; else what all runs logged is gathered first.
    """
    where, values = _shelf(query)
    text = probing(query.filter.where) if alone else query.filter.where
    return f"({text}) AND {where}", (*query.filter.parameters, *values)


def _shelf(query: Query) -> tuple[str, tuple[object, ...]]:
    """What a query asks beside its filter."""
    conditions: list[str] = []
    if query.experiments:
        conditions.append(f"r.experiment_id IN ({marks(len(query.experiments))})")
    if query.deleted is not None:
        alive = "r.deleted IS NULL AND e.deleted IS NULL"
        conditions.append(f"NOT ({alive})" if query.deleted else alive)
    if query.archived is not None:
        conditions.append(f"r.archived IS {'NOT ' if query.archived else ''}NULL")
    return " AND ".join(conditions) or "1", query.experiments


def _in_sight(connection: sqlite3.Connection, query: Query, column: str) -> tuple[str, tuple[object, ...]]:
    """SQL that says of a run's id alone whether the run meets what the query asks beside its filter."""
    where, values = _shelf(query)
    hidden = f"SELECT r.id {FROM} WHERE NOT ({where})"
    if where == "1" or not connection.execute(f"{hidden} LIMIT 1", values).fetchone():
        return "1", ()
    return f"{column} NOT IN ({hidden})", values


def _is_narrow(connection: sqlite3.Connection, query: Query) -> bool:
    """Whether so few runs are asked for that sorting them costs less than looking for them along an index."""
    if query.filter is EVERYTHING and not query.experiments and query.deleted is not True:
        return False
    where, values = matching(query)
    found = _number(
        connection, f"SELECT COUNT(*) FROM (SELECT 1 {FROM} WHERE {where} LIMIT ?)", (*values, _FEW)
    )
    return found < _FEW


@dataclass(frozen=True)
class _Stretch:
    """The runs of a query's answer that belong to one part of its order."""

    part: Part
    where: str
    """which runs of the part, over `r` and `e`"""
    values: tuple[object, ...]
    """bound in the part and in `where`"""
    is_filtered: bool = False
    """whether the part itself holds only what the filter lets through"""

    @property
    def sql(self) -> str:
        """FROM ... WHERE ..., open for AND."""
        return f"{self.part.source} WHERE {self.part.condition} AND {self.where}"

    @property
    def order_by(self) -> str:
        return ", ".join(key.sql for key in self.part.keys)


class _Walk:
    """The way through a list, from its beginning or `backwards` from its end."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        query: Query,
        *,
        few: bool,
        alone: bool = False,
        backwards: bool = False,
    ) -> None:
        self._connection = connection
        self._query = query
        self._where, self._values = matching(query, alone=alone)
        found = parts(query.order, few=few)
        self._parts = tuple(part.reversed() for part in found[::-1]) if backwards else found
        self._sight: tuple[str, tuple[object, ...]] | None = None

    def ids(self, offset: int, limit: int) -> list[int]:
        """So many from `offset` on, all if `limit` is negative."""
        found: list[int] = []
        for stretch in self._stretches():
            wanted = limit - len(found) if limit >= 0 else -1
            if not wanted:
                break
            start = self._start(stretch, offset)
            if start is None:
                offset -= self._count(stretch)
                continue
            further, bound, skipped = start
            rows = self._connection.execute(
                f"SELECT r.id {stretch.sql}{further} ORDER BY {stretch.order_by} LIMIT ? OFFSET ?",
                (*stretch.values, *bound, wanted, skipped),
            ).fetchall()
            found += [run_id for (run_id,) in rows]
            if rows:
                offset = 0
            elif offset:
                offset -= self._count(stretch)
        return found

    def place(self, run_id: int) -> int | None:
        """Where a run stands; None if it is not there."""
        before = 0
        for stretch in self._stretches():
            keys = stretch.part.keys
            own = self._connection.execute(
                f"SELECT {', '.join(key.expression for key in keys)} {stretch.sql} AND r.id = ?",
                (*stretch.values, run_id),
            ).fetchone()
            if own is None:
                before += self._count(stretch)
            else:
                return before + self._preceding(stretch, own)
        return None

    def _stretches(self) -> Iterator[_Stretch]:
        for part in self._parts:
            if part.none_left and _number(self._connection, f"SELECT {part.none_left}", part.values):
                continue
            own = self._of_row(part)
            if own is None:
                yield _Stretch(part, self._where, (*part.values, *self._values))
            else:
                shelf, values = _shelf(self._query)
                filtered = replace(
                    part, condition=f"{part.condition} AND {own[0]}", values=(*part.values, *own[1])
                )
                yield _Stretch(filtered, shelf, (*filtered.values, *values), is_filtered=True)

    def _start(self, stretch: _Stretch, offset: int) -> tuple[str, tuple[object, ...], int] | None:
        """From which value on to read a stretch, as SQL and what it binds, and how many of these runs to leave out.

        None where the stretch is not so long.
        """
        key = stretch.part.keys[0]
        by_value = stretch.part.has_index and not key.of_run
        if offset < _FAR or not by_value or not (self._query.filter is EVERYTHING or stretch.is_filtered):
            return "", (), offset
        source, values = self._alone(stretch)
        first = self._connection.execute(
            f"SELECT {key.expression} {source} ORDER BY {key.sql} LIMIT 1 OFFSET ?", (*values, offset)
        ).fetchone()
        if first is None:
            return None
        before = _number(self._connection, f"SELECT COUNT(*) {source} AND {key.before}", (*values, *first))
        return f" AND {key.from_on}", first, offset - before

    def _count(self, stretch: _Stretch) -> int:
        source, values = self._alone(stretch)
        return _number(self._connection, f"SELECT COUNT(*) {source}", values)

    def _preceding(self, stretch: _Stretch, own: Sequence[object]) -> int:
        """How many runs of a stretch come before the one with these keys."""
        before = 0
        same, bound, of_run = "", (), False  # type: str, tuple[object, ...], bool
        for key, value in zip(stretch.part.keys, own, strict=True):
            of_run |= key.of_run
            # Where a key is NULL it is so for all that are equal in the keys before it: a key for that comes first.
            if value is not None:
                condition, asked = f"{same} AND {key.before}", (*bound, value)
                before += self._count_before(stretch, condition, asked, alone=not of_run)
            same += f" AND {key.expression} IS ?"
            bound += (value,)
        return before

    def _count_before(
        self, stretch: _Stretch, condition: str, bound: tuple[object, ...], *, alone: bool
    ) -> int:
        """How many runs meet a further condition; `alone`: it is about the row that gives the order only."""
        if not alone:
            return _number(
                self._connection, f"SELECT COUNT(*) {stretch.sql}{condition}", (*stretch.values, *bound)
            )
        # Near the top there are few, and these are counted before it is known which runs are out of sight.
        few = _number(
            self._connection,
            f"SELECT COUNT(*) FROM (SELECT 1 {stretch.sql}{condition} LIMIT ?)",
            (*stretch.values, *bound, _FAR),
        )
        if few < _FAR:
            return few
        source, values = self._alone(stretch)
        return _number(self._connection, f"SELECT COUNT(*) {source}{condition}", (*values, *bound))

    def _alone(self, stretch: _Stretch) -> tuple[str, tuple[object, ...]]:
        """FROM ... WHERE ... of a stretch without a look at its runs, where that can be, and what it binds."""
        part = stretch.part
        if not part.table:
            return stretch.sql, stretch.values
        condition, values = self._by_id(stretch.is_filtered)
        return f"FROM {part.table} v WHERE {part.condition} AND {condition}", (*part.values, *values)

    def _by_id(self, is_filtered: bool) -> tuple[str, tuple[object, ...]]:
        """SQL that says of `v.run_id` whether the run is in the list."""
        found = EVERYTHING if is_filtered else self._query.filter
        if found is not EVERYTHING and not found.members:
            where, values = matching(self._query)
            return f"v.run_id IN (SELECT r.id {FROM} WHERE {where})", values
        if self._sight is None:
            self._sight = _in_sight(self._connection, self._query, "v.run_id")
        condition, values = self._sight
        if found.members:
            return f"v.run_id IN ({found.members}) AND {condition}", (*found.parameters, *values)
        return condition, values

    def _of_row(self, part: Part) -> tuple[str, tuple[object, ...]] | None:
        """The filter as a condition on the row `v` that gives a part its order, where it is about just that row."""
        asked = self._query.filter
        if not part.table or asked.parameters[:1] != part.values[:1]:
            return None
        table, _, condition = asked.members.partition(" WHERE ")
        if table != f"SELECT x.run_id FROM {part.table} x":
            return None
        return condition.replace("x.", "v."), asked.parameters


def _number(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> int:
    (number,) = connection.execute(sql, values).fetchone()
    return int(number)
