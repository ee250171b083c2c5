"""What a URI means, and where on disk an artifact is.

models:/churn/3   models:/churn/latest   models:/churn/Production   models:/churn@champion   runs:/<run
id>/model.pkl
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

from logger.store.locate import Store
from logger.store.registry import read
from logger.store.registry.holders import holder
from logger.store.registry.names import MalformedError, RegistryError, artifact_name, stage_name

_FORMS = "models:/NAME/3, models:/NAME/latest, models:/NAME/Production, models:/NAME@ALIAS or runs:/ID/PATH"
_NUMBER = re.compile(r"[0-9]{1,15}")


class RunPath(NamedTuple):
    """An artifact, or a directory of them, of a run."""

    run_uid: str
    path: str
    """relative to the run's artifacts; "" for all of them"""


def resolve(connection: sqlite3.Connection, uri: str) -> read.ModelVersion | RunPath:
    """The version, or the run and path, that a URI names. A stage means the version that came to it last.

    Raises MalformedError when it is no such URI, RegistryError when nothing is there.
    """
    if uri.startswith("runs:/"):
        uid, _, path = uri.removeprefix("runs:/").lstrip("/").partition("/")
        if not connection.execute("SELECT 1 FROM runs WHERE uid = ?", (uid,)).fetchone():
            raise RegistryError(f"there is no run {uid[:40]!r}, which {uri[:80]!r} names")
        return RunPath(uid, artifact_name(path))
    if not uri.startswith("models:/"):
        raise MalformedError(f"{uri[:80]!r} is not the URI of a model: write {_FORMS}")
    name, separator, selector = uri.removeprefix("models:/").lstrip("/").partition("/")
    if not separator:
        name, separator, alias = name.rpartition("@")
        if not (separator and name and alias):
            raise MalformedError(f"{uri[:80]!r} does not say which version: write {_FORMS}")
        return by_alias(connection, name, alias)
    if _NUMBER.fullmatch(selector):
        return read.version(connection, name, int(selector))
    if selector.casefold() == "latest":
        return newest(connection, name)
    return in_stage(connection, name, selector)


def artifact_path(store: Store, artifact: read.ModelVersion | RunPath) -> Path:
    """Where an artifact is on disk: an existing file or directory inside its run's own directory.

    Raises RegistryError for one that is not there, that leaves the directory (`..`, a link out of it), or
    that is neither file nor directory.
    """
    if artifact.run_uid is None or (isinstance(artifact, read.ModelVersion) and not artifact.path):
        raise RegistryError(
            "this version has no artifact in the store: it was registered by its source alone"
        )
    label = f"the artifact {artifact.path[:80]!r} of run {artifact.run_uid[:40]!r}"
    try:
        owned = store.artifacts.resolve()
        directory = (owned / artifact.run_uid).resolve()
        found = (directory / artifact.path).resolve()
        there = found.is_file() or found.is_dir()
    except (OSError, RuntimeError, ValueError):  # too long, a loop of links, a NUL
        raise RegistryError(f"{label} cannot be the path of a file") from None
    if (
        directory != owned / artifact.run_uid
        or directory.parent != owned
        or not found.is_relative_to(directory)
    ):
        raise RegistryError(f"{label} lies outside the run's directory, so it is not opened")
    if not there:
        raise RegistryError(f"{label} is not there any more, or is neither file nor directory")
    return found


def newest(connection: sqlite3.Connection, name: str) -> read.ModelVersion:
    """The version with the greatest number. Raises RegistryError when there is none."""
    found = read.versions(connection, name)
    if not found:
        raise RegistryError(f"the model {name!r} has no version")
    return found[0]


def in_stage(connection: sqlite3.Connection, name: str, stage: str) -> read.ModelVersion:
    """The version that came to a stage last. Raises RegistryError when there is none."""
    stage = stage_name(stage)
    found = holder(connection, name, stage)
    if found is None:
        raise RegistryError(f"no version of {name!r} is in {stage}")
    return found


def by_alias(connection: sqlite3.Connection, name: str, alias: str) -> read.ModelVersion:
    """The version that an alias stands for. Raises RegistryError when there is no such alias."""
    row = connection.execute(
        "SELECT version FROM model_aliases WHERE model_id = ? AND alias = ?",
        (read.model_id(connection, name), alias),
    ).fetchone()
    if row is None:
        raise RegistryError(f"the model {name!r} has no alias {alias!r}")
    return read.version(connection, name, row[0])
