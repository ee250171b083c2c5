"""Changes to the registry that can be taken back: each function makes one, and answers with its undoing.

They run inside the caller's transaction. What takes a change back refuses, with a RegistryError, when somebody else has
changed the same thing since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from logger.store import registry
from logger.store.registry import RegistryError, StageChange


@dataclass(frozen=True)
class Step:
    """Something that was done."""

    done: str
    """in a few words: `v3 is Production`"""
    take_back: Callable[[sqlite3.Connection], object]


def moved(changes: Sequence[StageChange]) -> Step:
    """Versions that have moved between stages."""
    done = ", ".join(f"v{change.version} is {_stage_words(change.after)}" for change in changes)
    return Step(done, partial(registry.take_back, changes=tuple(changes), reason=f"undo: {done}"))


def set_alias(connection: sqlite3.Connection, model: str, alias: str, version: int) -> Step:
    """Let an alias stand for a version."""
    former = registry.model(connection, model).aliases.get(alias)
    registry.set_alias(connection, model, alias, version)
    return Step(
        f"{alias} stands for v{version}",
        partial(_put_alias, model=model, alias=alias, expected=version, number=former),
    )


def remove_alias(connection: sqlite3.Connection, model: str, alias: str) -> Step:
    """Remove an alias from whatever version it stands for."""
    former = registry.model(connection, model).aliases.get(alias)
    registry.delete_alias(connection, model, alias)
    return Step(
        f"{alias} is removed", partial(_put_alias, model=model, alias=alias, expected=None, number=former)
    )


def describe(connection: sqlite3.Connection, model: str, version: int | None, text: str) -> Step:
    """Describe a version, or with None the model."""
    before = _description(connection, model, version)
    registry.describe(connection, model, text, version=version)
    after = _description(connection, model, version)
    return Step(
        f"{_label(model, version)} is described anew",
        partial(_put_description, model=model, version=version, expected=after, text=before),
    )


def set_tag(connection: sqlite3.Connection, model: str, version: int | None, key: str, value: str) -> Step:
    """Set a tag of a version, or with None of the model."""
    before = _tag(connection, model, version, key)
    registry.set_tag(connection, model, key, value, version=version)
    after = _tag(connection, model, version, key)
    return Step(
        f"{_label(model, version)} has the tag {key}",
        partial(_put_tag, model=model, version=version, key=key, expected=after, value=before),
    )


def remove_tag(connection: sqlite3.Connection, model: str, version: int | None, key: str) -> Step:
    """Remove a tag of a version, or with None of the model."""
    before = _tag(connection, model, version, key)
    registry.delete_tag(connection, model, key, version=version)
    return Step(
        f"{_label(model, version)} has no tag {key} any more",
        partial(_put_tag, model=model, version=version, key=key, expected=None, value=before),
    )


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


def _put_tag(
    connection: sqlite3.Connection,
    model: str,
    version: int | None,
    key: str,
    expected: str | None,
    value: str | None,
) -> None:
    _agree(_tag(connection, model, version, key), expected, f"the tag {key!r} of {_label(model, version)}")
    if value is None:
        registry.delete_tag(connection, model, key, version=version)
    else:
        registry.set_tag(connection, model, key, value, version=version)


def _agree(present: object, expected: object, what: str) -> None:
    if present != expected:
        raise RegistryError(f"somebody else has changed {what} since: it is left as it is")


def _description(connection: sqlite3.Connection, model: str, version: int | None) -> str:
    if version is None:
        return registry.model(connection, model).description
    return registry.version(connection, model, version).description


def _tag(connection: sqlite3.Connection, model: str, version: int | None, key: str) -> str | None:
    owner = (
        registry.model(connection, model) if version is None else registry.version(connection, model, version)
    )
    return owner.tags.get(key)


def _label(model: str, version: int | None) -> str:
    return model if version is None else f"v{version}"


def _stage_words(stage: str) -> str:
    return "in no stage" if stage == registry.NO_STAGE else stage
