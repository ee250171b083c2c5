"""A sort order as SQL: parts that follow one another, each read in order from an index where there is one.

The order is that of `fields.Sort`: numbers, then text, then NaN, then runs that have no such thing; ties by start, the
newest first. One key that a run logged (a metric, a param, a tag) splits the answer into parts that SQLite can walk
along the index of that key, so that the first page costs what it shows. Anything else is one part, sorted as a whole:
that is also the better way where a filter leaves few runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from logger.store.fields import AGGREGATES, Field, Sort
from logger.store.runs import FROM

# The aggregates by which `series` has an index.
_INDEXED = ("last", "min", "max")
_TABLES = {"metric": "series", "param": "params", "tag": "tags"}


@dataclass(frozen=True)
class Key:
    """One key of an order."""

    expression: str
    """SQL; it may be NULL, which comes before every value where the order ascends"""
    descending: bool = False
    of_run: bool = True
    """whether it is asked of the run; else of the row that gives the part its order"""

    @property
    def sql(self) -> str:
        return f"{self.expression} {'DESC' if self.descending else 'ASC'}"

    @property
    def before(self) -> str:
        """A condition: its value stands before a bound one."""
        return f"{self.expression} {'>' if self.descending else '<'} ?"

    @property
    def from_on(self) -> str:
        """A condition: its value is a bound one or stands after it."""
        return f"{self.expression} {'<=' if self.descending else '>='} ?"

    def reversed(self) -> Key:
        return replace(self, descending=not self.descending)


@dataclass(frozen=True)
class Part:
    """Runs that all come before those of the next part."""

    source: str
    """FROM, over `r` (runs) and `e` (experiments)"""
    condition: str
    keys: tuple[Key, ...]
    values: tuple[object, ...]
    """bound in the source, then in the condition"""
    table: str = ""
    """the table whose rows `v` give the order, one for each run of the part; the condition is then about `v` alone"""
    has_index: bool = False
    """whether runs come in the order of the first key without being sorted"""
    none_left: str = ""
    """SQL that is true where every run belongs to a part before; empty where that is not quickly said"""

    def reversed(self) -> Part:
        """The same runs, the last first."""
        return replace(self, keys=tuple(key.reversed() for key in self.keys))


_NEWEST = (Key("r.started", True), Key("r.id", True))
# Attributes that no run is without.
_ALWAYS = ("r.uid", "r.name", "r.status", "e.name", "r.started", "r.heartbeat", "r.host", "r.user", "r.note")


def parts(order: Sequence[Sort], *, few: bool) -> tuple[Part, ...]:
    """The parts of an order, first to last. `few`: not many runs are to be sorted."""
    if not order:
        return (Part(FROM, "1", _NEWEST, (), has_index=True),)
    if few or len(order) > 1 or order[0].field.kind == "attribute":
        return (_whole(order),)
    return _along_index(order[0].field, order[0].descending)


def _along_index(field: Field, descending: bool) -> tuple[Part, ...]:
    table = _TABLES[field.kind]
    source = f"FROM {table} v CROSS JOIN runs r ON r.id = v.run_id CROSS JOIN experiments e ON e.id = r.experiment_id"
    named = "v.key = ?"
    recorded = f"{named} AND v.n > 0" if field.kind == "metric" else named
    missing = Part(
        FROM,
        f"NOT EXISTS (SELECT 1 FROM {table} v WHERE v.run_id = r.id AND {recorded})",
        _NEWEST,
        (field.key,),
        none_left=_all_have(field, table),
    )
    text = Key("v.value", descending, of_run=False)
    if field.kind == "tag":
        return Part(source, recorded, (text, *_NEWEST), (field.key,), table, has_index=True), missing
    aggregate = AGGREGATES[field.aggregate]
    column = "v.number" if field.kind == "param" else f"v.{aggregate}"
    # Beside a number, its spelling decides; a metric without a number is NaN, a param is text.
    spelling = (text,) if field.kind == "param" else ()
    number = Key(column, descending, of_run=False)
    return (
        # A metric that has a value has points; asking for them too would leave the index.
        Part(
            source,
            f"{named} AND {column} IS NOT NULL",
            (number, *spelling, *_NEWEST),
            (field.key,),
            table,
            has_index=field.kind == "param" or aggregate in _INDEXED,
        ),
        Part(source, f"{recorded} AND {column} IS NULL", (*spelling, *_NEWEST), (field.key,), table),
        missing,
    )


def _all_have(field: Field, table: str) -> str:
    """SQL that is true where every run has recorded something, counted along indexes; it binds the key once."""
    if field.kind != "metric":
        return f"(SELECT COUNT(*) FROM runs) = (SELECT COUNT(*) FROM {table} v WHERE v.key = ?)"
    # What has a last value has points, and nearly all have one.
    return (
        "(SELECT COUNT(*) FROM runs) = (SELECT COUNT(*) FROM series v WHERE v.key = ?1 AND v.last IS NOT NULL)"
        " + (SELECT COUNT(*) FROM series v WHERE v.key = ?1 AND v.last IS NULL AND v.n > 0)"
    )


def _whole(order: Sequence[Sort]) -> Part:
    joins: list[str] = []
    keys: list[Key] = []
    values: list[object] = []
    for place, sort in enumerate(order):
        name, field = f"sort{place}", sort.field
        if field.kind == "attribute":
            expression, _ = field.sql()
            keys += [] if expression in _ALWAYS else [Key(f"({expression} IS NULL)")]
            keys.append(Key(expression, sort.descending))
            continue
        joins.append(f"LEFT JOIN {_TABLES[field.kind]} {name} ON {name}.run_id = r.id AND {name}.key = ?")
        values.append(field.key)
        if field.kind == "metric":
            value = f"{name}.{AGGREGATES[field.aggregate]}"
            # A series without points is missing; NaN is stored as NULL.
            keys.append(Key(f"CASE WHEN {name}.n > 0 THEN {value} IS NULL ELSE 2 END"))
            keys.append(Key(value, sort.descending))
        else:
            keys.append(Key(f"({name}.key IS NULL)"))
            if field.kind == "param":
                keys += [Key(f"({name}.number IS NULL)"), Key(f"{name}.number", sort.descending)]
            keys.append(Key(f"{name}.value", sort.descending))
    by_start = order[0].field == Field("attribute", "started")
    return Part(" ".join((FROM, *joins)), "1", (*keys, *_NEWEST), tuple(values), has_index=by_start)
