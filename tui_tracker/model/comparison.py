"""Several runs side by side: one row for each thing they have, and where they differ.

`compare` is pure; `read_subjects` asks the store for what it needs.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from logger.store import run_values, runs, search, series
from logger.store.fields import Field
from logger.store.runs import StoredRun
from logger.store.search import Cell
from logger.store.series import Metric
from tui_tracker.model.columns import is_of_machine
from tui_tracker.model.direction import Direction, best_places
from tui_tracker.model.extremes import direction_in

Aggregate = Literal["last", "best"]
Section = Literal["run", "params", "tags", "metrics", "code", "packages"]
_SECTIONS: dict[str, Section] = {"attribute": "run", "param": "params", "tag": "tags", "metric": "metrics"}
ATTRIBUTES = ("experiment", "status", "duration", "user", "host", "commit", "dirty", "source", "note")
# Tags that this software or MLflow set for their own use.
_INTERNAL_TAGS = ("mlflow.", "tracker.")


@dataclass(frozen=True)
class Subject:
    """A run to compare."""

    run: StoredRun
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class ComparisonRow:
    """One thing that at least one of the runs has."""

    section: Section
    """what kind of thing it is"""
    label: str
    """what it is called; not yet cleaned"""
    values: tuple[Cell, ...]
    """one a run; None where it has no such thing"""
    differs: bool
    """whether not all runs have the same value; a number is the same however it is written"""
    field: Field | None = None
    """what a filter or a column calls it, of a metric with the aggregate that is compared; None for the code"""
    direction: Direction | None = None
    """which way a metric is better"""
    best: tuple[int, ...] = ()
    """of a metric: the places of the best values"""
    deltas: tuple[float | None, ...] = ()
    """of a metric: differences to the baseline's value; None at the baseline and where one is missing"""
    base: float | None = None
    """of a metric: the baseline's value"""

    def percent(self, place: int) -> float | None:
        """The difference at a place in percent of the baseline's size; None without one, and where that is 0."""
        delta = self.deltas[place] if self.deltas else None
        if delta is None or not self.base:
            return None
        share = delta / abs(self.base) * 100
        return share if math.isfinite(share) else None

    def improves(self, place: int) -> bool | None:
        """Whether the run at a place is better than the baseline; None where that cannot be told."""
        delta = self.deltas[place] if self.deltas else None
        if delta is None or delta == 0 or self.direction is None:
            return None
        return (delta < 0) == (self.direction == "lower")


def compare(
    subjects: Sequence[Subject],
    now: float,
    *,
    baseline: int = 0,
    aggregate: Aggregate = "last",
    directions: Mapping[str, Direction] = MappingProxyType({}),
) -> tuple[ComparisonRow, ...]:
    """Attributes, params, tags and metrics of the subjects, each by name, differing or not; the machine's come last.

    `best` compares the least or the greatest value of a metric that has a direction, in `directions` or by its name,
    else the last.
    """
    attributes = (
        _plain(Field("attribute", key), [_attribute(subject.run, key, now) for subject in subjects])
        for key in ATTRIBUTES
    )
    return (
        *attributes,
        *_texts("param", [subject.params for subject in subjects]),
        *_texts("tag", [_interesting(subject.tags) for subject in subjects]),
        *(
            _metric(
                key,
                [subject.metrics.get(key) for subject in subjects],
                baseline,
                aggregate,
                direction_in(key, directions),
            )
            for key in sorted(_keys(subject.metrics for subject in subjects), key=is_of_machine)
        ),
    )


def _attribute(run: StoredRun, key: str, now: float) -> Cell:
    if key == "duration":
        return run.duration(now)
    names = {"commit": "git_commit", "dirty": "git_dirty"}
    value: Cell = getattr(run, names.get(key, key))
    return None if value == "" else value


def _interesting(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if not key.startswith(_INTERNAL_TAGS)}


def _keys(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted({key for mapping in mappings for key in mapping})


def _texts(kind: Literal["param", "tag"], mappings: Sequence[Mapping[str, str]]) -> list[ComparisonRow]:
    return [_plain(Field(kind, key), [mapping.get(key) for mapping in mappings]) for key in _keys(mappings)]


def _plain(field: Field, values: Sequence[Cell]) -> ComparisonRow:
    return ComparisonRow(_SECTIONS[field.kind], _label(field), tuple(values), differ(values), field)


def _label(field: Field) -> str:
    return field.key if field.kind == "tag" else field.label


def differ(values: Iterable[Cell]) -> bool:
    """Whether not all of these are the same."""
    return len({_identity(value) for value in values}) > 1


def _metric(
    key: str,
    metrics: Sequence[Metric | None],
    baseline: int,
    aggregate: Aggregate,
    direction: Direction | None,
) -> ComparisonRow:
    name = "last"
    if aggregate == "best" and direction is not None:
        name = "min" if direction == "lower" else "max"
    values = tuple(None if metric is None else metric.value(name) for metric in metrics)
    field = Field("metric", key, name)
    return ComparisonRow(
        "metrics",
        field.label,
        values,
        differ(values),
        field,
        direction,
        best_places(values, direction),
        _deltas(values, baseline),
        values[baseline] if baseline < len(values) else None,
    )


def _deltas(values: Sequence[float | None], baseline: int) -> tuple[float | None, ...]:
    base = values[baseline] if baseline < len(values) else None
    return tuple(
        None
        if place == baseline or value is None or base is None or not math.isfinite(value - base)
        else value - base
        for place, value in enumerate(values)
    )


def _identity(value: Cell) -> object:
    """What makes two values the same: NaN equals NaN, `1e-3` equals `0.001`."""
    if isinstance(value, str):
        found = run_values.number(value)
        return value if found is None else found
    return "NaN" if value is not None and math.isnan(value) else value


def read_subjects(connection: sqlite3.Connection, run_ids: Sequence[int]) -> list[Subject]:
    """These runs with all that is compared, in this order; those that are not there are left out."""
    return [
        Subject(
            row.run,
            runs.params(connection, row.run.id),
            runs.tags(connection, row.run.id),
            series.metrics(connection, row.run.id),
        )
        for row in search.by_ids(connection, run_ids)
    ]
