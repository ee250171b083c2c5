"""Changes to the registry that can be taken back: each function makes one, and answers with its undoing.

They run inside the caller's transaction. What takes a change back refuses, with a RegistryError, when somebody else has
changed the same thing since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from logger.store import registry
from logger.store.locate import Store
from logger.store.registry import RegistryError, StageChange
from tui_tracker.model.source import Source


@dataclass(frozen=True)
class Step:
    """Something that was done."""

    done: str
    """in a few words: `v3 is Production`"""
    take_back: Callable[[Source], object]
    """blocks, and raises StoreError where that is not possible any more"""


def moved(changes: Sequence[StageChange]) -> Step:
    """Versions that have moved between stages. Taking it back runs the commands for what returns."""
    done = ", ".join(f"v{change.version} is {_stage_words(change.after)}" for change in changes)

    def work(store: Store) -> object:
        return registry.take_back_moves(store, changes, f"undo: {done}")

    return Step(done, lambda source: source.change(work))


def set_alias(connection: sqlite3.Connection, model: str, alias: str, version: int) -> Step:
    """Let an alias stand for a version."""
    former = registry.model(connection, model).aliases.get(alias)
    registry.set_alias(connection, model, alias, version)
    return Step(
        f"{alias} stands for v{version}",
        _edits(_put_alias, model=model, alias=alias, expected=version, number=former),
    )


def remove_alias(connection: sqlite3.Connection, model: str, alias: str) -> Step:
    """Remove an alias from whatever version it stands for."""
    former = registry.model(connection, model).aliases.get(alias)
    registry.delete_alias(connection, model, alias)
    return Step(
        f"{alias} is removed", _edits(_put_alias, model=model, alias=alias, expected=None, number=former)
    )


def describe(connection: sqlite3.Connection, model: str, version: int | None, text: str) -> Step:
    """Describe a version, or with None the model."""
    before = _description(connection, model, version)
    registry.describe(connection, model, text, version=version)
    after = _description(connection, model, version)
    return Step(
        f"{_label(model, version)} is described anew",
        _edits(_put_description, model=model, version=version, expected=after, text=before),
    )


def set_tags(
    connection: sqlite3.Connection, model: str, version: int | None, tags: Mapping[str, str]
) -> Step:
    """Let a version, or with None the model, have these tags and no others."""
    before = _tags(connection, model, version)
    _replace_tags(connection, model, version, tags)
    after = _tags(connection, model, version)
    return Step(
        f"{_label(model, version)} has {len(after)} {'tag' if len(after) == 1 else 'tags'}",
        _edits(_put_tags, model=model, version=version, expected=after, tags=before),
    )


def _replace_tags(
    connection: sqlite3.Connection, model: str, version: int | None, tags: Mapping[str, str]
) -> None:
    present = _tags(connection, model, version)
    for key in present.keys() - tags.keys():
        registry.delete_tag(connection, model, key, version=version)
    for key, value in tags.items():
        registry.set_tag(connection, model, key, value, version=version)


def _edits(put: Callable[..., object], **values: object) -> Callable[[Source], object]:
    return lambda source: source.edit(partial(put, **values))


def _put_alias(
    connection: sqlite3.Connection, model: str, alias: str, expected: int | None, number: int | None
) -> None:
    _agree(registry.model(connection, model).aliases.get(alias), expected, f"the alias {alias!r}")
    if number is None:
        registry.delete_alias(connection, model, alias)
    else:
        registry.set_alias(connection, model, alias, number)


def _put_description(
    connection: sqlite3.Connection, model: str, version: int | None, expected: str, text: str
) -> None:
    _agree(_description(connection, model, version), expected, f"the description of {_label(model, version)}")
    registry.describe(connection, model, text, version=version)


def _put_tags(
    connection: sqlite3.Connection,
    model: str,
    version: int | None,
    expected: Mapping[str, str],
    tags: Mapping[str, str],
) -> None:
    _agree(_tags(connection, model, version), expected, f"the tags of {_label(model, version)}")
    _replace_tags(connection, model, version, tags)


def _agree(present: object, expected: object, what: str) -> None:
    if present != expected:
        raise RegistryError(f"somebody else has changed {what} since: it is left as it is")


def _description(connection: sqlite3.Connection, model: str, version: int | None) -> str:
    if version is None:
        return registry.model(connection, model).description
    return registry.version(connection, model, version).description


def _tags(connection: sqlite3.Connection, model: str, version: int | None) -> dict[str, str]:
    if version is None:
        return dict(registry.model(connection, model).tags)
    return dict(registry.version(connection, model, version).tags)


def _label(model: str, version: int | None) -> str:
    return model if version is None else f"v{version}"


def _stage_words(stage: str) -> str:
    return "in no stage" if stage == registry.NO_STAGE else stage
