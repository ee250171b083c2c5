"""Stages: promoting versions, archiving the ones they replace, and going back.

Every function that changes something runs inside the caller's transaction and records what it did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logger.store.registry import read
from logger.store.registry.events import ROLL_BACK, STAGE, history, record
from logger.store.registry.gates import pass_or_refuse, stage_rules
from logger.store.registry.gates_file import GatesFileError
from logger.store.registry.holders import NO_HOLDER, former_holder, holder, promotions
from logger.store.registry.names import ARCHIVED, LIVE_STAGES, RegistryError, stage_name


@dataclass(frozen=True)
class StageChange:
    """One version that moved from one stage to another."""

    model: str
    version: int
    before: str
    after: str


def transition(
    connection: sqlite3.Connection,
    name: str,
    version: int,
    stage: str,
    *,
    archive_existing: bool,
    reason: str = "",
    expected_stage: str | None = None,
    expected_holder: int | None = None,
    override: str = "",
    user: str | None = None,
) -> list[StageChange]:
    """Move a version to a stage, named in any case; returns what changed, this version first.

    `archive_existing` moves the versions that held Staging or Production before to Archived; towards other
    stages it means nothing. A version already there is no change, but still archives the others if that is
    asked for.

    With `expected_stage`, a version that is no longer in it is left alone, since somebody else has moved it:
    RegistryError. So it is with `expected_holder`, the version that held the stage as the person saw it, or
    NO_HOLDER.

    The rules of the store (`gates_file`) are checked where the version comes to Staging or Production; their
    outcomes stand in the event's detail. GateError when one fails, unless `override` says why it shall move
    all the same. `promote` does this in a transaction of its own and then runs the commands after a promotion.
    """
    stage = stage_name(stage)
    found = read.version(connection, name, version)
    if expected_stage is not None and found.stage != stage_name(expected_stage):
        raise RegistryError(
            f"v{version} of {name!r} has meanwhile moved from {stage_name(expected_stage)} to {found.stage}:"
            " look again before you move it"
        )
    if expected_holder is not None:
        _same_holder(connection, name, stage, expected_holder)
    changes = planned(read.versions(connection, name), version, stage, archive_existing=archive_existing)
    detail: Mapping[str, Any] = {}
    if any(change.version == version for change in changes):
        detail = pass_or_refuse(connection, name, version, stage, override)
        detail = {**detail, **_announced(connection, name, stage)}
    _apply(connection, changes, STAGE, reason, user, detail)
    return changes


def _same_holder(connection: sqlite3.Connection, name: str, stage: str, expected: int) -> None:
    """Raises RegistryError where another version than the one that was seen holds a stage by now."""
    present = holder(connection, name, stage)
    number = NO_HOLDER if present is None else present.version
    if number != expected:
        now = "nobody holds" if present is None else f"v{number} holds"
        seen = "nobody did" if expected == NO_HOLDER else f"v{expected} did"
        raise RegistryError(
            f"{now} {stage} of {name!r} by now, {seen} when you looked: look again before you promote"
        )


def planned(
    versions: Sequence[read.ModelVersion], number: int, stage: str, *, archive_existing: bool
) -> list[StageChange]:
    """What `transition` would change among the versions of a model; empty where there is no such version."""
    changes = [
        StageChange(found.model, number, found.stage, stage)
        for found in versions
        if found.version == number and found.stage != stage
    ]
    if archive_existing and stage in LIVE_STAGES:
        changes += [
            StageChange(found.model, found.version, stage, ARCHIVED)
            for found in versions
            if found.version != number and found.stage == stage
        ]
    return changes


def roll_back(
    connection: sqlite3.Connection,
    name: str,
    stage: str,
    reason: str = "",
    *,
    expected_holder: int | None = None,
    user: str | None = None,
) -> list[StageChange]:
    """Give a stage back to its former holder and archive the present one; returns what changed.

    It is not held up by gates: the version has passed those of its time, and going back is for when there is
    no time. Raises RegistryError when the history names no version to go back to, or when the version in
    `expected_holder` no longer holds the stage, since somebody else has acted meanwhile.
    """
    stage = stage_name(stage)
    if stage not in LIVE_STAGES:
        raise RegistryError(f"only {' and '.join(LIVE_STAGES)} can be rolled back, {stage} has no holder")
    present = holder(connection, name, stage)
    if expected_holder is not None and (present is None or present.version != expected_holder):
        raise RegistryError(
            f"v{expected_holder} of {name!r} no longer holds {stage}: look again before you roll back"
        )
    changes = planned_roll_back(connection, name, stage)
    if not changes:
        raise RegistryError(
            f"no earlier version of {name!r} has held {stage}: there is nothing to roll back to"
        )
    _apply(connection, changes, ROLL_BACK, reason, user, _announced(connection, name, stage))
    return changes


def planned_roll_back(connection: sqlite3.Connection, name: str, stage: str) -> list[StageChange]:
    """What `roll_back` would change, the version that returns first; empty where none did hold the stage."""
    stage = stage_name(stage)
    former = former_holder(connection, name, stage)
    if former is None:
        return []
    present = holder(connection, name, stage)
    changes = [StageChange(name, former.version, former.stage, stage)]
    if present is not None:
        changes.append(StageChange(name, present.version, stage, ARCHIVED))
    return changes


def _announced(connection: sqlite3.Connection, name: str, stage: str) -> Mapping[str, Any]:
    """What the event says of the commands that are to follow it."""
    if stage not in LIVE_STAGES:
        return {}
    try:
        hooks = stage_rules(connection, name, stage).hooks
    except GatesFileError:
        return {}
    return {"after": [list(hook.command) for hook in hooks]} if hooks else {}


def take_back(
    connection: sqlite3.Connection,
    changes: Sequence[StageChange],
    reason: str = "",
    *,
    user: str | None = None,
) -> list[StageChange]:
    """Move versions back to where they were before these changes, without asking a gate; returns what changed.

    Raises RegistryError where one of them has moved again since. A version that returns to a stage that it held is
    recorded as rolled back to, so that rolling back later does not go to what was taken back.
    """
    for change in changes:
        found = read.version(connection, change.model, change.version)
        if found.stage != change.after:
            raise RegistryError(
                f"v{change.version} of {change.model!r} has moved from {change.after} to {found.stage} since:"
                " it is left there"
            )
    undone = [
        StageChange(change.model, change.version, change.after, change.before) for change in reversed(changes)
    ]
    for change in undone:
        held = promotions(history(connection, change.model), change.after)
        action = ROLL_BACK if change.version in held else STAGE
        _apply(connection, [change], action, reason, user, _announced(connection, change.model, change.after))
    return undone


def _apply(
    connection: sqlite3.Connection,
    changes: Iterable[StageChange],
    action: str,
    reason: str,
    user: str | None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Make the changes with their history; `detail` belongs to the first."""
    for place, change in enumerate(changes):
        now = record(
            connection,
            action,
            change.model,
            change.version,
            before=change.before,
            after=change.after,
            reason=reason,
            detail=None if place else detail,
            user=user,
        )
        connection.execute(
            "UPDATE model_versions SET stage = ?, updated = ? WHERE version = ?"
            " AND model_id = (SELECT id FROM models WHERE name = ?)",
            (change.after, now, change.version, change.model),
        )
        connection.execute("UPDATE models SET updated = ? WHERE name = ?", (now, change.model))
