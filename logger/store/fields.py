"""What can be asked of a run: one vocabulary for filters, sort orders and table columns.

A field is an attribute, a param, a tag, a metric under one of its aggregates, or something of a data set that the run
read. `Field.sql` gives the scalar SQL expression that reads it, over the aliases `r` (runs) and `e` (experiments); keys
are always bound, never pasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["attribute", "metric", "param", "tag", "dataset"]
ValueType = Literal["text", "number", "time", "duration"]


@dataclass(frozen=True)
class Attribute:
    """A property that every run has."""

    expression: str
    """SQL over `r` and `e`."""
    type: ValueType
    description: str


# What the machine measured beside a training is named so.
SYSTEM_PREFIX = "system/"
# A run that has not ended lasts until its last sign of life.
_DURATION = "(COALESCE(r.ended, r.heartbeat) - r.started)"

ATTRIBUTES: dict[str, Attribute] = {
    "id": Attribute("r.uid", "text", "the run's id, 32 hex digits"),
    "name": Attribute("r.name", "text", "the run's name"),
    "status": Attribute("r.status", "text", "running, scheduled, finished, failed, killed or lost"),
    "experiment": Attribute("e.name", "text", "the experiment's name"),
    "started": Attribute("r.started", "time", "when the run started"),
    "ended": Attribute("r.ended", "time", "when the run ended"),
    "duration": Attribute(_DURATION, "duration", "how long the run has lasted"),
    "heartbeat": Attribute("r.heartbeat", "time", "the last sign of life"),
    "host": Attribute("r.host", "text", "the machine it runs on"),
    "pid": Attribute("r.pid", "number", "its process id"),
    "user": Attribute("r.user", "text", "who started it"),
    "source": Attribute("r.source", "text", "its command line"),
    "commit": Attribute("r.git_commit", "text", "the git commit it was started at"),
    "dirty": Attribute("r.git_dirty", "number", "1 where the work tree had changes"),
    "note": Attribute("r.note", "text", "its note"),
    "parent": Attribute(
        "(SELECT p.uid FROM runs p WHERE p.id = r.parent_id)", "text", "the id of its parent run"
    ),
    "artifacts": Attribute("('artifacts/' || r.uid)", "text", "where its artifacts are, within the store"),
}

# Other names of attributes: MLflow's.
ALIASES: dict[str, str] = {
    "run_id": "id",
    "run_name": "name",
    "user_id": "user",
    "start_time": "started",
    "created": "started",
    "end_time": "ended",
    "artifact_uri": "artifacts",
}

# Aggregates of a metric: the column of `series` and the type of what it holds.
AGGREGATES: dict[str, str] = {
    "last": "last",
    "min": "min",
    "max": "max",
    "first": "first",
    "count": "n",
    "step": "last_step",
    "min_step": "min_step",
    "max_step": "max_step",
    "nans": "nans",
}

# How a filter asks for runs that have logged something: as one of those that have, or each run by itself. A condition
# on the row `x` and a bracket follow, the same for both.
_MEMBERS = "r.id IN (SELECT x.run_id FROM {table} x WHERE"
_EACH = "EXISTS (SELECT 1 FROM {table} x WHERE x.run_id = r.id AND"
_LOGGED = ("series", "params", "tags", "inputs")

# What can be asked of a data set that a run read, under MLflow's names: the column of `inputs`.
DATASET_KEYS: dict[str, str] = {"name": "name", "digest": "sha256", "context": "context", "path": "path"}


def attribute(name: str) -> str | None:
    """The attribute that is called so: also an alias, in any case, with spaces (`Run Name`); else None."""
    spelling = name.lower().replace(" ", "_")
    canonical = ALIASES.get(spelling, spelling)
    return canonical if canonical in ATTRIBUTES else None


@dataclass(frozen=True)
class Field:
    """One thing that can be asked of a run."""

    kind: Kind
    key: str
    """An attribute's name in `ATTRIBUTES`, one of `DATASET_KEYS`, or the name under which the run logged it."""
    aggregate: str = "last"
    """Of a metric: a name in `AGGREGATES`."""

    @property
    def type(self) -> ValueType | None:
        """The type of its values; None for params and tags, which are text and may be numbers too."""
        if self.kind == "attribute":
            return ATTRIBUTES[self.key].type
        if self.kind == "dataset":
            return "text"
        return "number" if self.kind == "metric" else None

    @property
    def label(self) -> str:
        """How a person writes it: `val/acc`, `min(val/loss)`, `lr`, `tag:team`."""
        if self.kind == "metric" and self.aggregate != "last":
            return f"{self.aggregate}({self.key})"
        return f"{self.kind}:{self.key}" if self.kind in ("tag", "dataset") else self.key

    @property
    def column(self) -> str:
        """The SQL of its value: over `r` and `e` for an attribute, else a column of the rows in `membership`."""
        if self.kind == "attribute":
            return ATTRIBUTES[self.key].expression
        if self.kind == "dataset":
            return f"x.{DATASET_KEYS[self.key]}"
        return f"x.{AGGREGATES[self.aggregate]}" if self.kind == "metric" else "x.value"

    @property
    def membership(self) -> tuple[str, tuple[object, ...]]:
        """The SQL that asks whether a row of it, named `x`, is there, still open for AND and a bracket; what it binds.

        Not for attributes, which every run has. A metric's row may be one without points.
        """
        if self.kind == "dataset":
            return f"{_MEMBERS.format(table='inputs')} 1", ()
        table = {"metric": "series", "param": "params", "tag": "tags"}[self.kind]
        return f"{_MEMBERS.format(table=table)} x.key = ?", (self.key,)

    def sql(self, *, as_number: bool = False) -> tuple[str, tuple[object, ...]]:
        """A scalar expression and its bound values; NULL where the run has no such thing.

        `as_number` reads a param as the number it holds (NULL where it is not one).
        """
        if self.kind == "attribute":
            return ATTRIBUTES[self.key].expression, ()
        if self.kind == "metric":
            column = AGGREGATES[self.aggregate]
            return f"(SELECT s.{column} FROM series s WHERE s.run_id = r.id AND s.key = ?)", (self.key,)
        if self.kind == "dataset":
            column = DATASET_KEYS[self.key]
            return (
                f"(SELECT v.{column} FROM inputs v WHERE v.run_id = r.id ORDER BY v.created, v.name LIMIT 1)",
                (),
            )
        table, column = (
            ("params", "number" if as_number else "value") if self.kind == "param" else ("tags", "value")
        )
        return f"(SELECT v.{column} FROM {table} v WHERE v.run_id = r.id AND v.key = ?)", (self.key,)


def probing(where: str) -> str:
    """The condition of a filter, which binds the same, so that a run is asked by itself what it has logged.

    That is the quicker way where few runs are asked. No index of all runs by their status is then of use.
    """
    where = where.replace("r.status ", "+r.status ")
    for table in _LOGGED:
        where = where.replace(_MEMBERS.format(table=table), _EACH.format(table=table))
    return where


def members(where: str) -> str:
    """The SELECT of the ids of the runs for which one condition on what they logged holds."""
    return where.removeprefix("r.id IN (").removesuffix(")")


@dataclass(frozen=True)
class Sort:
    """One key of a sort order: numbers, then text, then NaN, then what is missing, in both directions."""

    field: Field
    descending: bool = False


@dataclass(frozen=True)
class Names:
    """The names in use, by which a bare word in a filter is resolved and completed."""

    metrics: frozenset[str] = frozenset()
    params: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def resolve(self, name: str, aggregate: str = "last") -> Field | None:
        """A bare name is an attribute if it is one, else a metric, a param, a tag; None if it is nothing.

        Attributes come first because MLflow's filters name them bare; `param:name` reaches what they hide.
        """
        canonical = ALIASES.get(name, name)
        if canonical in ATTRIBUTES:
            return Field("attribute", canonical)
        if name in self.metrics:
            return Field("metric", name, aggregate)
        if name in self.params:
            return Field("param", name)
        return Field("tag", name) if name in self.tags else None
