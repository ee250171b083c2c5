"""A bundle read into a store: its run restored, its files copied, the version registered under the next number."""

from __future__ import annotations

import contextlib
import json
import mimetypes
import os
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.artifacts import write_blocks
from logger.bundles.contents import (
    RunContents,
    VersionContents,
    points_of,
    run_contents,
    version_contents,
)
from logger.bundles.layout import FILES, HISTORY, POINTS, RUN, VERSION, BundleError
from logger.bundles.reading import Bundle, opened, verified
from logger.store import artifacts, inputs, registry, run_values, runs, series
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from logger.store.registry.events import IMPORT, record
from logger.store.registry.verify import file_hash

# Beyond this the history that goes along is cut, the oldest first.
_LARGEST_HISTORY = 1024 * 1024
_MOST_NAMED = 3
_LEASE_SECONDS = 60.0
# Of a run that was imported under another id: the id it had.
ORIGIN_TAG = "imported.run"


@dataclass(frozen=True)
class Imported:
    """What became of a bundle."""

    model: str
    version: int
    run_uid: str | None
    run_is_new: bool
    """whether the run was not in the store before"""


def import_version(store: Store, path: Path, *, name: str | None = None, user: str | None = None) -> Imported:
    """Register the version in a bundle as the next of its model, or of the model `name`.

    Its run is restored under its own id where that is free or belongs to the same run, else under a new one. Stage
    and aliases are for this store to give: they stand in the event that tells of the import, with the history.
    Raises BundleError for a bundle that is damaged, changed or no bundle; then nothing has changed.
    """
    with opened(path) as bundle:
        problems = verified(bundle).problems
        if problems:
            more = f" and {len(problems) - _MOST_NAMED} more" if len(problems) > _MOST_NAMED else ""
            raise BundleError(f"it is not as it was exported: {', '.join(problems[:_MOST_NAMED])}{more}")
        version = version_contents(bundle.json(VERSION))
        model = registry.model_name(version.model if name is None else name)
        run = run_contents(bundle.json(RUN)) if RUN in bundle.files else None
        files = _files(bundle, version, run)
        uid, is_new = _uid(store, run, files, bundle)
        with _copied(store, bundle, uid, files) as copies, writing(store, _LEASE_SECONDS) as connection:
            if run is not None and uid is not None:
                if is_new:
                    _restore(connection, bundle, run, uid)
                _record_files(connection, uid, copies, run)
            number = _register(connection, bundle, version, model, uid, user)
    return Imported(model, number, uid, is_new)


def _files(bundle: Bundle, version: VersionContents, run: RunContents | None) -> dict[str, str]:
    """The paths within the run of the files that go along, and their hashes. Raises BundleError."""
    hashes = {
        name.removeprefix(FILES): entry.sha256
        for name, entry in bundle.files.items()
        if name.startswith(FILES)
    }
    if not version.path:
        if hashes:
            raise BundleError("it has files of a version without an artifact")
        return {}
    try:
        path = artifacts.safe_path(version.path)
    except ValueError as error:
        raise BundleError(str(error)) from None
    if run is None or not hashes:
        raise BundleError("the files or the run of the version are missing")
    if path in hashes and len(hashes) == 1:
        below = {"": hashes[path]}
    else:
        below = {name.removeprefix(f"{path}/"): digest for name, digest in hashes.items()}
        if not all(name.startswith(f"{path}/") for name in hashes):
            raise BundleError("it has files that are not of the version's artifact")
    if registry.hash_of(below) != version.sha256:
        raise BundleError("its files are not those that were registered")
    return hashes


def _uid(
    store: Store, run: RunContents | None, files: Mapping[str, str], bundle: Bundle
) -> tuple[str | None, bool]:
    """Under which id the run is to stand, and whether it is new to the store."""
    if run is None:
        return None, False
    if not _fit(store, run.uid, files):
        return uuid.uuid4().hex, True
    if not store.database.is_file():
        return run.uid, True
    with closing(open_reader(store)) as connection:
        present = runs.by_uid(connection, run.uid)
        if present is None:
            return run.uid, True
        known = {file.path: file.sha256 for file in artifacts.of_run(connection, present.id)}
        same = (
            present.started == run.started
            and runs.params(connection, present.id) == run.params
            and all(known.get(path, digest) == digest for path, digest in files.items())
            and _same_metrics(connection, present.id, bundle)
        )
    return (run.uid, False) if same else (uuid.uuid4().hex, True)


def _fit(store: Store, uid: str, files: Mapping[str, str]) -> bool:
    """Whether the files may lie among those of a run: what is there of them, after an import cut short, is the same."""
    for path, digest in files.items():
        target = artifacts.directory(store, uid) / path
        if os.path.lexists(target) and (not target.is_file() or file_hash(target) != digest):
            return False
    return True


def _same_metrics(connection: sqlite3.Connection, run_id: int, bundle: Bundle) -> bool:
    """Whether the run in the store has every metric of the bundle, with as many points or more."""
    wanted = bundle.json(RUN).get("metrics")
    present = series.metrics(connection, run_id)
    return isinstance(wanted, dict) and all(
        key in present
        and isinstance(told, dict)
        and isinstance(told.get("n"), int)
        and present[key].n >= told["n"]
        for key, told in wanted.items()
    )


@contextlib.contextmanager
def _copied(
    store: Store, bundle: Bundle, uid: str | None, files: Mapping[str, str]
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The files, copied into the store; those that were not there before go again when the block fails."""
    copies: list[Mapping[str, Any]] = []
    fresh: list[Path] = []
    try:
        for path, digest in files.items() if uid is not None else ():
            target = artifacts.directory(store, uid or "") / path
            if target.exists():
                copies.append(_there(target, path, digest))
                continue
            fresh.append(target)
            copy = write_blocks(store, uid or "", bundle.blocks(f"{FILES}{path}"), path)
            if copy["sha256"] != digest:
                raise BundleError(f"{path!r} changed while it was copied")
            copies.append(copy)
        yield copies
    except BaseException:
        for target in fresh:
            with contextlib.suppress(OSError):
                target.unlink()
                for above in target.parents:
                    if above == store.artifacts:
                        break
                    above.rmdir()
        raise


def _there(target: Path, path: str, digest: str) -> Mapping[str, Any]:
    """What is to be recorded of a file that lay there before."""
    if file_hash(target) != digest:
        raise BundleError(f"{path!r} changed while it was looked at")
    status = target.stat()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return {"path": path, "size": status.st_size, "sha256": digest, "kind": kind, "created": status.st_mtime}


def _restore(connection: sqlite3.Connection, bundle: Bundle, run: RunContents, uid: str) -> None:
    columns = {"name": run.name, "experiment": run.experiment, "started": run.started, **run.columns}
    run_id = runs.start(connection, uid, columns)
    run_values.set_params(connection, run_id, run.params)
    tags: dict[str, str | None] = {**run.tags}
    if uid != run.uid:
        tags[ORIGIN_TAG] = run.uid
    run_values.set_tags(connection, run_id, tags)
    for found in run.inputs:
        inputs.record(connection, run_id, found)
    ids: dict[str, int] = {}
    for raw in bundle.lines(POINTS):
        key, points = points_of(raw)
        series.append(connection, run_id, {key: points}, ids)
    series.compact(connection, run_id, everything=True)
    runs.finish(connection, run_id, run.status, run.ended)
    runs.touch(connection, [run_id], run.ended)


def _record_files(
    connection: sqlite3.Connection, uid: str, copies: Sequence[Mapping[str, Any]], run: RunContents
) -> None:
    (run_id,) = connection.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
    known = {file.path for file in artifacts.of_run(connection, run_id)}
    new = [copy for copy in copies if copy["path"] not in known]
    for copy in new:
        artifacts.record(connection, run_id, {**copy, "step": run.steps.get(copy["path"])})
    if new:
        runs.touch(connection, [run_id])


def _register(
    connection: sqlite3.Connection,
    bundle: Bundle,
    version: VersionContents,
    model: str,
    uid: str | None,
    user: str | None,
) -> int:
    if not any(known.name == model for known in registry.models(connection)):
        registry.create_model(
            connection, model, description=version.model_description, tags=version.model_tags, user=user
        )
    registered = registry.register_version(
        connection,
        model,
        run_uid=uid,
        path=version.path,
        source=version.source,
        sha256=version.sha256,
        size=version.size,
        description=version.description,
        tags=version.tags,
        user=user,
    )
    registry.set_status(connection, model, registered.version, version.status, user=user)
    origin = {
        "model": version.model,
        "version": version.version,
        "stage": version.stage,
        "aliases": list(version.aliases),
        "user": version.user,
        "registered": version.created,
        "manifest": bundle.sha256,
    }
    history, left_out = _history(bundle)
    record(
        connection,
        IMPORT,
        model,
        registered.version,
        after=f"from v{version.version} of {version.model}",
        detail={"from": origin, "history": history, **({"left_out": left_out} if left_out else {})},
        user=user,
    )
    return registered.version


def _history(bundle: Bundle) -> tuple[list[Any], int]:
    """The events that go along, the newest first, and how many are too many."""
    events = bundle.json_list(HISTORY)
    kept: list[Any] = []
    size = 0
    for event in events:
        size += len(json.dumps(event))
        if size > _LARGEST_HISTORY:
            break
        kept.append(event)
    return kept, len(events) - len(kept)
