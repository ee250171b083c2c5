"""What the store costs: bytes a point, reading a series, a page of the run table."""

from __future__ import annotations

import sqlite3
import statistics
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing

from logger.store import locate, runs, search, series
from logger.store.columns import Points
from logger.store.connection import open_reader, open_writer, transaction
from logger.store.fields import Field, Sort
from logger.store.locate import Store
from tests.benchmarks.measuring import REPEATS, Result, scratch, seconds


def reading() -> Iterator[Result]:
    """Bytes a point, and reading a million points of one series."""
    n = 1_000_000
    with scratch() as directory, closing(open_writer(locate.for_writing(directory / ".tracker"))) as database:
        store = Store(directory / ".tracker")
        with transaction(database):
            run_id = runs.start(database, "f" * 32, {"name": "r", "started": 0.0})
            block = 10_000
            for start in range(0, n, block):
                points = Points()
                for step in range(start, start + block):
                    points.append(step, 1_790_000_000_000 + step * 20 + step % 3, 1 / (step + 1))
                series.append(database, run_id, {"loss": points}, {})
                series.compact(database, run_id)
        (pages, page_size) = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        yield Result("bytes a point in the database", pages * page_size / n, "bytes", None, "<= 13")
        with closing(open_reader(store)) as reader:
            taken, bare = [], []
            for _ in range(REPEATS):
                bare.append(_milliseconds(_as_they_are, reader, n))
                taken.append(_milliseconds(series.history, reader, run_id, "loss"))
            yield Result(
                "read one series of 1M points, against fetching it and filling 24 MB",
                statistics.median(taken),
                "ms",
                statistics.median(bare),
                "<= 15 ms",
            )
            tail = [
                seconds(lambda: series.read(reader, run_id, {"loss": n - 200})) * 1000 for _ in range(REPEATS)
            ]
            yield Result("read its last 200 points", statistics.median(tail), "ms", None, "<= 0.1 ms")


def _milliseconds(read: Callable[..., object], *arguments: object) -> float:
    """How long a reading takes, without the giving up of the memory of what it finds."""
    started = time.perf_counter()
    found = read(*arguments)
    taken = (time.perf_counter() - started) * 1000
    del found
    return taken


def _as_they_are(reader: sqlite3.Connection, n: int) -> list[array[int]]:
    """The blobs of the points, left packed, and three columns for n points: what any reading costs at least.

    The most of it is memory that the process has not touched before.
    """
    for (blob,) in reader.execute("SELECT points FROM chunks ORDER BY series_id, seq"):
        memoryview(blob)
    return [array("q", [0]) * n for _ in range(3)]


def table() -> Iterator[Result]:
    """A page of the run table, and the best 50 by a metric, of 10,000 runs with 50 metrics."""
    with scratch() as directory:
        store = locate.for_writing(directory / ".tracker")
        with closing(open_writer(store)) as database, transaction(database):
            experiment = runs.experiment_id(database, "bench", 0.0)
            database.executemany(
                "INSERT INTO runs (id, uid, experiment_id, name, status, started, heartbeat)"
                " VALUES (?, ?, ?, ?, 'FINISHED', ?, ?)",
                [(n, f"{n:032x}", experiment, f"run-{n}", float(n), float(n)) for n in range(1, 10_001)],
            )
            database.executemany(
                "INSERT INTO series (run_id, key, n, first, last, last_step, last_time, min, max)"
                " VALUES (?, ?, 100, 1, ?, 99, 0, 0, 1)",
                [(n, f"m{m}", (n * 7919 + m) % 10_007 / 10_007) for n in range(1, 10_001) for m in range(50)],
            )
        fields = [Field("metric", f"m{m}") for m in range(10)]
        best = search.Query(order=(Sort(fields[0], descending=True),))
        with closing(open_reader(store)) as reader:
            for case, query in (
                ("newest 50 of 10,000 runs, 10 metrics each", search.Query()),
                ("best 50 by a metric", best),
            ):
                search.page(reader, query, fields, limit=50)
                taken = [
                    seconds(lambda q=query: search.page(reader, q, fields, limit=50)) * 1000
                    for _ in range(REPEATS)
                ]
                yield Result(case, statistics.median(taken), "ms", None, "<= 5 ms")
