"""What a filter says, before it is known what its names stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from logger.store.fields import Kind

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "like", "not like", "ilike", "not ilike", "in", "not in"]

# Before a dot or a colon, what kind of thing a name is: MLflow's words, and the singular of each.
PREFIXES: dict[str, Kind] = {
    "metric": "metric",
    "metrics": "metric",
    "param": "param",
    "params": "param",
    "parameter": "param",
    "parameters": "param",
    "tag": "tag",
    "tags": "tag",
    "dataset": "dataset",
    "datasets": "dataset",
    "attribute": "attribute",
    "attributes": "attribute",
    "attr": "attribute",
    "run": "attribute",
}


@dataclass(frozen=True)
class Name:
    """Something to ask of a run, as written."""

    key: str
    start: int
    end: int
    kind: Kind | None = None
    """What its prefix says it is; None for a bare name."""
    bare: str = ""
    """The whole of an unquoted name, prefix included."""
    aggregate: str | None = None


@dataclass(frozen=True)
class Value:
    """The right side of a comparison, as written."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class Comparison:
    """`name operator value`; with `in`, several values."""

    name: Name
    operator: Operator
    values: tuple[Value, ...]
    start: int
    end: int
    """The place of the operator."""


@dataclass(frozen=True)
class Presence:
    """Whether the run has it: `tag:x` alone, `x is not null`."""

    name: Name


@dataclass(frozen=True)
class Phrase:
    """Free text."""

    text: str


@dataclass(frozen=True)
class Not:
    """The opposite."""

    term: Node


@dataclass(frozen=True)
class Junction:
    """All (`and`) or any (`or`) of two or more terms."""

    word: Literal["and", "or"]
    terms: tuple[Node, ...]


Node = Comparison | Presence | Phrase | Not | Junction


@dataclass(frozen=True)
class Order:
    """One key of a sort order."""

    name: Name
    descending: bool
