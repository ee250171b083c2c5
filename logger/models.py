"""Reading the model registry under MLflow's names: registered models, their versions, and where their files are.

Versions are numbers, and taken as text too. Everywhere a model is named by a URI: models:/name/3,
models:/name/latest, models:/name/Production, models:/name@alias, runs:/<run id>/path.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from urllib.parse import unquote, urlsplit

from logger.opening import StorePath, reading
from logger.store import artifacts, registry
from logger.store.connection import Reader, StoreError
from logger.store.locate import Store


@dataclass(frozen=True)
class ModelVersion:
    """One version of a registered model, as it was when it was read; times are epoch milliseconds."""

    name: str
    """of the model"""
    version: int
    current_stage: str
    aliases: list[str]
    tags: dict[str, str]
    description: str
    status: str
    """READY, PENDING_REGISTRATION or FAILED_REGISTRATION"""
    source: str
    """where it came from, as given"""
    run_id: str | None
    """the id of the run it came from"""
    run_name: str | None
    path: str
    """of its artifact within the run; "" for none"""
    sha256: str
    size: int
    """bytes"""
    user_id: str
    """who registered it"""
    creation_timestamp: int
    last_updated_timestamp: int
    store: Store = field(repr=False)

    @property
    def model(self) -> str:
        """The model's name."""
        return self.name

    @property
    def stage(self) -> str:
        return self.current_stage

    @property
    def uri(self) -> str:
        return f"models:/{self.name}/{self.version}"

    def artifact(self) -> Path:
        """Where its file or directory is, once it is sure that it is what was registered. Raises StoreError."""
        with reading(self.store) as (store, connection):
            found = registry.version(connection, self.name, self.version)
            return registry.verified_path(connection, store, found)

    def history(self) -> list[registry.RegistryEvent]:
        """What was done to it: the newest first."""
        with reading(self.store) as (_, connection):
            return registry.history(connection, self.name, self.version)


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model, as it was when it was read; times are epoch milliseconds."""

    name: str
    description: str
    tags: dict[str, str]
    aliases: dict[str, int]
    """the version that each stands for"""
    latest_versions: list[ModelVersion]
    """the newest of each stage that has one"""
    creation_timestamp: int
    last_updated_timestamp: int


def get_registered_model(name: str, *, store: StorePath = None) -> RegisteredModel:
    """A model by its name. Raises StoreError when there is none."""
    with reading(store) as (found, connection):
        return _model(found, connection, registry.model(connection, name))


def search_registered_models(
    filter_string: str | None = None,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
    *,
    store: StorePath = None,
) -> list[RegisteredModel]:
    """The models that a filter finds, by name unless ordered: name, tags, alias, description, versions, created ...

    Raises FilterError (a ValueError) for a filter or an order that cannot be read.
    """
    with reading(store) as (found, connection):
        models = registry.search_models(
            connection, filter_string or "", order=order_by or (), limit=_limit(max_results)
        )
        return [_model(found, connection, model) for model in models]


def get_model_version(name: str, version: int | str, *, store: StorePath = None) -> ModelVersion:
    """A version by its number. Raises StoreError when there is none."""
    return _one(store, lambda connection: registry.version(connection, name, number_of(version)))


def get_model_version_by_alias(name: str, alias: str, *, store: StorePath = None) -> ModelVersion:
    """The version that an alias stands for. Raises StoreError when there is none."""
    return _one(store, lambda connection: registry.by_alias(connection, name, alias))


def get_latest_versions(
    name: str, stages: Sequence[str] | None = None, *, store: StorePath = None
) -> list[ModelVersion]:
    """The newest version of each of the stages, or of every stage that has one."""
    with reading(store) as (found, connection):
        wanted = [registry.stage_name(stage) for stage in stages or registry.STAGES]
        return _latest(found, connection, name, wanted)


def search_model_versions(
    filter_string: str | None = None,
    max_results: int | None = None,
    order_by: Sequence[str] | None = None,
    *,
    store: StorePath = None,
) -> list[ModelVersion]:
    """The versions that a filter finds, the last changed first unless ordered.

    `name = 'churn-clf' and val/acc > 0.9`: name, version, stage, alias, tags and more of the version; metrics,
    params and `run.status` of the run it came from. Raises FilterError for what cannot be read.
    """
    with reading(store) as (found, connection):
        versions = registry.search_versions(
            connection, filter_string or "", order=order_by or (), limit=_limit(max_results)
        )
        return [version_of(found, version) for version in versions]


def model_path(uri: str | PathLike[str], *, verify: bool = True, store: StorePath = None) -> Path:
    """Where the file or directory that a URI names is; a path of a file here is taken as well.

    A version's files are read and hashed first, unless `verify` is False or no hash was recorded. Raises StoreError
    when they are not there, or are not what was registered.
    """
    text = str(uri)
    if not text.startswith(("models:", "runs:")):
        return _local(text)
    with reading(store) as (found, connection):
        target = registry.resolve(connection, text)
        if isinstance(target, registry.ModelVersion) and target.sha256 and verify:
            return registry.verified_path(connection, found, target)
        if isinstance(target, registry.RunPath) and not target.path:
            return artifacts.resolve(found, target.run_uid, "")
        return registry.artifact_path(found, target)


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | PathLike[str] | None = None,
    *,
    store: StorePath = None,
) -> str:
    """The local path of artifacts, by a URI or by a run and a path in it; a copy below `dst_path` where it is given.

    Raises StoreError when they are not there, OSError when they cannot be copied.
    """
    if (artifact_uri is None) == (run_id is None):
        raise ValueError("download_artifacts takes either artifact_uri or run_id")
    found = model_path(artifact_uri or f"runs:/{run_id}/{artifact_path or ''}", store=store)
    if dst_path is None:
        return str(found)
    target = Path(dst_path) / found.name
    if found.is_dir():
        shutil.copytree(found, target, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(found, target)
    return str(target)


def version_of(store: Store, version: registry.ModelVersion) -> ModelVersion:
    """A stored version as what this module hands out."""
    return ModelVersion(
        name=version.model,
        version=version.version,
        current_stage=version.stage,
        aliases=list(version.aliases),
        tags=dict(version.tags),
        description=version.description,
        status=version.status,
        source=version.source,
        run_id=version.run_uid,
        run_name=version.run_name,
        path=version.path,
        sha256=version.sha256,
        size=version.size,
        user_id=version.user,
        creation_timestamp=int(version.created * 1000),
        last_updated_timestamp=int(version.updated * 1000),
        store=store,
    )


def number_of(version: int | str) -> int:
    """A version's number, also as text (MLflow's). Raises StoreError for what is none."""
    try:
        return int(version)
    except (TypeError, ValueError):
        raise StoreError(f"{str(version)[:40]!r} is no version: give its number") from None


def _one(store: StorePath, read: Callable[[Reader], registry.ModelVersion]) -> ModelVersion:
    with reading(store) as (found, connection):
        return version_of(found, read(connection))


def _latest(store: Store, connection: Reader, name: str, stages: Sequence[str]) -> list[ModelVersion]:
    newest: Mapping[str, registry.ModelVersion] = {
        version.stage: version for version in reversed(registry.versions(connection, name))
    }
    return [version_of(store, newest[stage]) for stage in dict.fromkeys(stages) if stage in newest]


def _model(store: Store, connection: Reader, model: registry.RegisteredModel) -> RegisteredModel:
    return RegisteredModel(
        name=model.name,
        description=model.description,
        tags=dict(model.tags),
        aliases=dict(model.aliases),
        latest_versions=_latest(store, connection, model.name, registry.STAGES),
        creation_timestamp=int(model.created * 1000),
        last_updated_timestamp=int(model.updated * 1000),
    )


def _limit(max_results: int | None) -> int:
    if max_results is not None and max_results < 1:
        raise ValueError(f"max_results must be at least 1, not {max_results}")
    return -1 if max_results is None else max_results


def _local(text: str) -> Path:
    parts = urlsplit(text)
    path = Path(unquote(parts.path)) if parts.scheme == "file" else Path(text)
    if not path.exists():
        raise StoreError(
            f"{text[:80]!r} is neither a file here nor a URI: write models:/NAME/3, models:/NAME@ALIAS or runs:/ID/PATH"
        )
    return path
