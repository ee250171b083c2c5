"""A tree and the names in use to one SQL condition; every text and number in it is a bound value.

What a run logged is asked for as membership, `r.id IN (SELECT x.run_id ... WHERE x.key = ? AND <condition>)`:
SQLite answers that once, from an index, and a run without the key is simply not a member.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from logger.store.fields import Field, Names, Sort, members
from logger.store.query import conditions, patterns
from logger.store.query.conditions import Sql
from logger.store.query.errors import FilterError
from logger.store.query.naming import resolve
from logger.store.query.parser import parse, parse_order
from logger.store.query.syntax import Comparison, Junction, Name, Node, Not, Phrase, Presence


class Vocabulary(Protocol):
    """What the names and the free words of a filter stand for."""

    def field(self, name: Name, text: str) -> Field:
        """The field that a name in the filter `text` stands for. Raises FilterError."""
        ...

    def phrase(self, words: str) -> Sql:
        """The condition that free words state."""
        ...


@dataclass(frozen=True)
class RunVocabulary:
    """The filter language as it is spoken of runs."""

    names: Names

    def field(self, name: Name, text: str) -> Field:
        return resolve(name, text, self.names)

    def phrase(self, words: str) -> Sql:
        anywhere = patterns.containing(words)
        return Sql(
            "(r.name GLOB ? OR r.uid GLOB ? OR r.note GLOB ?"
            " OR r.id IN (SELECT x.run_id FROM tags x WHERE x.value GLOB ?))",
            (anywhere, patterns.starting(words), anywhere, anywhere),
        )


@dataclass(frozen=True)
class Filter:
    """A condition on runs, ready to stand in a WHERE."""

    text: str
    """As a person wrote it."""
    where: str
    """One boolean SQL expression over `r` (runs) and `e` (experiments); NULL means no match."""
    parameters: tuple[object, ...]
    """What its question marks are bound to."""
    members: str = ""
    """Where it is one comparison with what runs logged: the SELECT, bound the same, of the ids (`run_id`) of just the
    runs for which it holds, each once."""


# What a run logs under each name once; it may read many data sets.
_LOGGED = ("metric", "param", "tag")
EVERYTHING = Filter("", "1", ())


def compile_filter(text: str, names: Names, now: float | None = None) -> Filter:
    """The condition that `text` states; blank text matches every run.

    `names` says what bare names stand for; `now` (epoch seconds) is what relative times count from, the
    clock's by default. Raises FilterError.
    """
    vocabulary = RunVocabulary(names)
    compiled, tree = compile_for(vocabulary, text, now), parse(text)
    if isinstance(tree, (Comparison, Presence)) and vocabulary.field(tree.name, text).kind in _LOGGED:
        return replace(compiled, members=members(compiled.where))
    return compiled


def compile_for(vocabulary: Vocabulary, text: str, now: float | None = None) -> Filter:
    """The condition that `text` states in the words of `vocabulary`. Raises FilterError."""
    tree = parse(text)
    if tree is None:
        return EVERYTHING
    compiled = _Compiler(text, vocabulary, time.time() if now is None else now).condition(tree)
    return Filter(text, compiled.text, compiled.parameters)


def compile_order(clauses: Sequence[str], names: Names) -> tuple[Sort, ...]:
    """Sort orders like `metrics.acc DESC`, `start_time` or `min(val/loss)`; also several, by commas.

    Raises FilterError, whose positions are those in the clause at fault.
    """
    return tuple(
        Sort(_ordered_by(order.name, clause, names), order.descending)
        for clause in clauses
        for order in parse_order(clause)
    )


def _ordered_by(name: Name, clause: str, names: Names) -> Field:
    field = resolve(name, clause, names)
    if field.kind == "dataset":
        raise FilterError(
            clause,
            name.start,
            name.end - name.start,
            "runs are not sorted by their data sets: filter by them instead",
        )
    return field


class _Compiler:
    def __init__(self, text: str, vocabulary: Vocabulary, now: float) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.now = now

    def condition(self, node: Node, negated: bool = False) -> Sql:
        """`not` moves inwards to the comparisons, so that parentheses are all that nests."""
        if isinstance(node, Not):
            return self.condition(node.term, not negated)
        if isinstance(node, Junction):
            return self.junction(node, negated)
        leaf = self.leaf(node)
        # A comparison with what is missing is NULL; its opposite is true.
        return Sql(f"NOT COALESCE({leaf.text}, 0)", leaf.parameters) if negated else leaf

    def junction(self, node: Junction, negated: bool) -> Sql:
        parts = [self.condition(term, negated) for term in node.terms]
        both = (node.word == "and") != negated
        texts = [
            f"({part.text})" if _is_junction(term) else part.text
            for term, part in zip(node.terms, parts, strict=True)
        ]
        parameters = tuple(parameter for part in parts for parameter in part.parameters)
        return Sql((" AND " if both else " OR ").join(texts), parameters)

    def leaf(self, node: Comparison | Presence | Phrase) -> Sql:
        if isinstance(node, Phrase):
            return self.vocabulary.phrase(node.text)
        field = self.vocabulary.field(node.name, self.text)
        if isinstance(node, Presence):
            return conditions.presence(field)
        return conditions.comparison(node, field, self.text, self.now)


def _is_junction(node: Node) -> bool:
    while isinstance(node, Not):
        node = node.term
    return isinstance(node, Junction)
