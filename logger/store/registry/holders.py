"""Who holds a stage, and who held it before, by the registry's history."""

from __future__ import annotations

import sqlite3

from logger.store.registry import read
from logger.store.registry.events import ROLL_BACK, STAGE, RegistryEvent, history
from logger.store.registry.names import stage_name

# In place of the number of the version that holds a stage, where none does.
NO_HOLDER = 0


def holder(connection: sqlite3.Connection, name: str, stage: str) -> read.ModelVersion | None:
    """The version that holds a stage: of several, the one that came last; None if there is none."""
    stage = stage_name(stage)
    there = {found.version: found for found in read.versions_in(connection, name, stage)}
    if len(there) < 2:
        return next(iter(there.values()), None)
    for number in reversed(promotions(history(connection, name), stage)):
        if number in there:
            return there[number]
    return next(iter(there.values()), None)


def former_holder(connection: sqlite3.Connection, name: str, stage: str) -> read.ModelVersion | None:
    """The version that a roll-back would make the holder of a stage; None if there is none.

    The one that held it before the present holder, or held it last where nobody does. What has been rolled
    back from is not gone back to, so rolling back again goes further back.
    """
    stage = stage_name(stage)
    present = holder(connection, name, stage)
    versions = {found.version: found for found in read.versions(connection, name)}
    past = promotions(history(connection, name), stage)
    if present is not None and present.version in past:
        while past.pop() != present.version:
            pass
    for number in reversed(past):
        if number in versions and (present is None or number != present.version):
            return versions[number]
    return None


def promotions(newest_first: list[RegistryEvent], stage: str) -> list[int]:
    """The versions that were given a stage, in order, without those that were rolled back from."""
    promoted: list[int] = []
    for event in reversed(newest_first):
        if event.after != stage or event.version is None:
            continue
        if event.action == STAGE:
            promoted.append(event.version)
        elif event.action == ROLL_BACK and event.version in promoted:
            while promoted[-1] != event.version:
                promoted.pop()
    return promoted
