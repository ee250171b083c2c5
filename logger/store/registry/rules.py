"""What one rule of a gates file says.

run finished                                  the run it came from ended well
code clean                                    and was started from committed code
has tag reviewed, has tag reviewed = yes      a tag of the version, else of its run
better than current on val/loss by 1%         than the version that holds the stage; by 0.01 is absolute
better than current on f (higher is better)   where the metric's name does not tell which way is better
val/acc >= 0.92 and depth < 8                 anything else: conditions of the filter language
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from logger.store.direction import Direction, direction_of
from logger.store.query import FilterError
from logger.store.query.parser import parse, parse_order
from logger.store.query.syntax import Junction, Name, Node, Not, Phrase

_TAG = re.compile(r"has\s+tag\s+(?P<key>[^=]+?)(?:\s*=\s*(?P<value>.*))?", re.IGNORECASE | re.DOTALL)
_BETTER = re.compile(
    r"better\s+than\s+current\s+on\s+(?P<metric>.+?)(?:\s+by\s+(?P<margin>[^\s%]+)\s*(?P<percent>%)?)?"
    r"(?:\s+\(\s*(?P<way>lower|higher)(?:\s+is\s+better)?\s*\))?",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 10_000


class RuleError(ValueError):
    """A rule that cannot be read: why, and what to write."""


@dataclass(frozen=True)
class Rule:
    """One rule, as a person wrote it."""

    text: str


@dataclass(frozen=True)
class RunFinished(Rule):
    """The run that the version came from has the status FINISHED."""


@dataclass(frozen=True)
class CodeClean(Rule):
    """That run was started from a commit, in a work tree without changes."""


@dataclass(frozen=True)
class HasTag(Rule):
    """The version, or its run, has a tag."""

    key: str
    value: str | None
    """which it must have; None for any"""


@dataclass(frozen=True)
class BetterThanCurrent(Rule):
    """A metric is better than that of the version that holds the stage."""

    metric: Name
    direction: Direction
    margin: float
    """how much better at least; 0 for any difference"""
    relative: bool
    """whether the margin is a part of the current value"""


@dataclass(frozen=True)
class Condition(Rule):
    """A filter that finds the version."""

    tree: Node


def parse_rule(text: str) -> Rule:
    """What a rule says. Raises RuleError."""
    words = " ".join(text.lower().split())
    if not words or len(text) > _LONGEST:
        raise RuleError("a rule is a condition like val/acc >= 0.92")
    if words == "run finished":
        return RunFinished(text)
    if words == "code clean":
        return CodeClean(text)
    tag = _TAG.fullmatch(text.strip())
    if tag:
        value = tag["value"]
        return HasTag(text, _unquoted(tag["key"]), None if value is None else _unquoted(value))
    better = _BETTER.fullmatch(text.strip())
    if better:
        return _better(text, better)
    return _condition(text)


def _condition(text: str) -> Condition:
    try:
        tree = parse(text)
    except FilterError as error:
        raise RuleError(str(error)) from None
    if tree is None or _has_phrase(tree):
        raise RuleError(
            "write a condition like val/acc >= 0.92, or run finished, code clean, has tag NAME,"
            " better than current on METRIC by 1%"
        )
    return Condition(text, tree)


def _has_phrase(node: Node) -> bool:
    """Whether a part is only words, which as a rule would be a slip of the pen."""
    if isinstance(node, Not):
        return _has_phrase(node.term)
    if isinstance(node, Junction):
        return any(_has_phrase(term) for term in node.terms)
    return isinstance(node, Phrase)


def _better(text: str, found: re.Match[str]) -> BetterThanCurrent:
    try:
        (order,) = parse_order(found["metric"])
    except (FilterError, ValueError):
        raise RuleError(f"{found['metric'][:40]!r} is not the name of one metric") from None
    way = (found["way"] or "").lower()
    direction = direction_of(order.name.key)
    if way:
        direction = "higher" if way == "higher" else "lower"
    if direction is None:
        raise RuleError(
            f"the name {order.name.key[:40]!r} does not tell which way is better: add (higher is better)"
            " or (lower is better)"
        )
    return BetterThanCurrent(text, order.name, direction, _margin(found), bool(found["percent"]))


def _margin(found: re.Match[str]) -> float:
    if found["margin"] is None:
        return 0.0
    try:
        margin = float(found["margin"])
    except ValueError:
        margin = math.nan
    if not (math.isfinite(margin) and margin >= 0):
        raise RuleError(f"{found['margin'][:40]!r} is no margin: write by 1% or by 0.01")
    return margin / 100 if found["percent"] else margin


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`" else text
