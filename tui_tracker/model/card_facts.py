"""What the card of a model version tells, read from the store in one go."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logger.store import artifacts, inputs, registry, runs, series
from logger.store.fields import SYSTEM_PREFIX
from logger.store.inputs import Input
from logger.store.locate import Store
from logger.store.registry import ModelVersion, RegistryError, RegistryEvent
from logger.store.runs import StoredRun
from logger.store.series import Metric
from tui_tracker.model.columns import metric_rank
from tui_tracker.model.promotion import Comparison, compare
from tui_tracker.model.registry_view import run_values

MOST_CURVES = 8
MOST_EVENTS = 50


@dataclass(frozen=True)
class CardFacts:
    """What a card tells."""

    version: ModelVersion
    model_description: str
    run: StoredRun | None
    """that it came from"""
    params: Mapping[str, str]
    tags: Mapping[str, str]
    """of the run"""
    metrics: Sequence[Metric]
    """but the load of its machine; the most telling first"""
    curves: Mapping[str, Sequence[float]]
    """the values of the first of them, in order of arrival"""
    inputs: Sequence[Input]
    files: Sequence[artifacts.Artifact]
    problems: Sequence[str]
    """what is wrong with the files on disk, by their hashes"""
    current: ModelVersion | None
    """the other version in Production"""
    comparison: Comparison | None
    """with it; None where there are not two runs"""
    events: Sequence[RegistryEvent]
    """the newest first"""


def read_card(
    connection: sqlite3.Connection, store: Store, name: str, number: int, *, verify: bool = True
) -> CardFacts:
    """The facts about a version; `verify` reads its files to compare their hashes. Raises RegistryError."""
    version = registry.version(connection, name, number)
    run = None if version.run_uid is None else runs.by_uid(connection, version.run_uid)
    measured = series.metrics(connection, run.id).values() if run else ()
    own_metrics = [metric for metric in measured if not metric.key.startswith(SYSTEM_PREFIX)]
    metrics = sorted(own_metrics, key=lambda found: metric_rank(found.key))
    shown = [metric.key for metric in metrics if metric.n > 1][:MOST_CURVES]
    histories = series.read(connection, run.id, dict.fromkeys(shown, 0)) if run and shown else {}
    current = registry.holder(connection, name, registry.PRODUCTION)
    if current is not None and current.version == number:
        current = None
    own = run_values(connection, version.run_id)
    other = run_values(connection, current.run_id) if current else None
    return CardFacts(
        version=version,
        model_description=registry.model(connection, name).description,
        run=run,
        params=runs.params(connection, run.id) if run else {},
        tags=runs.tags(connection, run.id) if run else {},
        metrics=metrics,
        curves={key: histories[key].values for key in shown if key in histories},
        inputs=inputs.of_run(connection, run.id) if run else [],
        files=registry.files_of(connection, version),
        problems=_problems(connection, store, version) if verify else [],
        current=current,
        comparison=compare(own, other) if own and other else None,
        events=registry.history(connection, name, number, limit=MOST_EVENTS + 1),
    )


def _problems(connection: sqlite3.Connection, store: Store, version: ModelVersion) -> list[str]:
    if not version.path:
        return []
    try:
        return registry.changes_in(connection, store, version)
    except RegistryError as error:
        return [str(error)]
