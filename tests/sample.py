"""Stores for tests, written directly: known runs, known points, no process, no clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from logger.store import connection, run_values, runs, series
from logger.store.columns import Points
from logger.store.locate import Store, for_writing

# 2026-10-01 12:00:00 UTC
NOW = 1_790_856_000.0


def points(values: list[float], *, start: float = NOW, every: float = 1.0, first_step: int = 0) -> Points:
    """Values at consecutive steps, `every` seconds apart from `start`."""
    found = Points()
    for place, value in enumerate(values):
        found.append(first_step + place, int((start + place * every) * 1000), value)
    return found


def add_run(
    store: Store,
    name: str,
    *,
    uid: str | None = None,
    experiment: str = "churn",
    status: str = runs.FINISHED,
    started: float = NOW,
    duration: float = 60.0,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    metrics: Mapping[str, list[float]] | None = None,
    note: str = "",
    parent: str | None = None,
) -> str:
    """Add one run; returns its uid."""
    uid = uid or f"{abs(hash((name, experiment, started))):032x}"[:32]
    with connection.writing(store) as database:
        run_id = runs.start(
            database,
            uid,
            {
                "name": name,
                "experiment": experiment,
                "started": started,
                "host": "gpu-box",
                "pid": 4242,
                "user": "ada",
                "source": "train.py --lr 1e-3",
                "note": note,
                "parent": parent,
            },
        )
        run_values.set_params(database, run_id, params or {})
        run_values.set_tags(database, run_id, dict(tags or {}))
        if metrics:
            columns = {
                key: points(values, start=started, every=duration / max(len(values), 1))
                for key, values in metrics.items()
            }
            series.append(database, run_id, columns, {})
        if status != runs.RUNNING:
            runs.finish(database, run_id, status, started + duration)
            series.compact(database, run_id, everything=True)
        runs.touch(database, [run_id], started + duration)
    return uid


def learning_curve(steps: int, rate: float, *, floor: float = 0.1) -> list[float]:
    """A loss that falls from about 2 towards `floor`."""
    return [floor + 2.0 * math.exp(-rate * step) + 0.02 * math.sin(step * 1.7) for step in range(steps)]


def sample_store(directory: Path, count: int = 12) -> Store:
    """Two experiments: `count` runs of "churn" with every status, and two of "images"."""
    store = for_writing(directory / ".tracker")
    statuses = [runs.RUNNING, runs.FINISHED, runs.FINISHED, runs.FAILED, runs.KILLED, runs.LOST]
    rates = ["0.1", "0.03", "0.01"]
    for place in range(count):
        rate = rates[place % 3]
        loss = learning_curve(50, float(rate), floor=0.1 + 0.01 * place)
        add_run(
            store,
            f"run-{place:02}",
            uid=f"{place:032x}",
            status=statuses[place % len(statuses)],
            started=NOW - 3600 * place,
            params={"lr": rate, "depth": str(4 + place % 4), "optimizer": "adam" if place % 2 else "sgd"},
            tags={"team": "vision" if place % 2 else "tabular"},
            note="a first try" if place == 0 else "",
            metrics={
                "train/loss": loss,
                "val/loss": [value * 1.1 for value in loss[::5]],
                "val/acc": [1 / (1 + value) for value in loss[::5]],
            },
        )
    for place in range(2):
        add_run(
            store,
            f"image-{place}",
            uid=f"{1000 + place:032x}",
            experiment="images",
            started=NOW - 86400,
            params={"lr": "0.001"},
            metrics={"train/loss": learning_curve(20, 0.2)},
        )
    return store
