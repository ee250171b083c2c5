"""How cost grows with work: points filed by one process, runs in one store. What should be flat is shown as it is."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from logger.store import search, series
from logger.store.connection import Reader, open_reader
from logger.store.fields import Field, Sort
from logger.store.locate import Store
from logger.store.query import compile_filter
from tests.benchmarks import measuring
from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import REPEATS, Result, scratch, seconds

# 10 metrics a call, as fast as they are taken, told at each power of ten.
_TRAINING = """
import json, os, re, resource, sys, time
sys.path.insert(0, sys.argv[2])
import logger

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

run = logger.start_run("growth", console=False)
names = [f"metric-{number}" for number in range(10)]
step, told, most = 0, 1_000_000, int(sys.argv[1])
begun, spent = time.perf_counter(), time.process_time()
logged_before = 0
while told <= most:
    while step * 10 < told:
        value = 1.0 / (step + 1)
        run.log(dict.fromkeys(names, value), step)
        step += 1
    run._recorder.drain(3600.0)
    points = told - logged_before
    size = sum(os.path.getsize(f".tracker/{name}") for name in ("tracker.db",))
    wall, processor = time.perf_counter() - begun, time.process_time() - spent
    print(json.dumps([told, points / wall, processor / points * 1e6, resident(), size / told]), flush=True)
    logged_before, told = told, told * 10
    begun, spent = time.perf_counter(), time.process_time()
run.finish()
"""


def points_grow() -> Iterator[Result]:
    """One process that logs 1M points and ten times as many again and again: rate, processor time, memory, bytes."""
    with scratch() as directory:
        training = subprocess.Popen(
            [sys.executable, "-c", _TRAINING, str(measuring.MOST_POINTS), str(Path(__file__).parents[2])],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert training.stdout is not None
        try:
            for line in training.stdout:
                points, rate, processor, memory, size = json.loads(line)
                case = f"{points // 1_000_000}M points filed"
                yield Result(f"{case}: metrics a second", rate / 1000, "k/s")
                yield Result(f"{case}: processor time a metric", processor, "us")
                yield Result(f"{case}: memory of the process", memory, "MB")
                yield Result(
                    f"{case}: bytes a point", size, "bytes", None, "<= 13" if points > 1_000_000 else ""
                )
                if points * 10 > measuring.MOST_POINTS:
                    yield from _reading(Store(directory / ".tracker"), points)
            training.wait()
        finally:
            training.kill()
            training.wait()


def _reading(store: Store, points: int) -> Iterator[Result]:
    with closing(open_reader(store)) as reader:
        n = series.metrics(reader, 1)["metric-0"].n
        if n * 10 != points:
            raise RuntimeError(f"{points} points were logged and {n * 10} are in the store")
        tail = [seconds(lambda: series.read(reader, 1, {"metric-0": n - 200})) * 1000 for _ in range(REPEATS)]
        newest = [seconds(lambda: _newest(reader)) * 1000 for _ in range(REPEATS)]
        yield Result(
            f"{points // 1_000_000}M points filed: the last 200 of one metric",
            statistics.median(tail),
            "ms",
            statistics.median(newest),
        )


def _newest(reader: Reader) -> int:
    """Fetch what holds the last points, packed: what was filed last of all metrics, and the metric's newest chunk."""
    return sum(
        len(blob)
        for table, key in (("segments", "run_id"), ("chunks", "series_id"))
        for (blob,) in reader.execute(f"SELECT points FROM {table} WHERE {key} = 1 ORDER BY seq DESC LIMIT 1")
    )


def runs_grow() -> Iterator[Result]:
    """A page of runs and the best by a metric, in stores of 1,000 runs and ten times as many again and again."""
    count = 1000
    while count <= measuring.MOST_RUNS:
        with scratch() as directory:
            yield from _pages(store_of(directory, run_count=count, metrics=10, points=100, drawn=0), count)
        count *= 10


def _pages(store: Store, count: int) -> Iterator[Result]:
    fields = [Field("metric", f"m{place:02}") for place in range(10)]
    newest, best = search.Query(), search.Query(order=(Sort(fields[0], descending=True),))
    with closing(open_reader(store)) as reader:
        broad = replace(best, filter=compile_filter("m01 > 0.1", search.names(reader)))
        let_through = search.count(reader, broad)
        run_id, middle = (search.ids(reader, best, offset=place, limit=1)[0] for place in (20, count // 2))
        for case, action in (
            ("newest 50, 10 metrics each", lambda: search.page(reader, newest, fields, limit=50)),
            ("best 50 by a metric", lambda: search.page(reader, best, fields, limit=50)),
            ("the place of a run near the top", lambda: search.position(reader, best, run_id)),
            (
                "last 50 by a metric",
                lambda: search.page(reader, best, fields, offset=count - 50, limit=50, total=count),
            ),
            (
                "50 in the middle by a metric",
                lambda: search.page(reader, best, fields, offset=count // 2, limit=50, total=count),
            ),
            ("the place of a run in the middle", lambda: search.position(reader, best, middle)),
            (
                "best 50 of nine tenths by another metric",
                lambda: search.page(reader, broad, fields, limit=50, total=let_through),
            ),
            ("how many a filter lets through", lambda: search.count(reader, broad)),
            ("how many", lambda: search.count(reader, best)),
        ):
            action()
            taken = [seconds(action) * 1000 for _ in range(REPEATS)]
            target = "<= 20 ms" if count > 10_000 else "<= 5 ms"
            yield Result(f"{count:,} runs: {case}", statistics.median(taken), "ms", None, target)
