"""Experiments under MLflow's names."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from logger.context import settings
from logger.opening import reading
from logger.starting import name_of_experiment
from logger.store import locate, runs
from logger.store.connection import StoreError, writing_here
from logger.store.locate import Store


@dataclass(frozen=True)
class Experiment:
    """An experiment under MLflow's names."""

    experiment_id: str
    name: str
    lifecycle_stage: str = "active"


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Let runs that name no experiment belong to this one, which is made where there is none."""
    if (experiment_name is None) == (experiment_id is None):
        raise ValueError("set_experiment takes either a name or an id")
    with writing_here(_store()) as connection:
        if experiment_id is not None:
            experiment_name = name_of_experiment(connection, int(experiment_id))
        assert experiment_name is not None
        number = runs.experiment_id(connection, experiment_name, time.time())
    settings.experiment = experiment_name
    return Experiment(str(number), experiment_name)


def create_experiment(
    name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
) -> str:
    """Make an experiment; returns its id. Raises ValueError when there is one of that name."""
    del artifact_location, tags
    with writing_here(_store()) as connection:
        if any(experiment.name == name for experiment in runs.experiments(connection)):
            raise ValueError(f"there is already an experiment {name!r}")
        return str(runs.experiment_id(connection, name, time.time()))


def get_experiment_by_name(name: str) -> Experiment | None:
    return next((experiment for experiment in search_experiments() if experiment.name == name), None)


def get_experiment(experiment_id: str) -> Experiment:
    for experiment in search_experiments():
        if experiment.experiment_id == str(experiment_id):
            return experiment
    raise StoreError(f"there is no experiment with id {experiment_id}")


def search_experiments() -> list[Experiment]:
    with reading() as (_, connection):
        return [Experiment(str(found.id), found.name) for found in runs.experiments(connection)]


def _store() -> Store:
    return locate.for_writing(settings.store.directory if settings.store else None)
