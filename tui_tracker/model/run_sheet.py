"""One run as a whole: what it is, what it was given, what it measured and left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logger.store import alerts, artifacts, inputs, runs, search, series, stopping
from logger.store.alerts import Alert
from logger.store.artifacts import Artifact
from logger.store.connection import Reader
from logger.store.inputs import Input
from logger.store.locate import Store
from logger.store.registry.read import ModelVersion, versions_of_run
from logger.store.runs import StoredRun
from logger.store.series import Metric
from logger.store.stopping import Request
from tui_tracker.model.ending import Ending, explain

# Files beyond this are counted only.
MOST_ARTIFACTS = 200


@dataclass(frozen=True)
class RunSheet:
    """Everything that the overview of a run says; texts are not cleaned yet."""

    run: StoredRun
    parent: StoredRun | None
    children: Sequence[StoredRun]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, Metric]
    inputs: Sequence[Input]
    """data sets that it read"""
    artifacts: Sequence[Artifact]
    versions: Sequence[ModelVersion]
    """of registered models that came from it"""
    alerts: Sequence[Alert] = ()
    """latest first"""
    stop: Request | None = None
    """what has been done to stop it"""
    ending: Ending | None = None
    """how it ended, where it did not finish"""


def read_sheet(reader: Reader, store: Store, run_id: int) -> RunSheet | None:
    """The sheet of a run; None where there is no such run any more."""
    found = search.by_ids(reader, [run_id])
    if not found:
        return None
    run = found[0].run
    parents = search.by_ids(reader, [run.parent_id]) if run.parent_id is not None else []
    metrics = series.metrics(reader, run_id)
    told = alerts.of_run(reader, run_id)
    request = stopping.requested(reader, run_id)
    return RunSheet(
        run,
        parents[0].run if parents else None,
        runs.children(reader, run_id),
        runs.params(reader, run_id),
        runs.tags(reader, run_id),
        metrics,
        inputs.of_run(reader, run_id),
        artifacts.of_run(reader, run_id),
        versions_of_run(reader, run_id),
        told,
        request,
        explain(store, run, metrics, told, request, stopping.processes(reader, run_id)),
    )
