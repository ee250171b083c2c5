"""The names that go with models and versions: aliases and tags.

As in `logger.store.registry.edit`, functions run inside the caller's transaction and record what they did.
"""

from __future__ import annotations

import sqlite3

from logger.store.registry import read
from logger.store.registry.events import record
from logger.store.registry.names import RegistryError, alias_name, plain, tag_key

# In `model_tags` a version of 0 stands for the model itself.
_MODEL_ITSELF = 0


def set_alias(
    connection: sqlite3.Connection, name: str, alias: str, version: int, *, user: str | None = None
) -> None:
    """Let an alias stand for a version; one that stood for another moves."""
    alias = alias_name(alias)
    read.version(connection, name, version)
    model = read.model_id(connection, name)
    holder = _alias(connection, model, alias)
    if holder == version:
        return
    connection.execute(
        "INSERT INTO model_aliases (model_id, alias, version) VALUES (?, ?, ?)"
        " ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version",
        (model, alias, version),
    )
    before = "" if holder is None else f"{alias}: v{holder}"
    now = record(connection, "alias", name, version, before=before, after=f"{alias}: v{version}", user=user)
    touch(connection, model, version, now)


def delete_alias(
    connection: sqlite3.Connection,
    name: str,
    alias: str,
    *,
    user: str | None = None,
    missing_ok: bool = False,
) -> None:
    model = read.model_id(connection, name)
    holder = _alias(connection, model, alias)
    if holder is None:
        if missing_ok:
            return
        raise RegistryError(f"the model {name!r} has no alias {alias!r}")
    connection.execute("DELETE FROM model_aliases WHERE model_id = ? AND alias = ?", (model, alias))
    now = record(connection, "unalias", name, holder, before=f"{alias}: v{holder}", user=user)
    touch(connection, model, holder, now)


def set_tag(
    connection: sqlite3.Connection,
    name: str,
    key: str,
    value: str,
    *,
    version: int | None = None,
    user: str | None = None,
) -> None:
    """Set a tag of a model, or of one of its versions."""
    key, value = tag_key(key), plain(value)
    model = _owner(connection, name, version)
    before = _tag(connection, model, version, key)
    if before == value:
        return
    connection.execute(
        "INSERT INTO model_tags (model_id, version, key, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (model_id, version, key) DO UPDATE SET value = excluded.value",
        (model, version or _MODEL_ITSELF, key, value),
    )
    was = "" if before is None else f"{key}={before}"
    now = record(connection, "tag", name, version, before=was, after=f"{key}={value}", user=user)
    touch(connection, model, version, now)


def delete_tag(
    connection: sqlite3.Connection,
    name: str,
    key: str,
    *,
    version: int | None = None,
    user: str | None = None,
    missing_ok: bool = False,
) -> None:
    model = _owner(connection, name, version)
    before = _tag(connection, model, version, key)
    if before is None:
        if missing_ok:
            return
        raise RegistryError(f"{_label(name, version)} has no tag {key!r}")
    connection.execute(
        "DELETE FROM model_tags WHERE model_id = ? AND version = ? AND key = ?",
        (model, version or _MODEL_ITSELF, key),
    )
    now = record(connection, "untag", name, version, before=f"{key}={before}", user=user)
    touch(connection, model, version, now)


def _owner(connection: sqlite3.Connection, name: str, version: int | None) -> int:
    """The id of the model, once it is sure that it and the version exist."""
    if version is not None:
        read.version(connection, name, version)
    return read.model_id(connection, name)


def _label(name: str, version: int | None) -> str:
    return f"the model {name!r}" if version is None else f"version {version} of {name!r}"


def _alias(connection: sqlite3.Connection, model: int, alias: str) -> int | None:
    row = connection.execute(
        "SELECT version FROM model_aliases WHERE model_id = ? AND alias = ?", (model, alias)
    ).fetchone()
    return None if row is None else int(row[0])


def _tag(connection: sqlite3.Connection, model: int, version: int | None, key: str) -> str | None:
    row = connection.execute(
        "SELECT value FROM model_tags WHERE model_id = ? AND version = ? AND key = ?",
        (model, version or _MODEL_ITSELF, key),
    ).fetchone()
    return None if row is None else str(row[0])


def touch(connection: sqlite3.Connection, model: int, version: int | None, now: float) -> None:
    """A model, and one of its versions, have been changed."""
    connection.execute("UPDATE models SET updated = ? WHERE id = ?", (now, model))
    if version is not None:
        connection.execute(
            "UPDATE model_versions SET updated = ? WHERE model_id = ? AND version = ?", (now, model, version)
        )
