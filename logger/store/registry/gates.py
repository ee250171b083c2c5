"""Checking a version against the rules for a stage, before it is promoted there."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.store import runs
from logger.store.fields import Field
from logger.store.query import FilterError, compile_for, naming
from logger.store.query.syntax import Comparison, Junction, Name, Node, Not, Presence
from logger.store.registry import read
from logger.store.registry.gates_file import GatesFileError, StageRules, rules_for
from logger.store.registry.holders import holder
from logger.store.registry.names import LIVE_STAGES, RegistryError, plain, stage_name
from logger.store.registry.rules import BetterThanCurrent, CodeClean, Condition, HasTag, Rule, RunFinished
from logger.store.registry.vocabulary import VersionVocabulary, version_vocabulary

_LONGEST_FOUND = 80
_FROM_VERSION = (
    "FROM model_versions v JOIN models m ON m.id = v.model_id LEFT JOIN runs r ON r.id = v.run_id"
    " LEFT JOIN experiments e ON e.id = r.experiment_id WHERE m.name = ? AND v.version = ?"
)


@dataclass(frozen=True)
class GateOutcome:
    """What became of one rule."""

    rule: str
    """as it stands in the file"""
    passed: bool
    found: str
    """what was found, in words: `val/acc is 0.9012`"""

    @property
    def line(self) -> str:
        """One line for a person."""
        return f"{'✓' if self.passed else '✗'} {self.rule}: {self.found}"


class GateError(RegistryError):
    """A promotion that a gate refuses; the message names each gate that failed and the value found."""

    def __init__(self, name: str, version: int, stage: str, outcomes: Sequence[GateOutcome]) -> None:
        self.outcomes = tuple(outcomes)
        """all of them, in the file's order"""
        failed = [outcome for outcome in outcomes if not outcome.passed]
        said = "; ".join(f"{outcome.rule} ({outcome.found})" for outcome in failed)
        gates = "a gate refuses" if len(failed) == 1 else f"{len(failed)} gates refuse"
        super().__init__(
            f"{gates} v{version} of {name!r} for {stage}: {said}; to promote it all the same, override with a reason"
        )


def check(connection: sqlite3.Connection, name: str, version: int, stage: str) -> list[GateOutcome]:
    """What the rules for a stage say of a version, in the file's order; empty where nothing rules it.

    A file that cannot be understood is one outcome that has not passed. Raises RegistryError for what is not
    there.
    """
    stage = stage_name(stage)
    found = read.version(connection, name, version)
    if stage not in LIVE_STAGES:
        return []
    try:
        rules = stage_rules(connection, name, stage)
    except GatesFileError as error:
        return [GateOutcome("the file of gates can be read", False, str(error))]
    if not rules.rules:
        return []
    checker = _Checker(connection, found, stage)
    return [checker.outcome(rule) for rule in rules.rules]


def pass_or_refuse(
    connection: sqlite3.Connection, name: str, version: int, stage: str, override: str
) -> Mapping[str, Any]:
    """What a promotion's event says of its gates; empty where there are none.

    Raises GateError where one has failed and `override`, the reason to promote all the same, is blank.
    """
    outcomes = check(connection, name, version, stage)
    if not outcomes:
        return {}
    detail: dict[str, Any] = {
        "gates": [
            {"rule": plain(outcome.rule), "passed": outcome.passed, "found": plain(outcome.found)}
            for outcome in outcomes
        ]
    }
    if not all(outcome.passed for outcome in outcomes):
        if not override.strip():
            raise GateError(name, version, stage, outcomes)
        detail["override"] = plain(override.strip())
    return detail


def stage_rules(connection: sqlite3.Connection, name: str, stage: str) -> StageRules:
    """What rules promotions of a model in the store that is connected to. Raises GatesFileError."""
    (file,) = (row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    return rules_for(Path(file).parent, name, stage) if file else StageRules()


class _Checker:
    def __init__(self, connection: sqlite3.Connection, version: read.ModelVersion, stage: str) -> None:
        self.connection = connection
        self.version = version
        self.stage = stage
        self.vocabulary: VersionVocabulary = version_vocabulary(connection)
        run = None if version.run_uid is None else runs.by_uid(connection, version.run_uid)
        self.run: runs.StoredRun | None = run

    def outcome(self, rule: Rule) -> GateOutcome:
        if isinstance(rule, RunFinished):
            passed, found = self._finished()
        elif isinstance(rule, CodeClean):
            passed, found = self._clean()
        elif isinstance(rule, HasTag):
            passed, found = self._tagged(rule)
        elif isinstance(rule, BetterThanCurrent):
            passed, found = self._better(rule)
        elif isinstance(rule, Condition):
            passed, found = self._holds(rule)
        else:
            raise TypeError(f"no way to check {type(rule).__name__}")
        return GateOutcome(rule.text, passed, found)

    def _finished(self) -> tuple[bool, str]:
        if self.run is None:
            return False, "it came from no run"
        return self.run.status == runs.FINISHED, f"the run is {self.run.status.lower()}"

    def _clean(self) -> tuple[bool, str]:
        if self.run is None:
            return False, "it came from no run"
        if not self.run.git_commit:
            return False, "the run recorded no commit"
        if self.run.git_dirty is None:
            return False, "the run did not record whether its work tree had changes"
        if self.run.git_dirty:
            return False, "the work tree had changes that are in no commit"
        return True, f"commit {self.run.git_commit[:12]}"

    def _tagged(self, rule: HasTag) -> tuple[bool, str]:
        of_run = runs.tags(self.connection, self.run.id) if self.run else {}
        for owner, tags in (("version", self.version.tags), ("run", of_run)):
            if rule.key in tags:
                value = tags[rule.key]
                return rule.value in (None, value), f"the {owner}'s tag {rule.key} is {_shown(value)}"
        return False, f"neither the version nor its run has a tag {rule.key}"

    def _better(self, rule: BetterThanCurrent) -> tuple[bool, str]:
        current = holder(self.connection, self.version.model, self.stage)
        if current is None or current.version == self.version.version:
            return True, f"no other version holds {self.stage}"
        try:
            field = naming.resolve(rule.metric, rule.metric.bare or rule.metric.key, self.vocabulary.names)
        except FilterError as error:
            return False, str(error).partition(": ")[2]
        own, other = self._number(field, self.version.version), self._number(field, current.version)
        label = field.label
        if own is None or other is None:
            missing = self.version if own is None else current
            return False, f"v{missing.version} has no number for {label}"
        margin = abs(other) * rule.margin if rule.relative else rule.margin
        gain = own - other if rule.direction == "higher" else other - own
        passed = gain >= margin and gain > 0 if math.isfinite(margin) else False
        return passed, f"{label} is {_shown(own)}, and {_shown(other)} in v{current.version}"

    def _number(self, field: Field, version: int) -> float | None:
        value = self._value(field, version)
        if isinstance(value, (int, float)) and not math.isnan(value):
            return float(value)
        return None

    def _holds(self, rule: Condition) -> tuple[bool, str]:
        try:
            compiled = compile_for(self.vocabulary, rule.text)
            found = ", ".join(dict.fromkeys(self._finding(name, rule.text) for name in _names(rule.tree)))
        except FilterError as error:
            return False, str(error).partition(": ")[2]
        row = self.connection.execute(
            f"SELECT 1 {_FROM_VERSION} AND ({compiled.where})",
            (self.version.model, self.version.version, *compiled.parameters),
        ).fetchone()
        return row is not None, found

    def _finding(self, name: Name, text: str) -> str:
        field = self.vocabulary.field(name, text)
        value = self._value(field, self.version.version)
        return f"there is no {field.label}" if value is None else f"{field.label} is {_shown(value)}"

    def _value(self, field: Field, version: int) -> object:
        """What the version has for a field; None where it has nothing, or a NaN."""
        expression, bound = field.sql()
        (value,) = self.connection.execute(
            f"SELECT {expression} {_FROM_VERSION}", (*bound, self.version.model, version)
        ).fetchone()
        return value


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, (Comparison, Presence)):
        yield node.name
    elif isinstance(node, Not):
        yield from _names(node.term)
    elif isinstance(node, Junction):
        for term in node.terms:
            yield from _names(term)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
