"""Stores of a given size, written directly, and a process that logs into one."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

from logger.store import locate, runs, series
from logger.store.columns import Points
from logger.store.connection import open_writer, transaction
from logger.store.locate import Store

# 2026-10-01 12:00:00 UTC; a point every second.
_START = 1_790_856_000


def store_of(directory: Path, *, run_count: int, metrics: int, points: int, drawn: int) -> Store:
    """Finished runs `run-00001` and up, a minute apart, each with `metrics` metrics `m00` and up and as many params.

    The newest `drawn` runs hold `points` points a metric, the others only the summary of as many.
    """
    store = locate.for_writing(directory / ".tracker")
    keys = [f"m{number:02}" for number in range(metrics)]
    with closing(open_writer(store)) as database, transaction(database):
        experiment = runs.experiment_id(database, "bench", 0.0)
        database.executemany(
            "INSERT INTO runs (id, uid, experiment_id, name, status, started, ended, heartbeat, revision)"
            " VALUES (?, ?, ?, ?, 'FINISHED', ?, ?, ?, ?)",
            [
                (n, f"{n:032x}", experiment, f"run-{n:05}", started, started + points, started + points, n)
                for n in range(1, run_count + 1)
                for started in (float(_START + 60 * n),)
            ],
        )
        database.executemany(
            "INSERT INTO params (run_id, key, value, number) VALUES (?, ?, ?, ?)",
            [
                (n, f"p{p}", str(n % (p + 2)), float(n % (p + 2)))
                for n in range(1, run_count + 1)
                for p in range(5)
            ],
        )
        database.executemany(
            "INSERT INTO series (run_id, key, n, first, last, last_step, last_time, min, min_step, max, max_step)"
            " VALUES (?, ?, ?, 2, ?, ?, ?, 0, 0, 2, 0)",
            [
                (n, key, points, value_of(n, place), points - 1, float(_START + 60 * n + points))
                for n in range(1, run_count - drawn + 1)
                for place, key in enumerate(keys)
            ],
        )
        for n in range(run_count - drawn + 1, run_count + 1):
            columns = {key: _curve(n, place, points) for place, key in enumerate(keys)}
            series.append(database, n, columns, {})
            series.compact(database, n, everything=True)
    return store


def value_of(run: int, metric: int) -> float:
    """The last value of a metric that has only its summary: below 1, another for every run."""
    return ((run * 7919 + metric) % 100_003) / 100_003


def _curve(run: int, metric: int, count: int) -> Points:
    found = Points()
    for step in range(count):
        value = (1 + metric % 7) * math.exp(-step / count * 3) + 0.1 * math.sin(step * 1.7 + run)
        found.append(step, (_START + 60 * run + step) * 1000, value)
    return found
