"""TensorBoard's event files: a directory that holds some is a run, its metrics their scalars.

An event file is a sequence of TFRecords, each an Event of tensorflow/core/util/event.proto; field numbers are from
there, from summary.proto, tensor.proto and tensorboard's plugins/hparams/plugin_data.proto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from logger.store.columns import Points
from logger.store.runs import FAILED, FINISHED
from tui_tracker.importers import protobuf
from tui_tracker.importers.foreign import Contents, ForeignRun, Gathered, noting, uid_of
from tui_tracker.importers.record_files import tf_records

TRACKER = "TensorBoard"
_EVENTS = "*.tfevents.*"
_WALL_TIME, _STEP, _SUMMARY = 1, 2, 5
_VALUE = 1
_TAG, _SIMPLE, _TENSOR, _METADATA = 1, 2, 8, 9
_TYPE, _CONTENT, _FLOATS, _DOUBLES = 1, 4, 5, 6
_FLOAT_TYPE, _DOUBLE_TYPE = 1, 2
_PLUGIN, _PLUGIN_NAME, _PLUGIN_CONTENT = 1, 1, 2
_HPARAMS_PLUGIN = "hparams"
_SESSION_START, _SESSION_END, _HPARAMS, _END_STATUS = 3, 4, 1, 1
_NUMBER, _TEXT, _BOOLEAN = 2, 3, 4
_FAILURE = 2
# `add_hparams` of PyTorch and tensorboardX writes into a directory of its own, named by the time.
_HPARAMS_DIRECTORY = re.compile(r"\d{10}\.\d+")


@dataclass
class _About:
    """What the events of a run say of it beside its metrics."""

    started: float = 0.0
    ended: float = 0.0
    status: str = FINISHED
    params: dict[str, str] = field(default_factory=dict)


def recognises(path: Path) -> bool:
    return next(iter(_event_files(path)), None) is not None


def read(path: Path) -> Contents:
    runs: dict[Path, list[Path]] = {}
    for found in _event_files(path):
        directory = found.parent
        if _HPARAMS_DIRECTORY.fullmatch(directory.name) and directory != path:
            directory = directory.parent
        runs.setdefault(directory, []).append(found)
    top = path if path.is_dir() else path.parent
    read_runs: list[ForeignRun] = []
    troubles: list[str] = []
    for directory, files in sorted(runs.items()):
        with noting(troubles, f"the run in {directory}"):
            read_runs.append(_run(top, directory, files))
    return Contents(TRACKER, read_runs, troubles=troubles)


def _event_files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(found for found in path.rglob(_EVENTS) if found.is_file())
    elif path.match(_EVENTS):
        yield path


def _run(top: Path, directory: Path, files: list[Path]) -> ForeignRun:
    about = _about(files)
    name = directory.relative_to(top).as_posix()
    return ForeignRun(
        uid=uid_of(TRACKER, top.resolve().name, name, f"{about.started:.6f}"),
        experiment=top.resolve().name,
        name=top.resolve().name if name == "." else name,
        status=about.status,
        started=about.started,
        ended=about.ended,
        points=lambda: _points(files),
        params=about.params,
    )


def _about(files: list[Path]) -> _About:
    about = _About()
    for time, _, summary in _events(files):
        about.started = time if not about.started else min(about.started, time)
        about.ended = max(about.ended, time)
        # Looked for as bytes: taking every event apart for it would double the time of an import.
        for value in _values(summary) if _HPARAMS_PLUGIN.encode() in summary else ():
            for plugin in (part for number, part in value if number == _METADATA):
                _take_hparams(about, plugin)
    return about


def _take_hparams(about: _About, metadata: int | bytes) -> None:
    plugin = protobuf.message(protobuf.last(protobuf.message(metadata), _PLUGIN))
    if protobuf.text(protobuf.last(plugin, _PLUGIN_NAME)) != _HPARAMS_PLUGIN:
        return
    content = protobuf.message(protobuf.last(plugin, _PLUGIN_CONTENT))
    for number, value in protobuf.fields(content):
        if number == _SESSION_START:
            about.params.update(_hparams(protobuf.message(value)))
        elif number == _SESSION_END and protobuf.last(protobuf.message(value), _END_STATUS) == _FAILURE:
            about.status = FAILED


def _hparams(start: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of a session's start: a map, whose entries have a key and a google.protobuf.Value."""
    for number, entry in protobuf.fields(start):
        if number == _HPARAMS:
            pair = dict(protobuf.fields(protobuf.message(entry)))
            for kind, value in protobuf.fields(protobuf.message(pair.get(2))):
                if (told := _told(kind, value)) is not None:
                    yield protobuf.text(pair.get(1)), told


def _told(kind: int, value: int | bytes) -> str | None:
    """A google.protobuf.Value as text; None for null and lists."""
    if kind == _NUMBER:
        return repr(protobuf.double(value)).removesuffix(".0")
    if kind == _TEXT:
        return protobuf.text(value)
    return str(bool(value)) if kind == _BOOLEAN else None


def _points(files: list[Path]) -> Iterator[Mapping[str, Points]]:
    gathered = Gathered()
    for time, step, summary in _events(files):
        for value in _values(summary):
            given = dict(value)
            number = _scalar(given)
            if number is not None and gathered.add(protobuf.text(given.get(_TAG)), step, time, number):
                yield gathered.handed_on()
    yield gathered.handed_on()


def _scalar(value: dict[int, int | bytes]) -> float | None:
    """The number that a value holds, in either of the ways of TensorFlow 1 and 2; None for pictures and the like."""
    if _SIMPLE in value:
        return protobuf.single(value[_SIMPLE])
    if _TENSOR not in value:
        return None
    tensor = dict(protobuf.fields(protobuf.message(value[_TENSOR])))
    kind = tensor.get(_TYPE)
    numbers = tensor.get(_CONTENT) or tensor.get(_FLOATS if kind == _FLOAT_TYPE else _DOUBLES)
    if kind == _FLOAT_TYPE and isinstance(numbers, bytes) and len(numbers) == 4:
        return protobuf.single(numbers)
    if kind == _DOUBLE_TYPE and isinstance(numbers, bytes) and len(numbers) == 8:
        return protobuf.double(numbers)
    return None


def _values(summary: bytes) -> Iterator[list[protobuf.Field]]:
    for number, value in protobuf.fields(summary):
        if number == _VALUE:
            yield list(protobuf.fields(protobuf.message(value)))


def _events(files: list[Path]) -> Iterator[tuple[float, int, bytes]]:
    """Time in epoch seconds, step and Summary of every event that has one."""
    for path in files:
        for record in tf_records(path):
            given = dict(protobuf.fields(record))
            summary = given.get(_SUMMARY)
            if isinstance(summary, bytes):
                yield protobuf.double(given.get(_WALL_TIME)), protobuf.signed(given.get(_STEP)), summary
