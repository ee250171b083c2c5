"""What a bundle says of a version and its run, as values of the types they should have."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from logger.bundles.layout import BundleError, number_of
from logger.store.columns import Points
from logger.store.inputs import Input
from logger.store.registry.names import plain
from logger.store.runs import LOST, RUNNING, SCHEDULED, STATUSES

_UID = re.compile(r"[0-9a-f]{32}")
# Epoch seconds of the year 9999: what a calendar can show.
_LATEST = 253_402_300_799.0
_LARGEST_INTEGER = 2**63 - 1

T = TypeVar("T")


@dataclass(frozen=True)
class VersionContents:
    """A version as it was where it was exported."""

    model: str
    model_description: str
    model_tags: Mapping[str, str]
    version: int
    stage: str
    aliases: tuple[str, ...]
    description: str
    tags: Mapping[str, str]
    status: str
    source: str
    path: str
    sha256: str
    size: int
    user: str
    created: float


@dataclass(frozen=True)
class RunContents:
    """The run it came from."""

    uid: str
    experiment: str
    name: str
    status: str
    """LOST for one that was running: the copy runs nowhere"""
    started: float
    ended: float
    columns: Mapping[str, Any]
    """further columns of `runs`"""
    params: Mapping[str, str]
    tags: Mapping[str, str]
    inputs: tuple[Input, ...]
    steps: Mapping[str, int | None]
    """the step that each of its files was logged at, by path"""


def version_contents(raw: Mapping[str, Any]) -> VersionContents:
    """Raises BundleError for what is missing or of another type."""
    return VersionContents(
        model=_text(raw, "model"),
        model_description=_text(raw, "model_description"),
        model_tags=_texts(raw, "model_tags"),
        version=_integer(raw, "version"),
        stage=_text(raw, "stage"),
        aliases=tuple(plain(alias) for alias in _list(raw, "aliases") if isinstance(alias, str)),
        description=_text(raw, "description"),
        tags=_texts(raw, "tags"),
        status=_text(raw, "status"),
        source=_text(raw, "source"),
        path=_text(raw, "path"),
        sha256=_text(raw, "sha256"),
        size=_integer(raw, "size"),
        user=_text(raw, "user"),
        created=_time(raw, "created"),
    )


def run_contents(raw: Mapping[str, Any]) -> RunContents:
    """Raises BundleError for what is missing or of another type."""
    uid, status = _text(raw, "uid"), _text(raw, "status")
    if not _UID.fullmatch(uid):
        raise BundleError(f"its run has the id {uid[:40]!r}, which is none")
    if status not in STATUSES:
        raise BundleError(f"its run has the status {status[:40]!r}, which is none")
    heartbeat = _time(raw, "heartbeat")
    return RunContents(
        uid=uid,
        experiment=_text(raw, "experiment"),
        name=_text(raw, "name"),
        status=LOST if status in (RUNNING, SCHEDULED) else status,
        started=_time(raw, "started"),
        ended=heartbeat if raw.get("ended") is None else _time(raw, "ended"),
        columns={
            "host": _text(raw, "host"),
            "pid": None if raw.get("pid") is None else _integer(raw, "pid"),
            "user": _text(raw, "user"),
            "source": _text(raw, "source"),
            "git_commit": _text(raw, "git_commit"),
            "git_dirty": None if raw.get("git_dirty") is None else bool(raw["git_dirty"]),
            "note": _text(raw, "note"),
            "total_steps": None if raw.get("total_steps") is None else _integer(raw, "total_steps"),
        },
        params=_texts(raw, "params"),
        tags=_texts(raw, "tags"),
        inputs=tuple(_input(_mapping(found)) for found in _list(raw, "inputs")),
        steps={
            _text(found, "path"): None if found.get("step") is None else _integer(found, "step")
            for found in map(_mapping, _list(raw, "artifacts"))
        },
    )


def points_of(raw: Mapping[str, Any]) -> tuple[str, Points]:
    """The name of a metric and some of its points. Raises BundleError."""
    key = _text(raw, "key")
    try:
        points = Points(
            array("q", _list(raw, "steps")),
            array("q", _list(raw, "times")),
            array("d", [number_of(value) for value in _list(raw, "values")]),
        )
    except (TypeError, ValueError, OverflowError):
        raise BundleError(f"points of its metric {key[:40]!r} cannot be read") from None
    if not len(points.steps) == len(points.times) == len(points.values) > 0:
        raise BundleError(f"points of its metric {key[:40]!r} are not complete")
    return key, points


def _input(raw: Mapping[str, Any]) -> Input:
    return Input(
        name=_text(raw, "name"),
        path=_text(raw, "path"),
        context=_text(raw, "context"),
        size=_integer(raw, "size"),
        files=_integer(raw, "files"),
        sha256=_text(raw, "sha256"),
        created=_time(raw, "created"),
    )


def _text(raw: Mapping[str, Any], key: str) -> str:
    return plain(_typed(raw, key, str))


def _integer(raw: Mapping[str, Any], key: str) -> int:
    found = _typed(raw, key, int)
    if isinstance(found, bool) or abs(found) > _LARGEST_INTEGER:
        raise BundleError(f"its {key!r} is no number that can be kept")
    return found


def _time(raw: Mapping[str, Any], key: str) -> float:
    found = raw.get(key)
    usable = isinstance(found, (int, float)) and not isinstance(found, bool)
    if not usable or not math.isfinite(found) or not 0 <= found <= _LATEST:  # type: ignore[arg-type,operator]
        raise BundleError(f"its {key!r} is no time")
    return float(found)  # type: ignore[arg-type]


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    return _typed(raw, key, list)


def _texts(raw: Mapping[str, Any], key: str) -> dict[str, str]:
    found = _typed(raw, key, dict)
    if not all(isinstance(value, str) for value in found.values()):
        raise BundleError(f"its {key!r} is not all text")
    return {plain(name): plain(value) for name, value in found.items()}


def _mapping(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise BundleError("a part of it is no JSON object")
    return raw


def _typed(raw: Mapping[str, Any], key: str, wanted: type[T]) -> T:
    found = raw.get(key)
    if not isinstance(found, wanted):
        raise BundleError(f"its {key!r} is missing or not what it should be")
    return found
