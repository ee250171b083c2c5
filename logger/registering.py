"""Registering an artifact of a run as a model version, and finding a registered one again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from logger import process
from logger.opening import StorePath, existing_store, reading
from logger.store import artifacts, registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store

if TYPE_CHECKING:
    from logger.run import Run


def register_artifact(
    run: Run, name: str, path: str, *, description: str, tags: Mapping[str, str]
) -> registry.ModelVersion:
    """Register what `Run.register_model` says; logs the file or directory first where it is a local one."""
    logged = (
        artifacts.directory(run.store, run.id) / artifacts.safe_path(path)
        if not Path(path).is_absolute()
        else None
    )
    if logged is None or not logged.exists():
        local = Path(path)
        if not local.exists():
            raise FileNotFoundError(
                f"{path!r} is neither an artifact of run {run.name} nor a file here: log it first"
            )
        run.log_artifact(local)
        path = local.resolve().name
    return register(run.store, name, run.id, artifacts.safe_path(path), description=description, tags=tags)


def register_model(
    model_uri: str, name: str, *, tags: Mapping[str, str] | None = None, store: StorePath = None
) -> registry.ModelVersion:
    """Make `runs:/<run id>/<path>` the next version of a registered model (MLflow's function).

    Raises StoreError for an unknown run, ValueError for another kind of URI.
    """
    with reading(store) as (found, connection):
        target = registry.resolve(connection, model_uri)
    if isinstance(target, registry.ModelVersion):
        if target.run_uid is None:
            raise ValueError(f"{model_uri} has no run whose artifact could be registered")
        return register(found, name, target.run_uid, target.path, description="", tags=tags or {})
    return register(found, name, target.run_uid, target.path, description="", tags=tags or {})


def register(
    store: Store, name: str, run_uid: str, path: str, *, description: str, tags: Mapping[str, str]
) -> registry.ModelVersion:
    """Add a version for an artifact, with the hash and size that were recorded for it. Raises StoreError."""
    process.drain(store)
    with writing(store) as connection:
        row = connection.execute("SELECT id FROM runs WHERE uid = ?", (run_uid,)).fetchone()
        files = artifacts.of_run(connection, row[0]) if row else []
        below = [file for file in files if file.path == path or file.path.startswith(f"{path}/")]
        return registry.register_version(
            connection,
            name,
            run_uid=run_uid,
            path=path,
            source=f"runs:/{run_uid}/{path}",
            sha256=_hash(below, path),
            size=sum(file.size for file in below),
            description=description,
            tags=tags,
        )


def _hash(files: list[artifacts.Artifact], path: str) -> str:
    """The hash of a file; of a directory, that of its files' names and hashes in order."""
    if not files:
        return ""
    if files[0].path == path:
        return files[0].sha256
    lines = "".join(f"{file.sha256}  {file.path[len(path) + 1 :]}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def model_path(uri: str, *, store: StorePath = None) -> Path:
    """Where the artifact of models:/name/3, models:/name/Production, models:/name@alias or runs:/id/path lies.

    For deployment scripts. Raises StoreError when it is not there.
    """
    found = existing_store(store)
    process.drain(found)
    with contextlib.closing(open_reader(found)) as connection:
        return registry.artifact_path(found, registry.resolve(connection, uri))
