"""Reading the registry: models and their versions as values."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logger.store.registry.names import LIVE_STAGES, RegistryError
from logger.store.series import marks

# SQLite binds at most 32,766 values in one statement.
_AT_ONCE = 1000


@dataclass(frozen=True)
class RegisteredModel:
    """A model: a name under which versions are registered."""

    id: int
    name: str
    description: str
    created: float
    updated: float
    last_version: int
    """the greatest number ever given to a version"""
    versions: int
    """how many versions there are"""
    holders: Mapping[str, int] = field(default_factory=dict)
    """the newest version in Staging and in Production, where there is one"""
    aliases: Mapping[str, int] = field(default_factory=dict)
    """the version each alias stands for"""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelVersion:
    """One version of a model."""

    model: str
    version: int
    stage: str
    aliases: tuple[str, ...]
    run_id: int | None
    """the run it came from, by its internal id"""
    run_uid: str | None
    run_name: str | None
    path: str
    """of the artifact, a file or a directory, within its run; "" for none"""
    source: str
    """where it came from, as given"""
    sha256: str
    size: int
    """bytes"""
    status: str
    description: str
    tags: Mapping[str, str]
    user: str
    """who registered it"""
    created: float
    updated: float


@dataclass(frozen=True)
class VersionPlace:
    """A version's number and stage, without the rest."""

    version: int
    stage: str


_VERSION = (
    "SELECT m.name, v.version, v.stage, v.run_id, r.uid, r.name, v.path, v.source, v.sha256, v.size,"
    " v.status, v.description, v.user, v.created, v.updated, v.id, m.id"
    " FROM model_versions v JOIN models m ON m.id = v.model_id LEFT JOIN runs r ON r.id = v.run_id"
)


def models(connection: sqlite3.Connection, text: str | None = None) -> list[RegisteredModel]:
    """Models by name; with `text`, those whose name, description, alias or tag contains it, in any case."""
    rows = connection.execute(
        "SELECT m.id, m.name, m.description, m.created, m.updated, m.last_version, COUNT(v.id)"
        " FROM models m LEFT JOIN model_versions v ON v.model_id = m.id GROUP BY m.id"
        " ORDER BY m.name COLLATE NOCASE, m.id"
    ).fetchall()
    holders: dict[int, dict[str, int]] = {}
    for model_id, stage, number in connection.execute(
        "SELECT model_id, stage, MAX(version) FROM model_versions WHERE stage IN (?, ?)"
        " GROUP BY model_id, stage",
        LIVE_STAGES,
    ):
        holders.setdefault(model_id, {})[stage] = number
    aliases: dict[int, dict[str, int]] = {}
    for model_id, alias, number in connection.execute(
        "SELECT model_id, alias, version FROM model_aliases ORDER BY alias"
    ):
        aliases.setdefault(model_id, {})[alias] = number
    tags: dict[int, dict[str, str]] = {}
    for model_id, key, value in connection.execute(
        "SELECT model_id, key, value FROM model_tags WHERE version = 0 ORDER BY key"
    ):
        tags.setdefault(model_id, {})[key] = value
    found = []
    for owner, name, description, created, updated, last_version, count in rows:
        found.append(
            RegisteredModel(
                id=owner,
                name=name,
                description=description,
                created=created,
                updated=updated,
                last_version=last_version,
                versions=count,
                holders=holders.get(owner, {}),
                aliases=aliases.get(owner, {}),
                tags=tags.get(owner, {}),
            )
        )
    return found if text is None else [model for model in found if _mentions(model, text.casefold())]


def model(connection: sqlite3.Connection, name: str) -> RegisteredModel:
    """The model of that name. Raises RegistryError when there is none."""
    for found in models(connection):
        if found.name == name:
            return found
    raise missing_model(name)


def versions(connection: sqlite3.Connection, name: str) -> list[ModelVersion]:
    """The versions of a model, the newest first. Raises RegistryError when there is no such model."""
    model_id(connection, name)
    return _versions(connection, "m.name = ?", (name,))


def versions_in(connection: sqlite3.Connection, name: str, stage: str) -> list[ModelVersion]:
    """The versions of a model in a stage, the newest first. Raises RegistryError when there is no such model."""
    model_id(connection, name)
    return _versions(connection, "m.name = ? AND v.stage = ?", (name, stage))


def leading_versions(
    connection: sqlite3.Connection, stages: Sequence[str], most: int
) -> dict[int, list[VersionPlace]]:
    """The first `most` versions of every model, by the model's id: in the order of `stages`, then the newest first."""
    ranks = " ".join(f"WHEN ? THEN {rank}" for rank in range(len(stages)))
    rows = connection.execute(
        "SELECT model_id, version, stage FROM (SELECT model_id, version, stage, ROW_NUMBER() OVER"
        f" (PARTITION BY model_id ORDER BY CASE stage {ranks} ELSE {len(stages)} END, version DESC) AS place"
        " FROM model_versions) WHERE place <= ? ORDER BY model_id, place",
        (*stages, most),
    )
    found: dict[int, list[VersionPlace]] = {}
    for owner, number, stage in rows:
        found.setdefault(owner, []).append(VersionPlace(number, stage))
    return found


def version(connection: sqlite3.Connection, name: str, number: int) -> ModelVersion:
    """One version of a model. Raises RegistryError when there is no such model or version."""
    model_id(connection, name)
    found = _versions(connection, "m.name = ? AND v.version = ?", (name, number))
    if not found:
        raise RegistryError(f"the model {name!r} has no version {number}")
    return found[0]


def versions_of_run(connection: sqlite3.Connection, run_id: int) -> list[ModelVersion]:
    """The versions, of any model, that came from a run."""
    return _versions(connection, "v.run_id = ?", (run_id,))


def versions_by_ids(connection: sqlite3.Connection, ids: Sequence[int]) -> list[ModelVersion]:
    """The versions with these internal ids, in this order."""
    found: dict[int, ModelVersion] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found |= _versions_by_id(connection, f"v.id IN ({marks(len(some))})", tuple(some))
    return [found[version] for version in ids if version in found]


def model_id(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT id FROM models WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise missing_model(name)
    return int(row[0])


def missing_model(name: str) -> RegistryError:
    return RegistryError(f"there is no model {name!r}: `run.register_model(...)` registers one")


def _versions(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[ModelVersion]:
    return list(_versions_by_id(connection, where, values).values())


def _versions_by_id(
    connection: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> dict[int, ModelVersion]:
    """The versions that a condition holds for, by their internal ids: by model, the newest first."""
    rows = connection.execute(f"{_VERSION} WHERE {where} ORDER BY m.name, v.version DESC", values).fetchall()
    aliases: dict[tuple[int, int], list[str]] = {}
    tags: dict[tuple[int, int], dict[str, str]] = {}
    for owner in {row[-1] for row in rows}:
        for alias, number in connection.execute(
            "SELECT alias, version FROM model_aliases WHERE model_id = ? ORDER BY alias", (owner,)
        ):
            aliases.setdefault((owner, number), []).append(alias)
        for number, key, value in connection.execute(
            "SELECT version, key, value FROM model_tags WHERE model_id = ? AND version > 0 ORDER BY key",
            (owner,),
        ):
            tags.setdefault((owner, number), {})[key] = value
    found: dict[int, ModelVersion] = {}
    for *row, version_id, owner in rows:
        (
            name,
            number,
            stage,
            run_id,
            uid,
            run_name,
            path,
            source,
            sha256,
            size,
            status,
            text,
            user,
            made,
            changed,
        ) = row
        place = (owner, number)
        found[version_id] = ModelVersion(
            model=name,
            version=number,
            stage=stage,
            aliases=tuple(aliases.get(place, ())),
            run_id=run_id,
            run_uid=uid,
            run_name=run_name,
            path=path,
            source=source,
            sha256=sha256,
            size=size,
            status=status,
            description=text,
            tags=tags.get(place, {}),
            user=user,
            created=made,
            updated=changed,
        )
    return found


def _mentions(model: RegisteredModel, text: str) -> bool:
    words = (model.name, model.description, *model.aliases, *model.tags, *model.tags.values())
    return any(text in word.casefold() for word in words)
