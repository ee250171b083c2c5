"""Small runs in an in-memory store, for tests of the filter language."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from logger.store import schema
from logger.store.fields import Names
from logger.store.query import compile_filter


@dataclass(frozen=True)
class Logged:
    """A run as a training script could have left it."""

    name: str
    uid: str = ""
    """By default made of the run's place in the store."""
    status: str = "FINISHED"
    started: float = 0.0
    ended: float | None = None
    heartbeat: float = 0.0
    user: str = ""
    note: str = ""
    experiment: str = "churn"
    parent: int | None = None
    """The place of its parent."""
    dirty: int | None = None
    metrics: dict[str, list[float]] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def store_of(runs: Sequence[Logged]) -> sqlite3.Connection:
    """A store that holds the runs; run i has id i + 1."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection)
    for index, run in enumerate(runs):
        _insert(connection, index + 1, run)
    return connection


def names_in(runs: Sequence[Logged]) -> Names:
    """The names in use."""
    return Names(
        *(
            frozenset(key for run in runs for key in getattr(run, kind))
            for kind in ("metrics", "params", "tags")
        )
    )


def matching(
    connection: sqlite3.Connection, runs: Sequence[Logged], text: str, now: float | None = None
) -> list[str]:
    """The names of the runs that a filter matches, in their order."""
    query = compile_filter(text, names_in(runs), now)
    rows = connection.execute(
        f"SELECT r.name FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE {query.where}"
        " ORDER BY r.id",
        query.parameters,
    )
    return [name for (name,) in rows]


def _insert(connection: sqlite3.Connection, run_id: int, run: Logged) -> None:
    connection.execute(
        "INSERT INTO experiments (name, created) SELECT ?, 0 WHERE ? NOT IN (SELECT name FROM experiments)",
        (run.experiment, run.experiment),
    )
    connection.execute(
        "INSERT INTO runs (id, uid, experiment_id, name, status, parent_id, started, ended, heartbeat, user,"
        " note, git_dirty) VALUES (?, ?, (SELECT id FROM experiments WHERE name = ?),"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run_id,
            run.uid or f"{run_id:032x}",
            run.experiment,
            run.name,
            run.status,
            None if run.parent is None else run.parent + 1,
            run.started,
            run.ended,
            run.heartbeat,
            run.user,
            run.note,
            run.dirty,
        ),
    )
    for key, points in run.metrics.items():
        known = [point for point in points if not math.isnan(point)]
        connection.execute(
            "INSERT INTO series (run_id, key, n, first, last, last_step, min, max, nans)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                key,
                len(points),
                points[0],  # SQLite stores NaN as NULL
                points[-1],
                len(points) - 1,
                min(known, default=None),
                max(known, default=None),
                len(points) - len(known),
            ),
        )
    for key, value in run.params.items():
        connection.execute("INSERT INTO params VALUES (?, ?, ?, ?)", (run_id, key, value, _number(value)))
    connection.executemany(
        "INSERT INTO tags VALUES (?, ?, ?)", [(run_id, key, value) for key, value in run.tags.items()]
    )


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
