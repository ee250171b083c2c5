"""Writing what another tracker recorded into a store: a run at a time, each whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from logger.artifacts import copy_file, files_below
from logger.store import artifacts, registry, run_values, runs, series
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from logger.store.registry import RegistryError
from logger.store.registry.names import plain
from tui_tracker.importers.foreign import Contents, ForeignModel, ForeignRun, ForeignVersion, noting

# The run's tag that says whose it was.
ORIGIN_TAG = "imported.from"
_LEASE_SECONDS = 60.0
# Epoch seconds of the end of the year 9999.
_LATEST = 253_402_300_799.0

Tell = Callable[[str], object]


@dataclass
class Outcome:
    """What has become of it."""

    runs: int = 0
    """that are new"""
    known: int = 0
    """runs that were here already, and are left as they are"""
    points: int = 0
    files: int = 0
    versions: int = 0
    """of models, that are new"""
    troubles: list[str] = field(default_factory=list)
    """what could not be taken along, a sentence each"""


def restore(
    store: Store,
    contents: Contents,
    *,
    experiment: str | None = None,
    with_files: bool = True,
    tell: Tell = lambda _: None,
) -> Outcome:
    """Write all runs that are not there yet, then the models' versions.

    `experiment` takes the place of the one that a run was in; `tell` hears how far it has come. What was written before
    an error or an interruption stays, and is known the next time. Raises StoreError, OSError.
    """
    outcome = Outcome(troubles=list(contents.troubles))
    known = _known(store, contents.runs)
    for place, run in enumerate(_parents_first(contents.runs), 1):
        tell(f"{place:,} of {len(contents.runs):,} runs, {outcome.points:,} points")
        if run.uid in known:
            outcome.known += 1
            continue
        copies = list(_copies(store, run, outcome)) if with_files and run.files is not None else []
        with noting(outcome.troubles, f"run {run.name!r}"):
            _restore(store, run, experiment or run.experiment, contents.tracker, copies, outcome)
    for model in contents.models:
        _restore_model(store, model, contents.tracker, outcome)
    return outcome


def _known(store: Store, found: Sequence[ForeignRun]) -> set[str]:
    """The uids of the runs that the store has."""
    if not store.database.exists():
        return set()
    with closing(open_reader(store)) as connection:
        return {run.uid for run in found if runs.by_uid(connection, run.uid) is not None}


def _parents_first(found: Sequence[ForeignRun]) -> Iterator[ForeignRun]:
    """The runs, each after the one that it is a part of, which must be known before its children are recorded."""
    waiting = {run.uid: run for run in found}
    while waiting:
        line = [next(iter(waiting))]
        while (above := waiting[line[-1]].parent) in waiting and above not in line:
            line.append(above)
        for uid in reversed(line):
            yield waiting.pop(uid)


def _copies(store: Store, run: ForeignRun, outcome: Outcome) -> Iterator[Mapping[str, Any]]:
    """Copies the run's files; what is to be recorded of each."""
    top = run.files or Path()
    for source in files_below(top):
        path = source.relative_to(top).as_posix()
        try:
            yield copy_file(store, run.uid, source, path)
        except (OSError, ValueError) as error:
            outcome.troubles.append(f"the file {path!r} of run {run.name!r} is left out: {error}")


def _restore(
    store: Store,
    run: ForeignRun,
    experiment: str,
    tracker: str,
    copies: Sequence[Mapping[str, Any]],
    outcome: Outcome,
) -> None:
    count = 0
    with writing(store, _LEASE_SECONDS) as connection:
        is_there = run.parent is not None and runs.by_uid(connection, run.parent) is not None
        run_id = runs.start(
            connection,
            run.uid,
            {
                **{key: _plain(value) for key, value in run.columns.items()},
                "name": plain(run.name),
                "experiment": plain(experiment),
                "started": _moment(run.started),
                "parent": run.parent if is_there else None,
            },
        )
        run_values.set_params(
            connection, run_id, {plain(key): plain(value) for key, value in run.params.items()}
        )
        tags = {plain(key): plain(value) for key, value in run.tags.items()}
        run_values.set_tags(connection, run_id, {**tags, ORIGIN_TAG: tracker})
        ids: dict[str, int] = {}
        for batch in run.points():
            if batch:
                series.append(connection, run_id, {plain(key): points for key, points in batch.items()}, ids)
                series.compact(connection, run_id)
                count += sum(map(len, batch.values()))
        series.compact(connection, run_id, everything=True)
        for copy in copies:
            artifacts.record(connection, run_id, copy)
        runs.finish(connection, run_id, run.status, _moment(run.ended))
        runs.touch(connection, [run_id], _moment(run.ended))
    outcome.runs += 1
    outcome.points += count
    outcome.files += len(copies)


def _plain(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


def _moment(time: float) -> float:
    """A time that a calendar can show; that of the epoch in place of others."""
    return time if 0 <= time <= _LATEST else 0.0


def _restore_model(store: Store, model: ForeignModel, tracker: str, outcome: Outcome) -> None:
    try:
        with writing(store, _LEASE_SECONDS) as connection:
            name = registry.model_name(model.name)
            if not any(known.name == name for known in registry.models(connection)):
                registry.create_model(connection, name, description=model.description, tags=model.tags)
            present = {(known.run_uid, known.source) for known in registry.versions(connection, name)}
            for version in model.versions:
                if (version.run, version.source) not in present:
                    _register(connection, store, name, version, tracker)
                    outcome.versions += 1
    except RegistryError as error:
        outcome.troubles.append(f"the model {model.name!r} is left out: {error}")


def _register(
    connection: sqlite3.Connection, store: Store, name: str, version: ForeignVersion, tracker: str
) -> None:
    run = runs.by_uid(connection, version.run) if version.run else None
    files = artifacts.of_run(connection, run.id) if run else []
    path = version.path
    below = [file for file in files if file.path == path or file.path.startswith(f"{path}/")] if path else []
    registered = registry.register_version(
        connection,
        name,
        run_uid=run.uid if run else None,
        path=path if below else "",
        source=version.source,
        sha256=registry.hash_of({file.path[len(path) + 1 :]: file.sha256 for file in below}) if below else "",
        size=sum(file.size for file in below),
        description=version.description,
        tags=version.tags,
        user=version.user or None,
        number=version.number,
    )
    if version.stage in registry.STAGES and version.stage != registered.stage:
        reason = f"it stood there in {tracker}"
        registry.transition(
            connection,
            name,
            registered.version,
            version.stage,
            archive_existing=False,
            reason=reason,
            override=reason,
        )
    for alias in version.aliases:
        registry.set_alias(connection, name, alias, registered.version)
