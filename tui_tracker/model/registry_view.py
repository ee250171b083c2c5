"""What the registry's screen shows, read from the store in one go each: a model with its versions, and one
version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from logger.store import registry, runs, series
from logger.store.connection import StoreError
from logger.store.fields import SYSTEM_PREFIX, Names
from logger.store.locate import Store
from logger.store.query import FilterError
from logger.store.registry import (
    GateOutcome,
    ModelVersion,
    RegisteredModel,
    RegistryError,
    RegistryEvent,
    StageChange,
)
from tui_tracker.model.columns import default_columns, metric_rank
from tui_tracker.model.promotion import Comparison, MetricDifference, RunValues, compare, difference
from tui_tracker.model.version_files import VersionFile, read_files

# A model is shown from its live versions down; beyond so many the table says how many more there are.
MOST_VERSIONS = 500
MOST_EVENTS = 200
STAGE_ORDER = (registry.PRODUCTION, registry.STAGING, registry.NO_STAGE, registry.ARCHIVED)


@dataclass(frozen=True)
class ModelView:
    """The models, and one of them in full."""

    models: tuple[RegisteredModel, ...]
    chosen: RegisteredModel | None
    """None where there is no model at all"""
    versions: tuple[ModelVersion, ...]
    """of the chosen one: by stage as in `STAGE_ORDER`, the newest first within a stage"""
    total: int
    """how many versions of it there are to show, shown or not"""
    metrics: tuple[str, ...]
    """the names of the telling metrics, the most telling first"""
    values: Mapping[int, Mapping[str, float]]
    """the latest value of each of `metrics`, by the internal id of the run"""
    events: tuple[RegistryEvent, ...]
    """the newest first"""
    current: ModelVersion | None = None
    """the version in Production, shown or not; `values` has those of its run too"""
    matching: int = 0
    """how many versions there are of all models shown, or how many the filter finds"""
    is_filtered: bool = False


@dataclass(frozen=True)
class Rival:
    """The version that holds a stage, beside the one that is looked at."""

    version: ModelVersion
    comparison: Comparison | None
    """None where either has no run to compare"""


@dataclass(frozen=True)
class VersionView:
    """One version in full."""

    version: ModelVersion
    siblings: tuple[ModelVersion, ...]
    """all versions of its model, this one among them, the newest first"""
    values: RunValues | None
    """of the run that it came from; None where it came from none"""
    rivals: Mapping[str, Rival]
    """the other version that holds Staging or Production, where there is one"""
    path: str
    """of its artifact on disk; "" where there is none"""
    problem: str
    """why there is no artifact to use; "" where there is one"""
    files: tuple[VersionFile, ...] = ()
    gates: Mapping[str, tuple[GateOutcome, ...]] = field(default_factory=dict)
    """for Staging and Production: what the rules say of the version; empty where nothing rules the stage"""

    @property
    def rival(self) -> Rival | None:
        """The version to measure this one by: the one in Production, else the one in Staging."""
        production, staging = (self.rivals.get(stage) for stage in (registry.PRODUCTION, registry.STAGING))
        return production or (staging if self.version.stage != registry.PRODUCTION else None)


@dataclass(frozen=True)
class RollBackView:
    """What rolling back a stage would do."""

    model: str
    stage: str
    changes: tuple[StageChange, ...]
    """the version that returns first"""
    versions: tuple[ModelVersion, ...]
    """all versions of the model"""
    present: int | None
    """the version that holds the stage"""
    comparison: Comparison | None
    """of the version that returns with the present one; None where there are not two runs"""


def read_model(connection: sqlite3.Connection, name: str | None, text: str = "") -> ModelView:
    """The models, and the named one; the first where that is gone or None is given.

    With the filter `text`, only the versions that it finds, and the models that have any. Raises StoreError for what
    is no filter.
    """
    models = tuple(registry.models(connection))
    if text:
        try:
            matching = registry.search_versions(connection, text)
        except FilterError as error:
            raise StoreError(str(error)) from None
        owners = {version.model for version in matching}
        models = tuple(model for model in models if model.name in owners)
    chosen = next((model for model in models if model.name == name), models[0] if models else None)
    if chosen is None:
        return ModelView(models, None, (), 0, (), {}, ())
    total = len(matching) if text else sum(model.versions for model in models)
    if text:
        found = sorted((version for version in matching if version.model == chosen.name), key=_shelf)
    else:
        found = sorted(registry.versions(connection, chosen.name), key=_shelf)
    versions = tuple(found[:MOST_VERSIONS])
    number = chosen.holders.get(registry.PRODUCTION)
    current = None if number is None else registry.version(connection, chosen.name, number)
    shown = versions if current is None else (*versions, current)
    run_ids = [version.run_id for version in shown if version.run_id is not None]
    metrics = telling_metrics(series.names_of(connection, run_ids))
    values = {
        run_id: {key: metric.last for key, metric in of_run.items()}
        for run_id, of_run in series.metrics_of(connection, list(dict.fromkeys(run_ids)), metrics).items()
    }
    events = tuple(registry.history(connection, chosen.name, limit=MOST_EVENTS))
    return ModelView(
        models, chosen, versions, len(found), metrics, values, events, current, total, bool(text)
    )


def read_version(connection: sqlite3.Connection, store: Store, name: str, number: int) -> VersionView:
    """One version, its run, its artifact and the versions that hold the live stages. Raises RegistryError."""
    version = registry.version(connection, name, number)
    values = run_values(connection, version.run_id)
    rivals = {}
    for stage in registry.LIVE_STAGES:
        holder = registry.holder(connection, name, stage)
        if holder is not None and holder.version != number:
            others = run_values(connection, holder.run_id)
            rivals[stage] = Rival(holder, compare(values, others) if values and others else None)
    path, problem = "", ""
    try:
        path = str(registry.artifact_path(store, version))
    except RegistryError as error:
        problem = str(error)
    siblings = tuple(registry.versions(connection, name))
    gates = {stage: tuple(registry.check(connection, name, number, stage)) for stage in registry.LIVE_STAGES}
    files = read_files(connection, store, version)
    return VersionView(version, siblings, values, rivals, path, problem, files, gates)


def read_roll_back(connection: sqlite3.Connection, name: str, stage: str) -> RollBackView:
    """What rolling back a stage would do. Raises RegistryError when there is nothing to go back to."""
    changes = tuple(registry.planned_roll_back(connection, name, stage))
    if not changes:
        raise RegistryError(
            f"no earlier version of {name!r} has held {stage}: there is nothing to roll back to"
        )
    present = registry.holder(connection, name, stage)
    returning = run_values(connection, registry.version(connection, name, changes[0].version).run_id)
    leaving = run_values(connection, present.run_id) if present else None
    return RollBackView(
        name,
        stage,
        changes,
        tuple(registry.versions(connection, name)),
        present.version if present else None,
        compare(returning, leaving) if returning and leaving else None,
    )


def telling_metrics(names: frozenset[str]) -> tuple[str, ...]:
    """The metrics that the run table would show first."""
    columns = default_columns(Names(metrics=names))
    return tuple(column.field.key for column in columns if column.field.kind == "metric")


def has_metric(view: ModelView, version: ModelVersion) -> bool:
    """Whether there is a telling metric to tell of a version."""
    return bool(view.metrics) and version.run_id is not None


def metric_beside_production(view: ModelView, version: ModelVersion) -> MetricDifference | None:
    """The most telling metric of a version, against the one that holds Production where that is another."""
    if not has_metric(view, version):
        return None
    assert version.run_id is not None
    name, holder, other = view.metrics[0], view.current, None
    if holder is not None and holder.run_id is not None and holder.version != version.version:
        other = view.values.get(holder.run_id, {}).get(name)
    return difference(name, other, view.values.get(version.run_id, {}).get(name))


def _shelf(version: ModelVersion) -> tuple[int, int]:
    return STAGE_ORDER.index(version.stage) if version.stage in STAGE_ORDER else len(
        STAGE_ORDER
    ), -version.version


def run_values(connection: sqlite3.Connection, run_id: int | None) -> RunValues | None:
    """Params and metrics of a run, the most telling metric first; the load of its machine says nothing of a model."""
    if run_id is None:
        return None
    metrics = series.metrics(connection, run_id)
    own = sorted((key for key in metrics if not key.startswith(SYSTEM_PREFIX)), key=metric_rank)
    return RunValues(runs.params(connection, run_id), {key: metrics[key].last for key in own})
