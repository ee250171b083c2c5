"""What the explorer shows of the registry: each model with the versions that matter most."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from logger.store import registry
from logger.store.registry import VersionPlace
from tui_tracker.model.registry_view import STAGE_ORDER

# The registry's own screen shows the rest.
_MOST_MODELS = 100
_MOST_VERSIONS = 6


@dataclass(frozen=True)
class ModelEntry:
    """A model and how many versions it has."""

    model: str
    versions: int


@dataclass(frozen=True)
class VersionEntry:
    """A version of a model."""

    model: str
    version: int
    stage: str


@dataclass(frozen=True)
class Rest:
    """Stands for what is not shown: versions of a model, or models."""

    count: int
    model: str | None = None
    """whose versions they are; None for models"""
    version: int = 0
    """the first of the versions"""


ShelfEntry = ModelEntry | VersionEntry | Rest


@dataclass(frozen=True)
class Shelf:
    """A model and what hangs below it: its live versions, then the newest."""

    model: ModelEntry
    entries: tuple[ShelfEntry, ...]


@dataclass(frozen=True)
class Shelves:
    """The registry in short."""

    shelves: tuple[Shelf, ...]
    hidden: int
    """how many models there are beyond these"""


def read_shelves(connection: sqlite3.Connection) -> Shelves:
    """The models by name, with their versions in the order of `STAGE_ORDER`."""
    models = registry.models(connection)
    shown = models[:_MOST_MODELS]
    found = registry.leading_versions(connection, STAGE_ORDER, _MOST_VERSIONS + 1)
    shelves = tuple(_shelf(model.name, model.versions, found.get(model.id, ())) for model in shown)
    return Shelves(shelves, len(models) - len(shown))


def _shelf(model: str, total: int, leading: Sequence[VersionPlace]) -> Shelf:
    entries: list[ShelfEntry] = [
        VersionEntry(model, place.version, place.stage) for place in leading[:_MOST_VERSIONS]
    ]
    if len(leading) > _MOST_VERSIONS:
        entries.append(Rest(total - _MOST_VERSIONS, model, leading[_MOST_VERSIONS].version))
    return Shelf(ModelEntry(model, total), tuple(entries))
