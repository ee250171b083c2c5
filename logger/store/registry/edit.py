"""Changing the registry, stages apart: models, versions, aliases, descriptions, tags, deletion.

Every function runs inside the caller's transaction, records what it did as done by `user` (whoever runs this
process, by default), and raises RegistryError for what it refuses. Doing what is already so changes and
records nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from logger.store.registry import read
from logger.store.registry.events import RENAME, current_user, history, record
from logger.store.registry.names import (
    VERSION_STATUSES,
    RegistryError,
    alias_name,
    artifact_name,
    model_name,
    plain,
    tag_key,
)

# In `model_tags` a version of 0 stands for the model itself.
_MODEL_ITSELF = 0


def create_model(
    connection: sqlite3.Connection,
    name: str,
    *,
    description: str = "",
    tags: Mapping[str, str] | None = None,
    user: str | None = None,
) -> None:
    """Make a model without versions. A name used before goes on with the numbers after those it had."""
    name, description = model_name(name), plain(description)
    if connection.execute("SELECT 1 FROM models WHERE name = ?", (name,)).fetchone():
        raise RegistryError(f"there is already a model {name!r}")
    now = record(connection, "create-model", name, after=description, user=user)
    connection.execute(
        "INSERT INTO models (name, description, created, updated, last_version) VALUES (?1, ?2, ?3, ?3,"
        " (SELECT COALESCE(MAX(version), 0) FROM registry_events WHERE model = ?1))",
        (name, description, now),
    )
    for key, value in (tags or {}).items():
        set_tag(connection, name, key, value, user=user)


def register_version(
    connection: sqlite3.Connection,
    name: str,
    *,
    run_uid: str | None,
    path: str = "",
    source: str = "",
    sha256: str = "",
    size: int = 0,
    description: str = "",
    tags: Mapping[str, str] | None = None,
    user: str | None = None,
) -> read.ModelVersion:
    """Add the next version of a model, which is made where there is none of that name.

    `path` is that of the artifact within the run, `source` where it came from in the caller's words. Numbers
    start at 1 and are never given twice, also not after a deletion.
    """
    name, path = model_name(name), artifact_name(path)
    source, description = plain(source), plain(description)
    user = current_user() if user is None else user
    run_id = None if run_uid is None else _run_id(connection, run_uid)
    if not connection.execute("SELECT 1 FROM models WHERE name = ?", (name,)).fetchone():
        create_model(connection, name, user=user)
    model, number = connection.execute(
        "UPDATE models SET last_version = last_version + 1 WHERE name = ? RETURNING id, last_version", (name,)
    ).fetchone()
    now = record(connection, "register", name, number, after=path or source, user=user)
    connection.execute(
        "INSERT INTO model_versions (model_id, version, run_id, path, source, sha256, size, description,"
        " user, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        (model, number, run_id, path, source, sha256, size, description, user, now),
    )
    connection.execute("UPDATE models SET updated = ? WHERE id = ?", (now, model))
    for key, value in (tags or {}).items():
        set_tag(connection, name, key, value, version=number, user=user)
    return read.version(connection, name, number)


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
    _touch(connection, model, version, now)


def delete_alias(connection: sqlite3.Connection, name: str, alias: str, *, user: str | None = None) -> None:
    model = read.model_id(connection, name)
    holder = _alias(connection, model, alias)
    if holder is None:
        raise RegistryError(f"the model {name!r} has no alias {alias!r}")
    connection.execute("DELETE FROM model_aliases WHERE model_id = ? AND alias = ?", (model, alias))
    now = record(connection, "unalias", name, holder, before=f"{alias}: v{holder}", user=user)
    _touch(connection, model, holder, now)


def describe(
    connection: sqlite3.Connection,
    name: str,
    text: str,
    *,
    version: int | None = None,
    user: str | None = None,
) -> None:
    """Set the description of a model, or of one of its versions."""
    text = plain(text)
    if version is None:
        before = read.model(connection, name).description
    else:
        before = read.version(connection, name, version).description
    if before == text:
        return
    model = read.model_id(connection, name)
    if version is None:
        connection.execute("UPDATE models SET description = ? WHERE id = ?", (text, model))
    else:
        connection.execute(
            "UPDATE model_versions SET description = ? WHERE model_id = ? AND version = ?",
            (text, model, version),
        )
    now = record(connection, "describe", name, version, before=before, after=text, user=user)
    _touch(connection, model, version, now)


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
    _touch(connection, model, version, now)


def delete_tag(
    connection: sqlite3.Connection,
    name: str,
    key: str,
    *,
    version: int | None = None,
    user: str | None = None,
) -> None:
    model = _owner(connection, name, version)
    before = _tag(connection, model, version, key)
    if before is None:
        raise RegistryError(f"{_label(name, version)} has no tag {key!r}")
    connection.execute(
        "DELETE FROM model_tags WHERE model_id = ? AND version = ? AND key = ?",
        (model, version or _MODEL_ITSELF, key),
    )
    now = record(connection, "untag", name, version, before=f"{key}={before}", user=user)
    _touch(connection, model, version, now)


def set_status(
    connection: sqlite3.Connection, name: str, version: int, status: str, *, user: str | None = None
) -> None:
    """Say whether a version can be used: READY, PENDING_REGISTRATION or FAILED_REGISTRATION (MLflow's)."""
    wanted = status.strip().upper()
    if wanted not in VERSION_STATUSES:
        raise RegistryError(
            f"there is no version status {status[:40]!r}: it is one of {', '.join(VERSION_STATUSES)}"
        )
    before = read.version(connection, name, version).status
    if before == wanted:
        return
    model = read.model_id(connection, name)
    connection.execute(
        "UPDATE model_versions SET status = ? WHERE model_id = ? AND version = ?", (wanted, model, version)
    )
    now = record(connection, "status", name, version, before=before, after=wanted, user=user)
    _touch(connection, model, version, now)


def rename_model(
    connection: sqlite3.Connection, name: str, new_name: str, *, user: str | None = None
) -> None:
    """Give a model another name. Its history goes along, and no number is given a second time under either name.

    Refused where another model has that name, or has had it and left numbers behind that would repeat.
    """
    new_name = model_name(new_name)
    model = read.model_id(connection, name)
    if new_name == name:
        return
    if connection.execute("SELECT 1 FROM models WHERE name = ?", (new_name,)).fetchone():
        raise RegistryError(f"there is already a model {new_name!r}")
    own = {event.id for event in history(connection, name)}
    others = [
        event for event in history(connection, new_name) if event.version is not None and event.id not in own
    ]
    if others:
        raise RegistryError(
            f"another model was called {new_name!r} and had versions, whose numbers would repeat: choose another name"
        )
    # Under both names, so that each tells where the model went, or whence it came.
    record(connection, RENAME, name, before=name, after=new_name, user=user)
    now = record(connection, RENAME, new_name, before=name, after=new_name, user=user)
    connection.execute("UPDATE models SET name = ?, updated = ? WHERE id = ?", (new_name, now, model))


def delete_version(
    connection: sqlite3.Connection, name: str, version: int, *, user: str | None = None
) -> None:
    """Delete a version with its aliases and tags. Its number is not given again, and its history stays."""
    stage = read.version(connection, name, version).stage
    model = read.model_id(connection, name)
    for table in ("model_aliases", "model_tags", "model_versions"):
        connection.execute(f"DELETE FROM {table} WHERE model_id = ? AND version = ?", (model, version))
    now = record(connection, "delete", name, version, before=stage, user=user)
    _touch(connection, model, None, now)


def delete_model(connection: sqlite3.Connection, name: str, *, user: str | None = None) -> None:
    """Delete a model and its versions. Their numbers are not given again under this name, and their history
    stays.
    """
    model = read.model_id(connection, name)
    for version in reversed(read.versions(connection, name)):
        delete_version(connection, name, version.version, user=user)
    connection.execute("DELETE FROM model_tags WHERE model_id = ?", (model,))
    connection.execute("DELETE FROM models WHERE id = ?", (model,))
    record(connection, "delete", name, user=user)


def _run_id(connection: sqlite3.Connection, uid: str) -> int:
    row = connection.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        raise RegistryError(f"there is no run {uid[:40]!r} to register a model from")
    return int(row[0])


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


def _touch(connection: sqlite3.Connection, model: int, version: int | None, now: float) -> None:
    connection.execute("UPDATE models SET updated = ? WHERE id = ?", (now, model))
    if version is not None:
        connection.execute(
            "UPDATE model_versions SET updated = ? WHERE model_id = ? AND version = ?", (now, model, version)
        )
