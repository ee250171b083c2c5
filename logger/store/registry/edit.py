"""Changing the registry, stages and labels apart: models, versions, descriptions, deletion.

Every function runs inside the caller's transaction, records what it did as done by `user` (whoever runs this
process, by default), and raises RegistryError for what it refuses. Doing what is already so changes and
records nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from logger.store.registry import read
from logger.store.registry.events import RENAME, current_user, history, record
from logger.store.registry.labels import set_tag, touch
from logger.store.registry.names import VERSION_STATUSES, RegistryError, artifact_name, model_name, plain


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
    number: int = 0,
) -> read.ModelVersion:
    """Add the next version of a model, which is made where there is none of that name.

    `path` is that of the artifact within the run, `source` where it came from in the caller's words. Numbers
    start at 1 and are never given twice, also not after a deletion; `number` is given where no greater one was.
    """
    name, path = model_name(name), artifact_name(path)
    source, description = plain(source), plain(description)
    user = current_user() if user is None else user
    run_id = None if run_uid is None else _run_id(connection, run_uid)
    if not connection.execute("SELECT 1 FROM models WHERE name = ?", (name,)).fetchone():
        create_model(connection, name, user=user)
    model, version = connection.execute(
        "UPDATE models SET last_version = MAX(last_version + 1, ?) WHERE name = ? RETURNING id, last_version",
        (number, name),
    ).fetchone()
    now = record(connection, "register", name, version, after=path or source, user=user)
    connection.execute(
        "INSERT INTO model_versions (model_id, version, run_id, path, source, sha256, size, description,"
        " user, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        (model, version, run_id, path, source, sha256, size, description, user, now),
    )
    connection.execute("UPDATE models SET updated = ? WHERE id = ?", (now, model))
    for key, value in (tags or {}).items():
        set_tag(connection, name, key, value, version=version, user=user)
    return read.version(connection, name, version)


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
    touch(connection, model, version, now)


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
    touch(connection, model, version, now)


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
    touch(connection, model, None, now)


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
