"""Registering an artifact of a run as a model version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from logger import process
from logger.models import ModelVersion, version_of
from logger.opening import StorePath, existing_store, reading
from logger.store import artifacts, registry
from logger.store.connection import StoreError, writing
from logger.store.locate import Store

if TYPE_CHECKING:
    from logger.run import Run


def register_artifact(
    run: Run, name: str, path: str, *, description: str, tags: Mapping[str, str]
) -> ModelVersion:
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
    model_uri: str,
    name: str,
    await_registration_for: int | None = None,
    *,
    description: str = "",
    tags: Mapping[str, Any] | None = None,
    store: StorePath = None,
) -> ModelVersion:
    """Make `runs:/<run id>/<path>`, or what another version is, the next version of a registered model.

    MLflow's function, but for `await_registration_for`, since nothing need be waited for. The path or file: URI of
    an artifact in the store is taken too. Raises StoreError for an unknown run and for what is no artifact.
    """
    del await_registration_for
    texts = {key: str(value) for key, value in (tags or {}).items()}
    with reading(store) as (found, connection):
        target = _in_store(found, model_uri) or registry.resolve(connection, model_uri)
    if target.run_uid is None:
        raise StoreError(f"{model_uri} has no run whose artifact could be registered")
    return register(found, name, target.run_uid, target.path, description=description, tags=texts)


def create_model_version(
    name: str,
    source: str,
    run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_link: str | None = None,
    description: str | None = None,
    *,
    store: StorePath = None,
) -> ModelVersion:
    """Add a version to a model, which must exist: of an artifact in the store, or of a source elsewhere (MLflow's)."""
    del run_link
    found = existing_store(store)
    texts = {key: str(value) for key, value in (tags or {}).items()}
    local = _in_store(found, source)
    with reading(found) as (_, connection):
        registry.model(connection, name)
        if local is None and source.startswith(("runs:/", "models:/")):
            target = registry.resolve(connection, source)
            local = registry.RunPath(target.run_uid, target.path) if target.run_uid else None
    if local is not None:
        return register(found, name, local.run_uid, local.path, description=description or "", tags=texts)
    process.drain(found)
    with writing(found) as connection:
        return version_of(
            found,
            registry.register_version(
                connection, name, run_uid=run_id, source=source, description=description or "", tags=texts
            ),
        )


def register(
    store: Store, name: str, run_uid: str, path: str, *, description: str, tags: Mapping[str, str]
) -> ModelVersion:
    """Add a version for an artifact, with the hash and size that were recorded for it.

    Of one that was put there without being logged, those it has now. Raises StoreError where there is none.
    """
    if not path:
        raise StoreError(f"say which artifact of run {run_uid} the model is: runs:/{run_uid}/PATH")
    process.drain(store)
    found = registry.artifact_path(store, registry.RunPath(run_uid, path))
    with writing(store) as connection:
        row = connection.execute("SELECT id FROM runs WHERE uid = ?", (run_uid,)).fetchone()
        files = artifacts.of_run(connection, row[0]) if row else []
        below = [file for file in files if file.path == path or file.path.startswith(f"{path}/")]
        unfinished = [file.path for file in below if not file.is_complete]
        if unfinished:
            raise StoreError(
                f"{unfinished[0]!r} of run {run_uid} is incomplete, since its copy was cut short: log it again first"
            )
        recorded = {file.path[len(path) + 1 :]: file.sha256 for file in below}
        version = registry.register_version(
            connection,
            name,
            run_uid=run_uid,
            path=path,
            source=f"runs:/{run_uid}/{path}",
            sha256=registry.hash_of(recorded or registry.hashes_below(found)),
            size=sum(file.size for file in below) if below else _size(found),
            description=description,
            tags=tags,
        )
    return version_of(store, version)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _in_store(store: Store, text: str) -> registry.RunPath | None:
    """The artifact of a run that a path or a file: URI in the store means; None for anything else."""
    parts = urlsplit(text) if text.startswith("file:") else None
    path = Path(unquote(parts.path) if parts else text)
    if not path.is_absolute():
        return None
    try:
        uid, *below = path.resolve().relative_to(store.artifacts.resolve()).parts
    except (OSError, ValueError):
        return None
    return registry.RunPath(uid, "/".join(below)) if below else None
