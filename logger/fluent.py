"""Logging to the active run, with MLflow's names, signatures and meanings.

MLflow counts no steps: without one, `log_metric` records at step 0, while `log` counts by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from logger import process
from logger.context import active_run, current_store
from logger.editing import change
from logger.opening import reading
from logger.starting import active_or_new_run, run_of
from logger.store import artifacts, runs
from logger.store.connection import StoreError
from logger.store.edits import Change

if TYPE_CHECKING:
    from logger.reading import LoggedRun


def delete_run(run_id: str) -> None:
    """Delete a run softly; `restore_run` brings it back. Raises StoreError when there is none."""
    _set_deleted(run_id, deleted=True)


def restore_run(run_id: str) -> None:
    _set_deleted(run_id, deleted=False)


def _set_deleted(run_id: str, *, deleted: bool) -> None:
    with reading() as (store, connection):
        found = runs.by_uid(connection, run_id) or runs.find(connection, run_id)
    change(store, [Change(found.id, deleted=deleted)])


def log(metrics: Mapping[str, Any], step: int | None = None) -> None:
    """Record metrics of the active run; steps count by themselves where none is given."""
    active_or_new_run().log(metrics, step)


def log_metric(
    key: str,
    value: Any,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
) -> None:
    del synchronous
    run_of(run_id).log({key: value}, step or 0, timestamp=timestamp)


def log_metrics(
    metrics: Mapping[str, Any],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
) -> None:
    del synchronous
    run_of(run_id).log(metrics, step or 0, timestamp=timestamp)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    del synchronous
    active_or_new_run().log_params({key: value})
    return value


def log_params(params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None) -> None:
    del synchronous
    run_of(run_id).log_params(params)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> None:
    set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> None:
    """Set tags; `mlflow.note.content` and `mlflow.runName` set the note and the name."""
    del synchronous
    run = active_or_new_run()
    plain = dict(tags)
    if "mlflow.note.content" in plain:
        run.note(str(plain.pop("mlflow.note.content")))
    if "mlflow.runName" in plain:
        run.rename(str(plain.pop("mlflow.runName")))
    if plain:
        run.set_tags(plain)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run. Raises StoreError when it has none of that name."""
    run = active_or_new_run()
    if key not in run.data.tags:
        raise StoreError(f"run {run.name} has no tag {key!r}")
    run.delete_tag(key)


def log_artifact(
    local_path: str | PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    run_of(run_id).log_artifact(local_path, artifact_path)


def log_artifacts(
    local_dir: str | PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    run_of(run_id).log_artifacts(local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    run_of(run_id).log_text(text, artifact_file)


def log_dict(
    dictionary: Mapping[str, Any] | list[Any], artifact_file: str, run_id: str | None = None
) -> None:
    run_of(run_id).log_dict(dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    active_or_new_run().log_figure(figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any, artifact_file: str | None = None, key: str | None = None, step: int | None = None, **_: Any
) -> None:
    active_or_new_run().log_image(image, artifact_file, key=key, step=step)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    run_of(run_id).log_table(data, artifact_file)


def log_input(
    dataset: Any, context: str | None = "training", tags: Any = None, *, name: str | None = None
) -> None:
    """Record a data set that the active run reads: a path, or an object such as MLflow's."""
    active_or_new_run().log_input(dataset, context, tags, name=name)


def note(text: str) -> None:
    """Set the note of the active run."""
    active_or_new_run().note(text)


def alert(title: str, text: str = "", level: str = "WARN", step: int | None = None) -> None:
    """Tell whoever watches the active run something."""
    active_or_new_run().alert(title, text, level, step)


def should_stop() -> bool:
    """Whether somebody at the viewer has asked the active run to stop."""
    run = active_run()
    return run is not None and run.should_stop


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """The file: URI of the active run's artifact directory, or of a path in it."""
    run = active_or_new_run()
    base = artifacts.directory(run.store, run.id).as_uri()
    return f"{base}/{artifacts.safe_path(artifact_path)}" if artifact_path else base


def last_active_run() -> LoggedRun | None:
    """The run that this thread has active, or the newest one of the store."""
    from logger.reading import get_run
    from logger.store import search

    run = active_run()
    with reading(run.store if run else None) as (store, connection):
        newest = search.page(connection, search.Query(archived=None), limit=1)
    if not newest:
        return None
    return get_run(run.id if run else newest[0].run.uid, store=store)


def flush() -> None:
    """Wait until what was logged is in the database; needed only before another process reads it at once."""
    store = current_store()
    if store is not None:
        process.drain(store)
