"""Reading runs back, from a notebook, a test or the script itself.

What this process has logged is filed before anything is read, so a script sees its own records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

from logger.opening import StorePath, reading
from logger.store import artifacts as artifact_store
from logger.store import runs, search, series
from logger.store.locate import Store
from logger.store.query import compile_filter, compile_order

if TYPE_CHECKING:
    import pandas

ACTIVE_ONLY, DELETED_ONLY, ALL = 1, 2, 3
_LIMIT = 1000
_LIMIT_MAX = 50_000


class History(NamedTuple):
    """All points of a metric: three columns of equal length, in order of arrival."""

    steps: list[int]
    times: list[float]
    """epoch seconds"""
    values: list[float]


@dataclass(frozen=True)
class RunInfo:
    """A run's identity and state under MLflow's names; times are epoch milliseconds."""

    run_id: str
    run_name: str
    experiment_id: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str


@dataclass(frozen=True)
class RunData:
    """What was logged to a run: the latest value of each metric, params, tags."""

    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class LoggedRun:
    """A run as it was recorded when it was read."""

    info: RunInfo
    data: RunData
    store: Store
    experiment: str
    note: str

    @property
    def id(self) -> str:
        return self.info.run_id

    @property
    def name(self) -> str:
        return self.info.run_name

    @property
    def status(self) -> str:
        return self.info.status

    def history(self, key: str) -> History:
        """All points of a metric, as they are at the time of the call."""
        return metric_history(self.id, key, store=self.store)

    def artifact(self, path: str = "") -> Path:
        """Where a file of the run lies. Raises StoreError when it is not there."""
        return artifact_store.resolve(self.store, self.id, path)


def get_run(run_id: str, *, store: StorePath = None) -> LoggedRun:
    """A run by its id, the beginning of one, or its name. Raises StoreError when there is none."""
    with reading(store) as (found, connection):
        return _logged(found, connection, runs.find(connection, run_id))


def metric_history(run_id: str, key: str, *, store: StorePath = None) -> History:
    """All points of a metric of a run; empty where there is no such metric. Raises StoreError for an unknown run."""
    with reading(store) as (_, connection):
        points = series.history(connection, runs.find(connection, run_id).id, key)
    return History(points.steps.tolist(), [time / 1000 for time in points.times], points.values.tolist())


@overload
def search_runs(
    filter_string: str = ...,
    *,
    experiment_ids: Sequence[str | int] | None = ...,
    experiment_names: Sequence[str] | None = ...,
    order_by: Sequence[str] | None = ...,
    max_results: int = ...,
    run_view_type: int = ...,
    search_all_experiments: bool = ...,
    output_format: Literal["list"] = ...,
    store: StorePath = ...,
) -> list[LoggedRun]: ...


@overload
def search_runs(
    filter_string: str = ...,
    *,
    experiment_ids: Sequence[str | int] | None = ...,
    experiment_names: Sequence[str] | None = ...,
    order_by: Sequence[str] | None = ...,
    max_results: int = ...,
    run_view_type: int = ...,
    search_all_experiments: bool = ...,
    output_format: Literal["pandas"],
    store: StorePath = ...,
) -> pandas.DataFrame: ...


def search_runs(
    filter_string: str = "",
    *,
    experiment_ids: Sequence[str | int] | None = None,
    experiment_names: Sequence[str] | None = None,
    order_by: Sequence[str] | None = None,
    max_results: int = _LIMIT,
    run_view_type: int = ACTIVE_ONLY,
    search_all_experiments: bool = True,
    output_format: Literal["list", "pandas"] = "list",
    store: StorePath = None,
) -> list[LoggedRun] | pandas.DataFrame:
    """The runs that a filter finds (the language of `logger.store.query`), newest first unless ordered.

    `order_by`: like "metrics.acc DESC". All experiments unless some are named. `max_results`: at most 50,000.
    `output_format="pandas"`: a DataFrame with MLflow's columns, where pandas is installed.
    Raises FilterError (a ValueError) for a filter or order that cannot be read, StoreError without a store.
    """
    if not 0 < max_results <= _LIMIT_MAX:
        raise ValueError(f"max_results must be between 1 and {_LIMIT_MAX}, not {max_results}")
    with reading(store) as (found, connection):
        wanted = [int(experiment) for experiment in experiment_ids or ()]
        if experiment_names is not None:
            named = {experiment.name: experiment.id for experiment in runs.experiments(connection)}
            wanted += [named[name] for name in experiment_names if name in named]
        results: list[LoggedRun] = []
        if wanted or not (experiment_ids or experiment_names):
            names = search.names(connection)
            query = search.Query(
                filter=compile_filter(filter_string or "", names),
                experiments=tuple(wanted),
                order=compile_order(order_by or (), names),
                deleted={ACTIVE_ONLY: False, DELETED_ONLY: True, ALL: None}[run_view_type],
                archived=None,
            )
            rows = search.page(connection, query, limit=max_results)
            results = [_logged(found, connection, row.run) for row in rows]
    return _frame(results) if output_format == "pandas" else results


def _logged(store: Store, connection: sqlite3.Connection, run: runs.StoredRun) -> LoggedRun:
    latest = series.metrics(connection, run.id)
    info = RunInfo(
        run_id=run.uid,
        run_name=run.name,
        experiment_id=str(run.experiment_id),
        user_id=run.user,
        status=run.status,
        start_time=int(run.started * 1000),
        end_time=None if run.ended is None else int(run.ended * 1000),
        lifecycle_stage="active" if run.deleted is None else "deleted",
        artifact_uri=artifact_store.directory(store, run.uid).as_uri(),
    )
    data = RunData(
        metrics={key: metric.last for key, metric in latest.items()},
        params=runs.params(connection, run.id),
        tags={**runs.tags(connection, run.id), **_mlflow_tags(connection, run)},
    )
    return LoggedRun(info, data, store, run.experiment, run.note)


def _mlflow_tags(connection: sqlite3.Connection, run: runs.StoredRun) -> dict[str, str]:
    """The tags under which MLflow's callers look for what we keep in columns."""
    tags = {"mlflow.runName": run.name, "mlflow.user": run.user, "mlflow.source.name": run.source}
    if run.note:
        tags["mlflow.note.content"] = run.note
    if run.git_commit:
        tags["mlflow.source.git.commit"] = run.git_commit
    if run.parent_id is not None:
        (tags["mlflow.parentRunId"],) = connection.execute(
            "SELECT uid FROM runs WHERE id = ?", (run.parent_id,)
        ).fetchone()
    return tags


def _frame(results: Sequence[LoggedRun]) -> pandas.DataFrame:
    import pandas

    rows: list[dict[str, Any]] = [
        {
            "run_id": run.id,
            "experiment_id": run.info.experiment_id,
            "status": run.status,
            "artifact_uri": run.info.artifact_uri,
            "start_time": pandas.Timestamp(run.info.start_time, unit="ms", tz="UTC"),
            "end_time": pandas.Timestamp(run.info.end_time, unit="ms", tz="UTC"),
            **{f"metrics.{key}": value for key, value in run.data.metrics.items()},
            **{f"params.{key}": value for key, value in run.data.params.items()},
            **{f"tags.{key}": value for key, value in run.data.tags.items()},
        }
        for run in results
    ]
    return pandas.DataFrame(rows)
