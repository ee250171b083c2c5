"""W&B's offline runs: `wandb/offline-run-*/run-ID.wandb`, and those of runs that were synced, `wandb/run-*`.

The file is a log of LevelDB's, its records are Records of wandb/proto/wandb_internal.proto, whose field numbers these
are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from logger.store.columns import Points
from logger.store.runs import FAILED, FINISHED, LOST
from tui_tracker.importers import protobuf
from tui_tracker.importers.foreign import (
    Contents,
    ForeignRun,
    Gathered,
    flat,
    noting,
    number_of,
    uid_of,
)
from tui_tracker.importers.record_files import leveldb_records

TRACKER = "W&B"
_MAGIC = b":W&B"
# Of Record, RunRecord, items.
_HISTORY, _CONFIG, _STATS, _RUN, _EXIT = 2, 5, 7, 17, 18
_KINDS = {_HISTORY, _CONFIG, _STATS, _RUN, _EXIT}
_RUN_ID, _PROJECT, _RUN_CONFIG, _GROUP, _JOB, _NAME, _NOTES, _TAGS = 1, 3, 4, 6, 7, 8, 9, 10
_SWEEP, _HOST, _START, _GIT = 12, 13, 17, 21
_UPDATE, _REMOVE = 1, 2
_KEY, _NESTED, _JSON = 1, 2, 16
_BOOLEAN, _INTEGER, _NUMBER, _TEXT = 4, 5, 6, 7


@dataclass
class _About:
    """What the records say of a run beside its metrics."""

    uid: str = ""
    project: str = ""
    name: str = ""
    notes: str = ""
    host: str = ""
    commit: str = ""
    started: float = 0.0
    latest: float = 0.0
    exit_code: int | None = None
    config: dict[str, object] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def recognises(path: Path) -> bool:
    return bool(_logs(path))


def read(path: Path) -> Contents:
    """What is there; a run that was resumed has several files, which are read as one."""
    found: dict[str, tuple[_About, list[Path]]] = {}
    troubles: list[str] = []
    for log in _logs(path):
        with noting(troubles, str(log)):
            about = _about([log])
            if not about.uid:
                continue
            uid = uid_of(TRACKER, about.project, about.uid)
            if uid in found:
                logs = [*found[uid][1], log]
                found[uid] = _about(logs), logs
            else:
                found[uid] = about, [log]
    return Contents(
        TRACKER, [_run(uid, about, logs) for uid, (about, logs) in found.items()], troubles=troubles
    )


def _logs(path: Path) -> list[Path]:
    found = sorted(path.glob("**/run-*.wandb")) if path.is_dir() else [path]
    return [log for log in found if log.suffix == ".wandb" and log.is_file()]


def _run(uid: str, about: _About, logs: list[Path]) -> ForeignRun:
    files = logs[-1].parent / "files"
    ended = {None: LOST, 0: FINISHED}.get(about.exit_code, FAILED)
    return ForeignRun(
        uid=uid,
        experiment=about.project or "uncategorized",
        name=about.name or about.uid,
        status=ended,
        started=about.started,
        ended=max(about.started, about.latest),
        points=lambda: _points(logs, about.started),
        columns={"host": about.host, "git_commit": about.commit, "note": about.notes},
        params={
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in flat(about.config)
            if not key.startswith("_wandb")
        },
        tags=about.tags,
        files=files if files.is_dir() else None,
    )


def _about(logs: list[Path]) -> _About:
    about = _About()
    for log in logs:
        for kind, record in _records(log):
            if kind == _RUN:
                _take_run(about, record)
            elif kind == _CONFIG:
                _take_config(about, record)
            elif kind == _EXIT:
                about.exit_code = protobuf.signed(protobuf.last(record, 1))
            elif kind == _HISTORY:
                about.latest = max(about.latest, _time(dict(_items(record)), 0.0))
            elif kind == _STATS:
                about.latest = max(about.latest, _timestamp(protobuf.last(record, 2)))
    return about


def _take_run(about: _About, record: bytes) -> None:
    given = dict(protobuf.fields(record))
    about.uid = protobuf.text(given.get(_RUN_ID))
    about.project = protobuf.text(given.get(_PROJECT))
    about.name = protobuf.text(given.get(_NAME))
    about.notes = protobuf.text(given.get(_NOTES))
    about.host = protobuf.text(given.get(_HOST))
    about.commit = protobuf.text(protobuf.last(protobuf.message(given.get(_GIT)), 2))
    about.started = about.started or _timestamp(given.get(_START))
    for key, number in (("group", _GROUP), ("job_type", _JOB), ("sweep", _SWEEP)):
        if text := protobuf.text(given.get(number)):
            about.tags[key] = text
    labels = [protobuf.text(value) for number, value in protobuf.fields(record) if number == _TAGS]
    about.tags.update((label, "") for label in labels)
    _take_config(about, protobuf.message(given.get(_RUN_CONFIG)))


def _take_config(about: _About, record: bytes) -> None:
    for number, item in protobuf.fields(record):
        key, value = _item(protobuf.message(item))
        if number == _UPDATE:
            about.config[key] = value
        elif number == _REMOVE:
            about.config.pop(key, None)


def _points(logs: list[Path], started: float) -> Iterator[Mapping[str, Points]]:
    gathered = Gathered()
    step = -1
    for log in logs:
        for kind, record in _records(log):
            if kind == _HISTORY:
                given = dict(_items(record))
                told = protobuf.last(record, 2)
                step = protobuf.signed(protobuf.last(told, 1)) if isinstance(told, bytes) else step + 1
                time, place, prefix = _time(given, started), step, ""
            elif kind == _STATS:
                given = dict(_items(record, 3))
                time = _timestamp(protobuf.last(record, 2))
                place, prefix = max(int(time - started), 0), "system/"
            else:
                continue
            for key, value in flat(given):
                number = None if key.startswith("_") else number_of(value)
                if number is not None and gathered.add(f"{prefix}{key}", place, time, number):
                    yield gathered.handed_on()
    yield gathered.handed_on()


def _items(record: bytes, number: int = 1) -> Iterator[tuple[str, object]]:
    for given, item in protobuf.fields(record):
        if given == number:
            yield _item(protobuf.message(item))


def _item(item: bytes) -> tuple[str, object]:
    """A name and its value, which is JSON, or since 0.31 may be a number of its own."""
    names: list[str] = []
    value: object = None
    for number, given in protobuf.fields(item):
        if number in (_KEY, _NESTED):
            names.append(protobuf.text(given))
        elif number == _JSON:
            value = _parsed(protobuf.text(given))
        elif number == _NUMBER:
            value = protobuf.double(given)
        elif number == _INTEGER:
            value = protobuf.signed(given)
        elif number == _BOOLEAN:
            value = bool(given)
        elif number == _TEXT:
            value = protobuf.text(given)
    return ".".join(names), value


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _time(given: dict[str, object], otherwise: float) -> float:
    found = given.get("_timestamp")
    return float(found) if isinstance(found, (int, float)) else otherwise


def _timestamp(value: int | bytes | None) -> float:
    """Epoch seconds of a google.protobuf.Timestamp."""
    parts = dict(protobuf.fields(protobuf.message(value)))
    return protobuf.signed(parts.get(1)) + protobuf.signed(parts.get(2)) / 1e9


def _records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Kinds and contents of the records, as far as they were written. Raises ForeignError."""
    for record in leveldb_records(path, _MAGIC):
        for kind, content in protobuf.fields(record):
            if kind in _KINDS and isinstance(content, bytes):
                yield kind, content
