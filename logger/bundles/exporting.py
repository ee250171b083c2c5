"""A model version of a store, written as a bundle."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from logger.bundles.layout import (
    CARD,
    FILES,
    FORMAT,
    FORMAT_VERSION,
    HISTORY,
    POINTS,
    POINTS_A_LINE,
    RUN,
    VERSION,
    BundleError,
    folder_name,
    json_number,
)
from logger.bundles.writing import Writer, writing_to
from logger.store import inputs, registry, runs, series
from logger.store.connection import open_reader
from logger.store.locate import Store
from logger.store.registry import ModelVersion
from logger.store.runs import StoredRun

_RUN_FIELDS = (
    "uid experiment name status started ended heartbeat host pid user source git_commit git_dirty note total_steps"
).split()


def export_version(store: Store, name: str, number: int, target: Path, *, card: str = "") -> str:
    """Write a version to a directory, or to an archive where the name ends in .tar, .tar.gz or .tgz.

    `card`: its page, which goes along. Returns the SHA-256 of the manifest. Raises RegistryError when the version is
    not there or its files are not what was registered, BundleError when the target is there already, OSError when it
    cannot be written; then nothing is left behind.
    """
    with closing(open_reader(store)) as connection:
        version = registry.version(connection, name, number)
        artifact = registry.verified_path(connection, store, version) if version.path else None
        run = None if version.run_uid is None else runs.by_uid(connection, version.run_uid)
        with writing_to(target, folder_name(name, number), version.created) as writer:
            writer.add_json(VERSION, _version(connection, version))
            if run is not None:
                writer.add_json(RUN, _run(connection, run, version))
                writer.add_lines(POINTS, _points(connection, run.id))
            events = registry.history(connection, name, number)
            writer.add_json(HISTORY, [dataclasses.asdict(event) for event in events])
            if card:
                writer.add_text(CARD, card)
            if artifact is not None:
                _add_files(writer, artifact, version)
            told = {"format": FORMAT, "format_version": FORMAT_VERSION, "model": name, "version": number}
            return writer.finish(told)


def _version(connection: sqlite3.Connection, version: ModelVersion) -> dict[str, Any]:
    model = registry.model(connection, version.model)
    return {
        "model": version.model,
        "model_description": model.description,
        "model_tags": dict(model.tags),
        "version": version.version,
        "stage": version.stage,
        "aliases": list(version.aliases),
        "description": version.description,
        "tags": dict(version.tags),
        "status": version.status,
        "source": version.source,
        "path": version.path,
        "sha256": version.sha256,
        "size": version.size,
        "user": version.user,
        "created": version.created,
        "updated": version.updated,
    }


def _run(connection: sqlite3.Connection, run: StoredRun, version: ModelVersion) -> dict[str, Any]:
    return {
        **{field: getattr(run, field) for field in _RUN_FIELDS},
        "params": runs.params(connection, run.id),
        "tags": runs.tags(connection, run.id),
        "inputs": [dataclasses.asdict(found) for found in inputs.of_run(connection, run.id)],
        "artifacts": [
            {"path": file.path, "kind": file.kind, "step": file.step, "created": file.created}
            for file in registry.files_of(connection, version)
        ],
        "metrics": {
            key: {
                field: _value(getattr(metric, field))
                for field in ("n", "first", "last", "min", "max", "nans")
            }
            for key, metric in series.metrics(connection, run.id).items()
        },
    }


def _points(connection: sqlite3.Connection, run_id: int) -> Iterator[str]:
    for key in series.metrics(connection, run_id):
        points = series.history(connection, run_id, key)
        for start in range(0, len(points), POINTS_A_LINE):
            part = points[start : start + POINTS_A_LINE]
            columns = {
                "key": key,
                "steps": part.steps.tolist(),
                "times": part.times.tolist(),
                "values": [json_number(value) for value in part.values],
            }
            yield json.dumps(columns, allow_nan=False, separators=(",", ":")) + "\n"


def _add_files(writer: Writer, artifact: Path, version: ModelVersion) -> None:
    """Copy the artifact; what is copied must still be what was registered."""
    copied = {}
    if artifact.is_file():
        copied[""] = writer.add_file(f"{FILES}{version.path}", artifact)
    else:
        for folder, folders, names in os.walk(artifact):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                place = path.relative_to(artifact).as_posix()
                copied[place] = writer.add_file(f"{FILES}{version.path}/{place}", path)
    if registry.hash_of(copied) != version.sha256:
        raise BundleError(
            f"the files of v{version.version} of {version.model!r} changed while they were copied"
        )


def _value(value: object) -> object:
    return json_number(value) if isinstance(value, float) else value
