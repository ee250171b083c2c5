"""Changing the model registry under MLflow's names; each change leaves its trace in the history.

All raise StoreError, with one sentence that says why, for what the registry refuses, and then change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from logger.models import ModelVersion, RegisteredModel, get_model_version, get_registered_model, number_of
from logger.opening import StorePath, existing_store
from logger.store import registry
from logger.store.connection import StoreError, writing

T = TypeVar("T")


def create_registered_model(
    name: str,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    *,
    store: StorePath = None,
) -> RegisteredModel:
    """Make a model without versions; it is an error where there is one of that name."""
    texts = {key: str(value) for key, value in (tags or {}).items()}
    _change(store, registry.create_model, name, description=description or "", tags=texts)
    return get_registered_model(name, store=store)


def rename_registered_model(name: str, new_name: str, *, store: StorePath = None) -> RegisteredModel:
    """Give a model another name; its versions, aliases and history go along."""
    _change(store, registry.rename_model, name, new_name)
    return get_registered_model(new_name, store=store)


def update_registered_model(
    name: str, description: str | None = None, *, store: StorePath = None
) -> RegisteredModel:
    """Set a model's description."""
    _change(store, registry.describe, name, description or "")
    return get_registered_model(name, store=store)


def delete_registered_model(name: str, *, store: StorePath = None) -> None:
    """Delete a model and its versions; their numbers are not given again, and their history stays."""
    _change(store, registry.delete_model, name)


def set_registered_model_tag(name: str, key: str, value: Any, *, store: StorePath = None) -> None:
    _change(store, registry.set_tag, name, key, str(value))


def delete_registered_model_tag(name: str, key: str, *, store: StorePath = None) -> None:
    """Remove a tag of a model; as in MLflow, nothing happens where there is none."""
    _change(store, registry.delete_tag, name, key, missing_ok=True)


def set_registered_model_alias(name: str, alias: str, version: int | str, *, store: StorePath = None) -> None:
    """Let an alias stand for a version; one that stood for another moves."""
    _change(store, registry.set_alias, name, alias, number_of(version))


def delete_registered_model_alias(name: str, alias: str, *, store: StorePath = None) -> None:
    """Remove an alias; as in MLflow, nothing happens where there is none."""
    _change(store, registry.delete_alias, name, alias, missing_ok=True)


def transition_model_version_stage(
    name: str,
    version: int | str,
    stage: str,
    archive_existing_versions: bool = False,
    *,
    reason: str = "",
    override: str = "",
    expected_holder: int | None = None,
    store: StorePath = None,
) -> ModelVersion:
    """Move a version to None, Staging, Production or Archived, in any case, and run the commands that follow.

    `archive_existing_versions`: what holds Staging or Production before goes to Archived; towards another stage it is
    an error, as in MLflow. `reason`: why, for the history. The store's gates are checked; `override` says why the
    version moves although one fails.
    `expected_holder`: the version that held the stage when you looked (0 for none); an error if another does by now.
    """
    if archive_existing_versions and registry.stage_name(stage) not in registry.LIVE_STAGES:
        raise StoreError(
            f"archive_existing_versions is only for {' and '.join(registry.LIVE_STAGES)}, not {stage}"
        )
    registry.promote(
        existing_store(store),
        name,
        number_of(version),
        stage,
        archive_existing=archive_existing_versions,
        reason=reason,
        override=override,
        expected_holder=expected_holder,
    )
    return get_model_version(name, version, store=store)


def roll_back_model(
    name: str, stage: str = registry.PRODUCTION, *, reason: str = "", store: StorePath = None
) -> ModelVersion:
    """Give a stage back to the version that held it before; returns that version."""
    done = registry.roll_back_stage(existing_store(store), name, stage, reason)
    return get_model_version(name, done.changes[0].version, store=store)


def update_model_version(
    name: str, version: int | str, description: str | None = None, *, store: StorePath = None
) -> ModelVersion:
    """Set a version's description."""
    _change(store, registry.describe, name, description or "", version=number_of(version))
    return get_model_version(name, version, store=store)


def set_model_version_tag(
    name: str,
    version: int | str | None = None,
    key: str | None = None,
    value: Any = None,
    stage: str | None = None,
    *,
    store: StorePath = None,
) -> None:
    """Set a tag of a version, which is named by its number or by its stage."""
    if key is None:
        raise StoreError("a tag needs a key")
    number = _version_or_stage(name, version, stage, store)
    _change(store, registry.set_tag, name, key, "" if value is None else str(value), version=number)


def delete_model_version_tag(
    name: str,
    version: int | str | None = None,
    key: str | None = None,
    stage: str | None = None,
    *,
    store: StorePath = None,
) -> None:
    """Remove a tag of a version; as in MLflow, nothing happens where there is none."""
    if key is None:
        raise StoreError("a tag needs a key")
    number = _version_or_stage(name, version, stage, store)
    _change(store, registry.delete_tag, name, key, version=number, missing_ok=True)


def delete_model_version(name: str, version: int | str, *, store: StorePath = None) -> None:
    """Delete a version with its aliases and tags; its number is not given again, and its history stays."""
    _change(store, registry.delete_version, name, number_of(version))


def _change(store: StorePath, change: Callable[..., T], *arguments: Any, **keywords: Any) -> T:
    with writing(existing_store(store)) as connection:
        return change(connection, *arguments, **keywords)


def _version_or_stage(name: str, version: int | str | None, stage: str | None, store: StorePath) -> int:
    if (version is None) == (stage is None):
        raise StoreError("name the version either by its number or by its stage")
    if version is not None:
        return number_of(version)
    from logger.models import get_latest_versions

    found = get_latest_versions(name, [stage or ""], store=store)
    if not found:
        raise StoreError(f"no version of {name!r} is in {stage}")
    return found[0].version
