"""Changes that a person makes to runs, each answered with the changes that take it back.

`make` runs inside the caller's transaction, so many runs change together or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from logger.store import run_values, runs
from logger.store.connection import StoreError
from logger.store.series import marks

# Runs asked for in one statement: SQLite allows 32,766 bound values.
_TOGETHER = 10_000


@dataclass(frozen=True)
class Change:
    """What shall become of one run; None where something stays as it is."""

    run_id: int
    name: str | None = None
    note: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    """values by key; None removes the tag"""
    archived: bool | None = None
    deleted: bool | None = None


def make(connection: sqlite3.Connection, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Make the changes; returns those that take them back.

    Raises StoreError when a run is gone, or for an empty name.
    """
    undone = []
    for change in changes:
        if change.name is not None and not change.name.strip():
            raise StoreError("a run needs a name: nothing was changed")
        undone.append(_make(connection, change))
    runs.touch(connection, [change.run_id for change in changes])
    # Backwards, so that a run that was changed twice ends as it began.
    return tuple(reversed(undone))


def from_values(run_id: int, values: Mapping[str, Any]) -> Change:
    """The change that the values of an `edit` event mean; those of a newer version, not known here, are left out."""
    known = {field.name for field in fields(Change)} - {"run_id"}
    return Change(run_id, **{key: value for key, value in values.items() if key in known})


def _make(connection: sqlite3.Connection, change: Change) -> Change:
    row = connection.execute(
        "SELECT name, note, archived, deleted FROM runs WHERE id = ?", (change.run_id,)
    ).fetchone()
    if row is None:
        raise StoreError("a run is no longer in the store: nothing was changed")
    name, note, archived, deleted = row
    tags = runs.tags(connection, change.run_id) if change.tags else {}
    if change.name is not None:
        run_values.rename(connection, change.run_id, change.name)
    if change.note is not None:
        run_values.set_note(connection, change.run_id, change.note)
    if change.tags:
        run_values.set_tags(connection, change.run_id, change.tags)
    if change.archived is not None:
        run_values.set_archived(connection, change.run_id, archived=change.archived)
    if change.deleted is not None:
        run_values.set_deleted(connection, change.run_id, deleted=change.deleted)
    return Change(
        change.run_id,
        None if change.name is None else name,
        None if change.note is None else note,
        {key: tags.get(key) for key in change.tags},
        None if change.archived is None else archived is not None,
        None if change.deleted is None else deleted is not None,
    )


@dataclass(frozen=True)
class Words:
    """What a person can edit of a run."""

    run_id: int
    name: str
    note: str
    tags: Mapping[str, str]


def words(connection: sqlite3.Connection, run_ids: Sequence[int]) -> list[Words]:
    """Of these runs, in this order; those that are not there are left out."""
    found: list[Words] = []
    for start in range(0, len(run_ids), _TOGETHER):
        some = tuple(run_ids[start : start + _TOGETHER])
        tags: dict[int, dict[str, str]] = {run_id: {} for run_id in some}
        for run_id, key, value in connection.execute(
            f"SELECT run_id, key, value FROM tags WHERE run_id IN ({marks(len(some))}) ORDER BY key", some
        ):
            tags[run_id][key] = value
        named = {
            run_id: (name, note)
            for run_id, name, note in connection.execute(
                f"SELECT id, name, note FROM runs WHERE id IN ({marks(len(some))})", some
            )
        }
        found += [Words(run_id, *named[run_id], tags[run_id]) for run_id in some if run_id in named]
    return found
