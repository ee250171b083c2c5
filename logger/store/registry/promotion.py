"""A promotion from beginning to end: gates, stages and history in one transaction, then the commands after it.

The commands run once the promotion stands, and without the store's lease. What became of each is an event of its
own; the promotion's event names them, so one that is missing tells of a process that died in between.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from logger.store.connection import StoreError, writing
from logger.store.locate import DIRECTORY_NAME, Store
from logger.store.registry import read, stages
from logger.store.registry.events import HOOK, ROLL_BACK, STAGE, record
from logger.store.registry.gates import GateOutcome, check
from logger.store.registry.gates_file import GatesFileError, Hook, path_in, rules_for
from logger.store.registry.holders import holder
from logger.store.registry.hooks import HookOutcome, run_hook
from logger.store.registry.names import LIVE_STAGES, RegistryError, plain, stage_name
from logger.store.registry.stages import StageChange
from logger.store.registry.uri import artifact_path


@dataclass(frozen=True)
class Promotion:
    """What a promotion or a roll-back did."""

    changes: tuple[StageChange, ...]
    """the version that was promoted first; empty where it was there already"""
    gates: tuple[GateOutcome, ...] = ()
    hooks: tuple[HookOutcome, ...] = ()


def promote(
    store: Store,
    name: str,
    version: int,
    stage: str,
    *,
    archive_existing: bool = True,
    reason: str = "",
    override: str = "",
    expected_stage: str | None = None,
    expected_holder: int | None = None,
    user: str | None = None,
) -> Promotion:
    """Move a version to a stage as `stages.transition` says, then run the commands for it.

    Raises RegistryError (GateError where a gate refuses, and there is no `override`) and StoreError; then nothing
    has changed. A command that fails changes nothing about the promotion: look at `hooks`.
    """
    stage = stage_name(stage)
    gates: list[GateOutcome] = []

    def change(connection: sqlite3.Connection) -> list[StageChange]:
        if read.version(connection, name, version).stage != stage:
            gates.extend(check(connection, name, version, stage))
        return stages.transition(
            connection,
            name,
            version,
            stage,
            archive_existing=archive_existing,
            reason=reason,
            expected_stage=expected_stage,
            expected_holder=expected_holder,
            override=override,
            user=user,
        )

    return _done(store, STAGE, name, stage, reason, user, change, gates)


def roll_back(
    store: Store,
    name: str,
    stage: str,
    reason: str = "",
    *,
    expected_holder: int | None = None,
    user: str | None = None,
) -> Promotion:
    """Give a stage back to its former holder as `stages.roll_back` says, then run the commands for it."""

    def change(connection: sqlite3.Connection) -> list[StageChange]:
        return stages.roll_back(connection, name, stage, reason, expected_holder=expected_holder, user=user)

    return _done(store, ROLL_BACK, name, stage_name(stage), reason, user, change, ())


def take_back(
    store: Store, changes: Sequence[StageChange], reason: str = "", *, user: str | None = None
) -> Promotion:
    """Undo a promotion or a roll-back as `stages.take_back` says, then run the commands for what returns."""
    if not changes:
        return Promotion(())
    name = changes[0].model
    stage = next((change.before for change in changes if change.before in LIVE_STAGES), changes[0].before)

    def change(connection: sqlite3.Connection) -> list[StageChange]:
        return stages.take_back(connection, changes, reason, user=user)

    return _done(store, ROLL_BACK, name, stage, reason, user, change, ())


def _done(
    store: Store,
    action: str,
    name: str,
    stage: str,
    reason: str,
    user: str | None,
    change: Callable[[sqlite3.Connection], list[StageChange]],
    gates: Sequence[GateOutcome],
) -> Promotion:
    with writing(store) as connection:
        before = holder(connection, name, stage) if stage in LIVE_STAGES else None
        changes = change(connection)
        # Only what came to the stage has something run for it, not what merely went.
        arrived = next((moved for moved in changes if moved.after == stage), None)
        found = read.version(connection, name, arrived.version) if arrived else None
    if found is None or stage not in LIVE_STAGES:
        return Promotion(tuple(changes), tuple(gates))
    values = {
        "TRACKER_MODEL": found.model,
        "TRACKER_VERSION": str(found.version),
        "TRACKER_STAGE": stage,
        "TRACKER_URI": f"models:/{found.model}/{found.version}",
        "TRACKER_PATH": _path(store, found),
        "TRACKER_FORMER": "" if before is None else str(before.version),
        "TRACKER_ACTION": action,
        "TRACKER_REASON": reason,
        "TRACKER_STORE": str(store.directory),
    }
    outcomes = tuple(_run(store, found, hook, values, user) for hook in _hooks(store, found, stage))
    return Promotion(tuple(changes), tuple(gates), outcomes)


def _hooks(store: Store, version: read.ModelVersion, stage: str) -> Sequence[Hook]:
    try:
        return rules_for(store.directory, version.model, stage).hooks
    except GatesFileError:
        # Said by the gates, or rolled back in spite of it.
        return ()


def _run(
    store: Store, version: read.ModelVersion, hook: Hook, values: Mapping[str, str], user: str | None
) -> HookOutcome:
    problem = _foreign(store)
    if problem:
        outcome = HookOutcome(hook.command, None, problem, "", 0.0)
    else:
        project = store.directory.parent if store.directory.name == DIRECTORY_NAME else store.directory
        outcome = run_hook(hook, project, values)
    try:
        _tell(store, version, outcome, user)
    except (StoreError, sqlite3.Error, OSError) as error:
        # The promotion stands, and the command has run: neither is undone by a history that cannot be written.
        untold = f"{outcome.problem} could not be told in the history ({error})".strip()
        return replace(outcome, problem=untold)
    return outcome


def _tell(store: Store, version: read.ModelVersion, outcome: HookOutcome, user: str | None) -> None:
    with writing(store) as connection:
        record(
            connection,
            HOOK,
            version.model,
            version.version,
            after=plain(outcome.line),
            detail={
                "command": [plain(word) for word in outcome.command],
                "status": outcome.status,
                "problem": outcome.problem,
                "output": plain(outcome.output),
                "seconds": round(outcome.seconds, 3),
            },
            user=user,
        )


def _foreign(store: Store) -> str:
    """Why commands of the store's gates file are not run: somebody else could have written them. "" if they are."""
    try:
        status = path_in(store.directory).stat()
    except OSError as error:
        return f"was not run, since the gates file is gone ({error.strerror}),"
    if status.st_uid not in (os.geteuid(), 0) or status.st_mode & stat.S_IWOTH:
        return "was not run, since the gates file is not yours alone to write,"
    return ""


def _path(store: Store, version: read.ModelVersion) -> str:
    try:
        return str(artifact_path(store, version))
    except RegistryError:
        return ""
