"""Module-level functions around the active run, with MLflow's names, signatures and meanings.

The active runs of a thread are a stack: the last one started is the one that functions without a run log to.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from logger import process
from logger.names import readable_name
from logger.process import recorder_for
from logger.provenance import here, origin
from logger.reading import LoggedRun, existing_store, reading
from logger.recorder import Recorder
from logger.run import Run
from logger.store import artifacts, locate, runs, search, series
from logger.store.connection import StoreError, writing
from logger.store.locate import Store

_UID_LENGTH = 32


class _Active(threading.local):
    """Per thread: the runs started and not finished, outermost first."""

    def __init__(self) -> None:
        self.runs: list[Run] = []


@dataclass
class _Settings:
    """What `set_tracking_uri` and `set_experiment` chose, for the process."""

    store: Store | None = None
    experiment: str | None = None


_active = _Active()
# Runs logged to by their id alone, kept so that the next call finds them open.
_visited: dict[str, Run] = {}
_settings = _Settings()


@dataclass(frozen=True)
class Experiment:
    """An experiment under MLflow's names."""

    experiment_id: str
    name: str
    lifecycle_stage: str = "active"


# Where to record.


def set_tracking_uri(uri: str | PathLike[str]) -> None:
    """Record into the store in this directory (a path or file: URI). Raises ValueError for a server's address."""
    text = os.fspath(uri)
    if "://" in text and not text.startswith(("file://", "sqlite://")):
        raise ValueError(f"{text!r} is not a local directory: this tracker has no server, name a directory")
    for scheme in ("file://", "sqlite:///"):
        text = text.removeprefix(scheme)
    _settings.store = locate.at(text)


def get_tracking_uri() -> str:
    store = current_store()
    return store.directory.as_uri() if store else locate.nearest_or_new().directory.as_uri()


def current_store() -> Store | None:
    """The store of the active run, the one that was set, or the nearest; None where there is none yet."""
    run = active_run()
    return run.store if run is not None else _settings.store or locate.find()


def _store_for_writing(store: Store | str | PathLike[str] | None) -> Store:
    chosen = store if store is not None else _settings.store
    return locate.for_writing(chosen.directory if isinstance(chosen, Store) else chosen)


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Let runs that name no experiment belong to this one, which is made where there is none."""
    if (experiment_name is None) == (experiment_id is None):
        raise ValueError("set_experiment takes either a name or an id")
    with writing(_store_for_writing(None)) as connection:
        if experiment_id is not None:
            experiment_name = _experiment_name(connection, int(experiment_id))
        assert experiment_name is not None
        number = runs.experiment_id(connection, experiment_name, time.time())
    _settings.experiment = experiment_name
    return Experiment(str(number), experiment_name)


def create_experiment(
    name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
) -> str:
    """Make an experiment; returns its id. Raises ValueError when there is one of that name."""
    del artifact_location, tags
    with writing(_store_for_writing(None)) as connection:
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


def _experiment_name(connection: Any, number: int) -> str:
    for experiment in runs.experiments(connection):
        if experiment.id == number:
            return experiment.name
    raise StoreError(f"there is no experiment with id {number}")


# Runs.


def start_run(
    experiment: str | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    total_steps: int | None = None,
    store: Store | str | PathLike[str] | None = None,
    log_system_metrics: bool | None = None,
) -> Run:
    """Start a run, or resume one, and make it this thread's active run.

    `experiment`: its name; the id of an existing run in its place resumes that run, as `run_id` does.
    `nested`: allow it while another run is active, whose child it becomes. `description`: the note.
    `total_steps`: how many steps it will take, for progress and time left.
    Raises RuntimeError when another run is active and it is not nested, StoreError when a run to resume is not there.
    """
    del log_system_metrics
    parent = active_run()
    if parent is not None and not nested and run_id != parent.id:
        raise RuntimeError(
            f"run {parent.name} is active: finish it first, or start a nested run with nested=True"
        )
    recorder = recorder_for(_store_for_writing(parent.store if store is None and parent is not None else store))
    resumed = run_id or (experiment if experiment and _is_run_id(recorder.store, experiment) else None)
    if resumed:
        run = _resume(recorder, resumed)
        if run_name:
            run.rename(run_name)
        if description:
            run.note(description)
    else:
        run = Run(recorder, uuid.uuid4().hex, run_name or readable_name(), on_finish=_forget)
        recorder.event(
            "start",
            run.id,
            values={
                **origin(),
                "name": run.name,
                "started": time.time(),
                "experiment": experiment or _experiment_for(recorder.store, experiment_id, parent),
                "parent": parent_run_id or (parent.id if parent else None),
                "note": description or "",
                "total_steps": total_steps,
            },
        )
    _active.runs.append(run)
    if params:
        run.log_params(params)
    if tags:
        run.set_tags(tags)
    return run


def _experiment_for(store: Store, experiment_id: str | None, parent: Run | None) -> str | None:
    if experiment_id is not None:
        with reading(store) as (_, connection):
            return _experiment_name(connection, int(experiment_id))
    if parent is not None:
        with contextlib.suppress(StoreError):
            return _stored_experiment(parent)
    return _settings.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME")


def _stored_experiment(run: Run) -> str:
    with reading(run.store) as (_, connection):
        return runs.find(connection, run.id).experiment


def _is_run_id(store: Store, text: str) -> bool:
    if len(text) != _UID_LENGTH or not all(character in "0123456789abcdef" for character in text):
        return False
    with contextlib.suppress(StoreError), reading(store) as (_, connection):
        return runs.by_uid(connection, text) is not None
    return False


def _resume(recorder: Recorder, run_id: str) -> Run:
    run = _opened(recorder, run_id)
    recorder.event("resume", run.id, values=here())
    return run


def _opened(recorder: Recorder, run_id: str, *, ends_here: bool = True) -> Run:
    """A run of the store to log to. Raises StoreError when it is not there, or deleted."""
    with reading(recorder.store) as (_, connection):
        found = runs.find(connection, run_id)
        if found.deleted is not None:
            raise StoreError(f"run {found.name} is deleted: restore it before logging to it")
        params = runs.params(connection, found.id)
        last_steps = [metric.last_step for metric in series.metrics(connection, found.id).values()]
    return Run(
        recorder,
        found.uid,
        found.name,
        params=params,
        next_step=max(last_steps, default=-1) + 1,
        ends_here=ends_here,
        on_finish=_forget,
    )


def _forget(run: Run) -> None:
    if run in _active.runs:
        _active.runs.remove(run)


def active_run() -> Run | None:
    """The run that this thread started last and has not finished."""
    return _active.runs[-1] if _active.runs else None


def end_run(status: str = "FINISHED") -> None:
    """Finish the active run; without one, nothing happens."""
    run = active_run()
    if run is not None:
        run.finish(status)


def _run() -> Run:
    """The active run; one is started where there is none, as MLflow does."""
    return active_run() or start_run()


@contextlib.contextmanager
def use_run(run: Run) -> Iterator[Run]:
    """Make a run of another thread the active one of this thread for the length of the block."""
    _active.runs.append(run)
    try:
        yield run
    finally:
        _forget(run)


def delete_run(run_id: str) -> None:
    """Delete a run softly; `restore_run` brings it back. Raises StoreError when there is none."""
    _set_deleted(run_id, deleted=True)


def restore_run(run_id: str) -> None:
    _set_deleted(run_id, deleted=False)


def _set_deleted(run_id: str, *, deleted: bool) -> None:
    with reading() as (store, connection):
        found = runs.by_uid(connection, run_id) or runs.find(connection, run_id)
    with writing(store) as connection:
        runs.set_deleted(connection, found.id, deleted=deleted)
        runs.touch(connection, [found.id])


# Logging to the active run. MLflow counts no steps: without one, a metric is at step 0.


def log(metrics: Mapping[str, Any], step: int | None = None) -> None:
    """Record metrics of the active run; steps count by themselves where none is given."""
    _run().log(metrics, step)


def log_metric(
    key: str,
    value: Any,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
) -> None:
    del synchronous
    _target(run_id).log({key: value}, step or 0, timestamp=timestamp)


def log_metrics(
    metrics: Mapping[str, Any],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
) -> None:
    del synchronous
    _target(run_id).log(metrics, step or 0, timestamp=timestamp)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    del synchronous
    _run().log_params({key: value})
    return value


def log_params(params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None) -> None:
    del synchronous
    _target(run_id).log_params(params)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> None:
    set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> None:
    """Set tags; `mlflow.note.content` and `mlflow.runName` set the note and the name."""
    del synchronous
    run = _run()
    plain = dict(tags)
    if "mlflow.note.content" in plain:
        run.note(str(plain.pop("mlflow.note.content")))
    if "mlflow.runName" in plain:
        run.rename(str(plain.pop("mlflow.runName")))
    if plain:
        run.set_tags(plain)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run. Raises StoreError when it has none of that name."""
    run = _run()
    if key not in run.data.tags:
        raise StoreError(f"run {run.name} has no tag {key!r}")
    run.delete_tag(key)


def log_artifact(
    local_path: str | PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    _target(run_id).log_artifact(local_path, artifact_path)


def log_artifacts(
    local_dir: str | PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    _target(run_id).log_artifacts(local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    _target(run_id).log_text(text, artifact_file)


def log_dict(
    dictionary: Mapping[str, Any] | list[Any], artifact_file: str, run_id: str | None = None
) -> None:
    _target(run_id).log_dict(dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    _run().log_figure(figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any, artifact_file: str | None = None, key: str | None = None, step: int | None = None, **_: Any
) -> None:
    _run().log_image(image, artifact_file, key=key, step=step)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    _target(run_id).log_table(data, artifact_file)


def note(text: str) -> None:
    """Set the note of the active run."""
    _run().note(text)


def _target(run_id: str | None) -> Run:
    """The active run, or the one with that id: open in this process, or ended, or another process's."""
    if run_id is None:
        return _run()
    recorder = recorder_for(existing_store(_settings.store))
    for run in [*_active.runs, *recorder.runs]:
        if isinstance(run, Run) and run.id == run_id:
            return run
    run = _visited[run_id] = _opened(recorder, run_id, ends_here=False)
    return run


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """The file: URI of the active run's artifact directory, or of a path in it."""
    run = _run()
    base = artifacts.directory(run.store, run.id).as_uri()
    return f"{base}/{artifacts.safe_path(artifact_path)}" if artifact_path else base


def last_active_run() -> LoggedRun | None:
    """The run that this thread has active, or the newest one of the store."""
    run = active_run()
    with reading(run.store if run else None) as (store, connection):
        newest = search.page(connection, search.Query(), limit=1)
    if not newest:
        return None
    from logger.reading import get_run

    return get_run(run.id if run else newest[0].run.uid, store=store)


def flush() -> None:
    """Wait until what was logged is in the database; needed only before another process reads it at once."""
    store = current_store()
    if store is not None:
        process.drain(store)
