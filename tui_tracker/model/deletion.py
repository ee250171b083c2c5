"""What goes with a version or a model that is deleted, in sentences; texts are as the store has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from logger.store import registry
from logger.store.registry import LIVE_STAGES, ModelVersion, RegistryError


def delete_version(connection: sqlite3.Connection, model: str, number: int, told: Sequence[str]) -> None:
    """Delete a version if that means what a person was told. Raises RegistryError if it means something else since."""
    _agree(version_consequences(connection, model, number), told)
    registry.delete_version(connection, model, number)


def delete_model(connection: sqlite3.Connection, model: str, told: Sequence[str]) -> None:
    """Delete a model if that means what a person was told. Raises RegistryError if it means something else since."""
    _agree(model_consequences(connection, model), told)
    registry.delete_model(connection, model)


def version_consequences(connection: sqlite3.Connection, model: str, number: int) -> list[str]:
    """What deleting a version means."""
    version = registry.version(connection, model, number)
    others = [found for found in registry.versions(connection, model) if found.version != number]
    sentences = [f"v{number} of {model} is gone for good: this cannot be undone"]
    if version.stage in LIVE_STAGES:
        shared = any(found.stage == version.stage for found in others)
        left = "which others still hold" if shared else "which is left without a version"
        sentences.append(f"It holds {version.stage}, {left}")
    if version.aliases:
        sentences.append(f"{_aliases([version])}: whoever asks for {_it(version)} finds nothing")
    return [*sentences, "Its run, its files and its history stay; its number is not given again"]


def model_consequences(connection: sqlite3.Connection, model: str) -> list[str]:
    """What deleting a model means."""
    versions = registry.versions(connection, model)
    count = f"{len(versions):,} {'version' if len(versions) == 1 else 'versions'}"
    sentences = [f"{model} is gone for good with its {count}: this cannot be undone"]
    holders = [
        f"v{version.version} holds {version.stage}" for version in versions if version.stage in LIVE_STAGES
    ]
    if holders:
        sentences.append(", ".join(holders))
    if any(version.aliases for version in versions):
        sentences.append(_aliases(versions))
    return [*sentences, "Runs, files and history stay; the numbers are not given again"]


def _aliases(versions: Sequence[ModelVersion]) -> str:
    names = [f"@{alias}" for version in versions for alias in version.aliases]
    return f"{'The alias' if len(names) == 1 else 'The aliases'} {', '.join(names)} {_go(names)} with it"


def _go(names: Sequence[str]) -> str:
    return "goes" if len(names) == 1 else "go"


def _it(version: ModelVersion) -> str:
    return "it" if len(version.aliases) == 1 else "them"


def _agree(present: Sequence[str], told: Sequence[str]) -> None:
    if list(present) != list(told):
        raise RegistryError("it has changed while the question stood: look again before you delete it")
