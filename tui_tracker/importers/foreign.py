"""What another tracker recorded, in the terms of a store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from logger.store.columns import Points
from logger.store.connection import StoreError

_NAMESPACE = uuid.UUID("6f5ad9b2-6a3c-5c57-9c0e-2f3f4d1c7b1e")


class ForeignError(StoreError):
    """What was to be imported cannot be: one sentence that says why."""


@dataclass(frozen=True)
class ForeignRun:
    """A run of another tracker; times are epoch seconds."""

    uid: str
    """32 hexadecimal digits, the same each time that it is read"""
    experiment: str
    name: str
    status: str
    """one of the store's, and never RUNNING: the copy runs nowhere"""
    started: float
    ended: float
    points: Callable[[], Iterator[Mapping[str, Points]]]
    """reads the points of metrics by their names, some at a time"""
    columns: Mapping[str, object] = field(default_factory=dict)
    """further columns of `runs`: host, user, source, git_commit, note"""
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    """the uid of the run that it is a part of"""
    files: Path | None = None
    """the directory of its artifacts, where there is one here"""


@dataclass(frozen=True)
class ForeignVersion:
    """A version of a registered model."""

    number: int
    run: str | None
    path: str
    """of its artifact within the run; empty where it lies elsewhere"""
    source: str
    stage: str
    description: str
    user: str
    tags: Mapping[str, str]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class ForeignModel:
    """A registered model."""

    name: str
    description: str
    tags: Mapping[str, str]
    versions: tuple[ForeignVersion, ...]
    """by number"""


@dataclass(frozen=True)
class Contents:
    """All that was found at one place."""

    tracker: str
    """whose it is: `MLflow`"""
    runs: Sequence[ForeignRun]
    models: Sequence[ForeignModel] = ()
    deleted: int = 0
    """runs that were deleted there and are left out"""
    troubles: Sequence[str] = ()
    """what could not be read, a sentence each"""


@contextmanager
def noting(troubles: list[str], what: str) -> Iterator[None]:
    """Go on without what raises a ForeignError, and note it."""
    try:
        yield
    except ForeignError as error:
        troubles.append(f"{what} is left out: {error}")


def uid_of(tracker: str, *identity: str) -> str:
    """A run's id made of what tells it from all others of its tracker."""
    return uuid.uuid5(_NAMESPACE, "\0".join((tracker, *identity))).hex


def is_uid(text: str) -> bool:
    """Whether an id can be kept."""
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)


class Gathered:
    """Points of several metrics as they come, handed on when there are many."""

    _MOST = 200_000

    def __init__(self) -> None:
        self._series: dict[str, Points] = {}
        self._count = 0

    def add(self, key: str, step: int, time: float, value: float) -> bool:
        """Take a point, `time` in epoch seconds; True when it is time to hand on.

        Raises ForeignError for a step or a time that no point can have.
        """
        points = self._series.get(key)
        if points is None:
            points = self._series[key] = Points()
        try:
            moment = int(time * 1000)
            points.steps.append(step)
            points.times.append(moment)
        except (OverflowError, ValueError):
            raise ForeignError(f"a point of {key!r} has the step {step} and the time {time}") from None
        points.values.append(value)
        self._count += 1
        return self._count >= self._MOST

    def handed_on(self) -> Mapping[str, Points]:
        """What was taken; afterwards there is nothing."""
        series, self._series, self._count = self._series, {}, 0
        return series


def flat(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """The values of nested mappings under names joined by dots."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{name}.")
        else:
            yield name, value


def number_of(value: object) -> float | None:
    """A value as a metric has it; None for what is no number. Text that stands for one not finite is one."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str) and value.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return float(value)
    return None
