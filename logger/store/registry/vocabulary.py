"""The filter language as it is spoken of the registry: of model versions, and of registered models.

    name = 'churn-clf' and val/acc > 0.9      params and metrics are those of the run a version came from
    stage = production or alias = champion    also version, user, description, status, source, path, size ...
    tag:reviewed and run.status = failed      tags of the version, else of its run; run.x is the run's own x
    updated > 7d ago                          of models: name, description, versions, tags, aliases, created

SQL is over `v` (model_versions), `m` (models), `r` (runs) and `e` (experiments); of models over `m` alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from logger.store import search
from logger.store.fields import Attribute, Field, Names, ValueType
from logger.store.query import FilterError, naming, patterns
from logger.store.query.conditions import Sql
from logger.store.query.errors import listing, shown, suggestion
from logger.store.query.syntax import Name

VERSION_ATTRIBUTES: dict[str, Attribute] = {
    "name": Attribute("m.name", "text", "the model's name"),
    "version": Attribute("v.version", "number", "the version's number"),
    # A stage is named in any case.
    "stage": Attribute("v.stage COLLATE NOCASE", "text", "None, Staging, Production or Archived"),
    "status": Attribute("v.status", "text", "READY, PENDING_REGISTRATION or FAILED_REGISTRATION"),
    "description": Attribute("v.description", "text", "its description"),
    "source": Attribute("v.source", "text", "where it came from"),
    "path": Attribute("v.path", "text", "its artifact within the run"),
    "sha256": Attribute("v.sha256", "text", "the hash of its artifact"),
    "size": Attribute("v.size", "number", "bytes of its artifact"),
    "user": Attribute("v.user", "text", "who registered it"),
    "created": Attribute("v.created", "time", "when it was registered"),
    "updated": Attribute("v.updated", "time", "when it was last changed"),
    "run_id": Attribute("r.uid", "text", "the id of the run it came from"),
}
MODEL_ATTRIBUTES: dict[str, Attribute] = {
    "name": Attribute("m.name", "text", "the model's name"),
    "description": Attribute("m.description", "text", "its description"),
    "versions": Attribute(
        "(SELECT COUNT(*) FROM model_versions v WHERE v.model_id = m.id)",
        "number",
        "how many versions it has",
    ),
    "created": Attribute("m.created", "time", "when it was made"),
    "updated": Attribute("m.updated", "time", "when it was last changed"),
}
# MLflow's names.
_ALIASES = {
    "version_number": "version",
    "current_stage": "stage",
    "source_path": "source",
    "user_id": "user",
    "model": "name",
    "creation_timestamp": "created",
    "creation_time": "created",
    "last_updated_timestamp": "updated",
    "last_updated": "updated",
}
_ALIAS_NAMES = ("alias", "aliases")
_RUN_PREFIX = "run."
_OF_VERSION = "JOIN model_versions y ON y.model_id = x.model_id AND y.version = x.version"


@dataclass(frozen=True)
class RegistryAttribute(Field):
    """A property of a version or of a model."""

    expression: str = ""
    value_type: ValueType = "text"

    @property
    def type(self) -> ValueType | None:
        return self.value_type

    @property
    def column(self) -> str:
        return self.expression

    def sql(self, *, as_number: bool = False) -> tuple[str, tuple[object, ...]]:
        return self.expression, ()


@dataclass(frozen=True)
class RegistryLabels(Field):
    """The tag of that name, or any of the aliases, of a version or of a model."""

    of_model: bool = False
    is_alias: bool = False

    @property
    def label(self) -> str:
        return "alias" if self.is_alias else super().label

    @property
    def column(self) -> str:
        return "x.alias" if self.is_alias else "x.value"

    @property
    def membership(self) -> tuple[str, tuple[object, ...]]:
        table = "model_aliases" if self.is_alias else "model_tags"
        if self.of_model:
            rows = f"m.id IN (SELECT x.model_id FROM {table} x WHERE "
            own = "1" if self.is_alias else "x.version = 0 AND x.key = ?"
        else:
            rows = f"v.id IN (SELECT y.id FROM {table} x {_OF_VERSION} WHERE "
            own = "1" if self.is_alias else "x.key = ?"
        return rows + own, () if self.is_alias else (self.key,)

    def sql(self, *, as_number: bool = False) -> tuple[str, tuple[object, ...]]:
        version = "0" if self.of_model else "v.version"
        if self.is_alias:
            where = "" if self.of_model else " AND x.version = v.version"
            return (
                f"(SELECT GROUP_CONCAT(x.alias, ', ') FROM model_aliases x WHERE x.model_id = m.id{where})",
                (),
            )
        return (
            f"(SELECT x.value FROM model_tags x WHERE x.model_id = m.id AND x.version = {version} AND x.key = ?)",
            (self.key,),
        )


@dataclass(frozen=True)
class VersionVocabulary:
    """What names stand for in a filter of model versions."""

    names: Names
    """of the runs"""
    tags: frozenset[str] = frozenset()
    """of the versions"""

    def field(self, name: Name, text: str) -> Field:
        of_run = name.bare.lower().startswith(_RUN_PREFIX)
        if name.aggregate or of_run or name.kind in ("metric", "param"):
            return naming.resolve(name, text, self.names)
        if name.kind == "tag":
            of_version = name.key in self.tags or name.key not in self.names.tags
            return RegistryLabels("tag", name.key) if of_version else naming.resolve(name, text, self.names)
        if name.key.lower() in _ALIAS_NAMES:
            return RegistryLabels("tag", "alias", is_alias=True)
        found = _attribute(name, VERSION_ATTRIBUTES)
        if found is not None:
            return found
        if name.key in self.tags and name.key not in self.names.metrics | self.names.params:
            return RegistryLabels("tag", name.key)
        try:
            return naming.resolve(name, text, self.names)
        except FilterError:
            logged = self.names.metrics | self.names.params | self.names.tags | self.tags
            raise _unknown(name, text, VERSION_ATTRIBUTES, logged) from None

    def phrase(self, words: str) -> Sql:
        anywhere = patterns.containing(words)
        return Sql(
            "(m.name GLOB ? OR v.description GLOB ? OR COALESCE(r.name, '') GLOB ?"
            f" OR v.id IN (SELECT y.id FROM model_tags x {_OF_VERSION} WHERE x.value GLOB ?)"
            f" OR v.id IN (SELECT y.id FROM model_aliases x {_OF_VERSION} WHERE x.alias GLOB ?))",
            (anywhere,) * 5,
        )


@dataclass(frozen=True)
class ModelVocabulary:
    """What names stand for in a filter of registered models."""

    tags: frozenset[str] = frozenset()

    def field(self, name: Name, text: str) -> Field:
        if name.kind == "tag":
            return RegistryLabels("tag", name.key, of_model=True)
        if name.key.lower() in _ALIAS_NAMES:
            return RegistryLabels("tag", "alias", of_model=True, is_alias=True)
        found = None if name.aggregate else _attribute(name, MODEL_ATTRIBUTES)
        if found is None and name.kind is None and name.key in self.tags:
            return RegistryLabels("tag", name.key, of_model=True)
        if found is None:
            raise _unknown(name, text, MODEL_ATTRIBUTES, self.tags)
        return found

    def phrase(self, words: str) -> Sql:
        anywhere = patterns.containing(words)
        return Sql(
            "(m.name GLOB ? OR m.description GLOB ?"
            " OR m.id IN (SELECT x.model_id FROM model_tags x WHERE x.version = 0 AND x.value GLOB ?)"
            " OR m.id IN (SELECT x.model_id FROM model_aliases x WHERE x.alias GLOB ?))",
            (anywhere,) * 4,
        )


def version_vocabulary(connection: sqlite3.Connection) -> VersionVocabulary:
    """What can be asked of the versions in a store."""
    return VersionVocabulary(search.names(connection), _tags(connection, "version > 0"))


def model_vocabulary(connection: sqlite3.Connection) -> ModelVocabulary:
    """What can be asked of the models in a store."""
    return ModelVocabulary(_tags(connection, "version = 0"))


def _tags(connection: sqlite3.Connection, where: str) -> frozenset[str]:
    return frozenset(
        key for (key,) in connection.execute(f"SELECT DISTINCT key FROM model_tags WHERE {where}")
    )


def _attribute(name: Name, attributes: Mapping[str, Attribute]) -> Field | None:
    spelling = name.key.lower().replace(" ", "_")
    canonical = _ALIASES.get(spelling, spelling)
    known = attributes.get(canonical)
    return (
        None
        if known is None
        else RegistryAttribute("attribute", canonical, "last", known.expression, known.type)
    )


def _unknown(
    name: Name, text: str, attributes: Mapping[str, Attribute], others: frozenset[str]
) -> FilterError:
    known = [*attributes, "alias"]
    hint = (
        suggestion(name.key, {*known, *others})
        or f"possible are {listing([*sorted(others)[:3], *known], 12)}"
    )
    return FilterError(
        text, name.start, name.end - name.start, f"nothing is called {shown(name.key)}: {hint}"
    )
