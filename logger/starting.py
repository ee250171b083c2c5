"""Choosing where to record; starting, resuming and ending runs."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from logger import monitor
from logger.code_capture import CodeCapture
from logger.context import active, active_run, current_store, settings
from logger.names import readable_name
from logger.opening import StorePath, existing_store, reading
from logger.process import is_exiting, recorder_for
from logger.provenance import here, origin, this_process
from logger.recorder import Recorder
from logger.run import Run
from logger.store import locate, runs, series
from logger.store.connection import StoreError
from logger.store.locate import Store
from logger.store.runs import StoredRun

_UID_LENGTH = 32
_JOINING_SECONDS, _LOOKING_SECONDS = 2.0, 0.02
# Who repeats a run says so to the process that does: its first run gets the tag.
REPRODUCES_VARIABLE, REPRODUCES_TAG = "TRACKER_REPRODUCES", "reproduces"

# Runs logged to by their id alone, kept so that the next call finds them open.
_visited: dict[str, Run] = {}


# Where to record.


def set_tracking_uri(uri: str | PathLike[str]) -> None:
    """Record into the store in this directory (a path or file: URI). Raises ValueError for a server's address."""
    text = os.fspath(uri)
    if "://" in text and not text.startswith(("file://", "sqlite://")):
        raise ValueError(f"{text!r} is not a local directory: this tracker has no server, name a directory")
    for scheme in ("file://", "sqlite:///"):
        text = text.removeprefix(scheme)
    settings.store = locate.at(text)


def get_tracking_uri() -> str:
    store = current_store()
    return (store or locate.choose()).directory.as_uri()


def _chosen_store(store: StorePath) -> Store:
    chosen = store if store is not None else settings.store
    return chosen if isinstance(chosen, Store) else locate.choose(chosen)


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
    store: StorePath = None,
    console: bool | None = None,
    log_system_metrics: bool | None = None,
) -> Run:
    """Start a run, or resume one, and make it this thread's active run.

    `experiment`: its name; the id of an existing run in its place resumes that run, as `run_id` does.
    `nested`: allow it while another run is active, whose child it becomes. `description`: the note.
    `total_steps`: how many steps it will take, for progress and time left.
    `log_system_metrics`: log the machine's load too, as `system/...`; None: as `logger.monitor` was told, on at first.
    `console`: record what is printed; False or TRACKER_CONSOLE=0 does not. By default it is recorded except in
    interactive sessions, notebooks and pytest, which handle output themselves; True does it there too. A program that
    draws the whole screen by curses needs False.
    Raises RuntimeError when another run is active and it is not nested, StoreError when a run to resume is not there.
    """
    parent = active_run()
    if parent is not None and not nested and run_id != parent.id:
        raise RuntimeError(
            f"run {parent.name} is active: finish it first, or start a nested run with nested=True"
        )
    recorder = recorder_for(_chosen_store(parent.store if store is None and parent is not None else store))
    resumed = run_id or (experiment if experiment and _is_run_id(recorder.store, experiment) else None)
    if resumed:
        run, began = _resume(recorder, resumed)
        if run_name:
            run.rename(run_name)
        if description:
            run.note(description)
    else:
        began = time.time()
        run = Run(recorder, uuid.uuid4().hex, run_name or readable_name(), on_finish=_forget)
        recorder.event(
            "start",
            run.id,
            values={
                **origin(),
                "name": run.name,
                "started": began,
                "experiment": experiment or _experiment_for(recorder.store, experiment_id, parent),
                "parent": parent_run_id or (parent.id if parent else None),
                "note": description or "",
                "total_steps": total_steps,
            },
            process=this_process(),
        )
        _take_code(run, parent or _here(recorder, parent_run_id))
    active.runs.append(run)
    if console is not False:
        from logger.console import recording

        recording.begin(recorder.store, run.id, console)
    if began is not None:
        monitor.watch(run, began, log_system_metrics)
    if params:
        run.log_params(params)
    if tags:
        run.set_tags(tags)
    return run


def _here(recorder: Recorder, run_id: str | None) -> Run | None:
    """The run with that id, where this process has it."""
    return next((run for run in recorder.runs if isinstance(run, Run) and run.id == run_id), None)


def _take_code(run: Run, outer: Run | None) -> None:
    """The first run of a process keeps its code; what runs within it has the same, and says only if it was changed."""
    if outer is not None and (outer.code is None or outer.code.cover(run)):
        return
    run.code = CodeCapture.begin(run)
    if repeated := os.environ.pop(REPRODUCES_VARIABLE, ""):
        run.set_tags({REPRODUCES_TAG: repeated})


def _experiment_for(store: Store, experiment_id: str | None, parent: Run | None) -> str | None:
    if experiment_id is not None:
        with reading(store) as (_, connection):
            return name_of_experiment(connection, int(experiment_id))
    if parent is not None:
        with contextlib.suppress(StoreError):
            return _stored_experiment(parent)
    return settings.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME")


def _stored_experiment(run: Run) -> str:
    with reading(run.store) as (_, connection):
        return runs.find(connection, run.id).experiment


def _is_run_id(store: Store, text: str) -> bool:
    if len(text) != _UID_LENGTH or not all(character in "0123456789abcdef" for character in text):
        return False
    with contextlib.suppress(StoreError), reading(store) as (_, connection):
        return runs.by_uid(connection, text) is not None
    return False


def _resume(recorder: Recorder, run_id: str) -> tuple[Run, float | None]:
    """The run, and when it began, epoch seconds; None where another process has it running."""
    run, found = _opened(recorder, run_id)
    recorder.event("resume", run.id, values=here(), process=this_process())
    return run, None if found.is_running else found.started


def _stored(store: Store, run_id: str) -> tuple[StoredRun, dict[str, str], int]:
    """A run, its params and its next step. Raises StoreError when it is not there.

    Waits a little for one that another process has just started: its start may not be filed yet.
    """
    deadline = time.monotonic() + _JOINING_SECONDS
    while True:
        try:
            with reading(store) as (_, connection):
                found = runs.find(connection, run_id)
                metrics = series.metrics(connection, found.id).values()
                last_step = max((metric.last_step for metric in metrics), default=-1)
                return found, runs.params(connection, found.id), last_step + 1
        except StoreError:
            if len(run_id) != _UID_LENGTH or time.monotonic() > deadline:
                raise
        time.sleep(_LOOKING_SECONDS)


def _opened(recorder: Recorder, run_id: str, *, ends_here: bool = True) -> tuple[Run, StoredRun]:
    """A run of the store to log to, and what is stored of it. Raises StoreError when it is not there, or deleted."""
    found, params, next_step = _stored(recorder.store, run_id)
    if found.deleted is not None:
        raise StoreError(f"run {found.name} is deleted: restore it before logging to it")
    run = Run(
        recorder,
        found.uid,
        found.name,
        params=params,
        next_step=next_step,
        ends_here=ends_here,
        on_finish=_forget,
    )
    return run, found


def _forget(run: Run) -> None:
    recording = sys.modules.get("logger.console.recording")
    if recording is not None:
        recording.end(run.id, exiting=is_exiting())
    if run in active.runs:
        active.runs.remove(run)


def end_run(status: str = "FINISHED") -> None:
    """Finish the active run; without one, nothing happens."""
    run = active_run()
    if run is not None:
        run.finish(status)


def active_or_new_run() -> Run:
    """The active run; one is started where there is none, as MLflow does."""
    return active_run() or start_run()


@contextlib.contextmanager
def use_run(run: Run) -> Iterator[Run]:
    """Make a run of another thread the active one of this thread for the length of the block."""
    active.runs.append(run)
    try:
        yield run
    finally:
        _forget(run)


def run_of(run_id: str | None) -> Run:
    """The active run, or the one with that id: open in this process, or ended, or another process's."""
    if run_id is None:
        return active_or_new_run()
    recorder = recorder_for(existing_store(settings.store))
    for run in [*active.runs, *recorder.runs]:
        if isinstance(run, Run) and run.id == run_id:
            return run
    run, _ = _opened(recorder, run_id, ends_here=False)
    _visited[run_id] = run
    return run


def name_of_experiment(connection: Any, number: int) -> str:
    for experiment in runs.experiments(connection):
        if experiment.id == number:
            return experiment.name
    raise StoreError(f"there is no experiment with id {number}")
