"""MLflow's client for code that is written against it: the registry in full, and reading runs back.

Logging goes through runs and the functions of the module: what a client would log by a run's id, `start_run(run_id=)`
does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from logger import models, promoting, registering
from logger.opening import StorePath
from logger.reading import ACTIVE_ONLY, LoggedRun, get_run, metric_history, search_runs

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        models.download_artifacts,
        models.get_latest_versions,
        models.get_model_version,
        models.get_model_version_by_alias,
        models.get_registered_model,
        models.search_model_versions,
        models.search_registered_models,
        promoting.create_registered_model,
        promoting.delete_model_version,
        promoting.delete_model_version_tag,
        promoting.delete_registered_model,
        promoting.delete_registered_model_alias,
        promoting.delete_registered_model_tag,
        promoting.rename_registered_model,
        promoting.set_model_version_tag,
        promoting.set_registered_model_alias,
        promoting.set_registered_model_tag,
        promoting.transition_model_version_stage,
        promoting.update_model_version,
        promoting.update_registered_model,
        registering.create_model_version,
    )
}


class Metric(NamedTuple):
    """One point of a metric."""

    key: str
    value: float
    timestamp: int
    """epoch milliseconds"""
    step: int


class MlflowClient:
    """The functions of the registry as methods, under MLflow's names and with its arguments, on one store."""

    def __init__(self, tracking_uri: StorePath = None, registry_uri: StorePath = None) -> None:
        """`tracking_uri`: the directory of a store, or a file: URI of one; the one in use without it.

        There is one store for both, so `registry_uri` counts only where the other is not given.
        """
        chosen = registry_uri if tracking_uri is None else tracking_uri
        self._store: StorePath = chosen.removeprefix("file://") if isinstance(chosen, str) else chosen

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise AttributeError(
                f"this client has no {name!r}: it has the registry's functions and those that read runs"
            )
        return partial(function, store=self._store)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_FUNCTIONS})

    def get_run(self, run_id: str) -> LoggedRun:
        return get_run(run_id, store=self._store)

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
    ) -> list[LoggedRun]:
        """The runs of some experiments that a filter finds."""
        return search_runs(
            filter_string,
            experiment_ids=experiment_ids,
            run_view_type=run_view_type,
            max_results=max_results,
            order_by=order_by,
            store=self._store,
        )

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """All points of a metric, in order of arrival."""
        points = metric_history(run_id, key, store=self._store)
        return [
            Metric(key, value, round(time * 1000), step)
            for step, time, value in zip(points.steps, points.times, points.values, strict=True)
        ]

    def get_model_version_download_uri(self, name: str, version: int | str) -> str:
        """Where the files of a version are, as a file: URI."""
        number = models.number_of(version)
        return Path(models.model_path(f"models:/{name}/{number}", store=self._store)).as_uri()

    def get_model_version_stages(self, name: str, version: int | str) -> list[str]:
        """The stages that a version may have."""
        models.get_model_version(name, version, store=self._store)
        from logger.store.registry import STAGES

        return list(STAGES)
