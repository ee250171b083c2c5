"""What a training script pays: `log`, filing, a cold start."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import logger
from logger import process
from tests.benchmarks.measuring import REPEATS, Result, scratch, seconds


def logging() -> Iterator[Result]:
    """`log` of 3 and of 100 metrics, against writing a JSON line of the same record."""
    for width, count in ((3, 20_000), (100, 5_000)):
        metrics = {f"group/metric-{number}": number * 0.1 for number in range(width)}
        ours, tails, bare = [], [], []
        for _ in range(REPEATS):
            with scratch():
                descriptor = os.open("lines", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

                def write(
                    step: int, descriptor: int = descriptor, metrics: dict[str, float] = metrics
                ) -> None:
                    os.write(descriptor, json.dumps({"step": step, "time": time.time(), **metrics}).encode())

                bare.append(statistics.median(microseconds_each(write, count)))
                os.close(descriptor)
                with logger.start_run("bench", console=False) as run:

                    def log(step: int, run: logger.Run = run, metrics: dict[str, float] = metrics) -> None:
                        run.log(metrics, step)

                    taken = microseconds_each(log, count)
                ours.append(statistics.median(taken))
                tails.append(taken[int(count * 0.99)])
        limit = statistics.median(bare)
        target = "<= 4 us" if width == 3 else ""
        yield Result(
            f"log({width} metrics), median, against a JSON line", statistics.median(ours), "us", limit, target
        )
        yield Result(f"log({width} metrics), 99th percentile", statistics.median(tails), "us")


def end_to_end() -> Iterator[Result]:
    """Metrics logged and in SQLite, per second, against rows written to SQLite in one batch."""
    rates, bare = [], []
    steps = 50_000
    for _ in range(REPEATS):
        with scratch():
            bare.append(3 * steps / seconds(lambda: _batch(steps)))

            def train() -> None:
                with logger.start_run("bench", console=False) as run:
                    for step in range(steps):
                        run.log({"a": 1.0, "b": 2.0, "c": 3.0}, step)

            rates.append(3 * steps / seconds(train))
    yield Result(
        "logged and in SQLite, against a bare batch of rows",
        statistics.median(rates) / 1000,
        "k/s",
        statistics.median(bare) / 1000,
    )


def _batch(steps: int) -> None:
    with contextlib.closing(sqlite3.connect("bare.db")) as database, database:
        database.execute("CREATE TABLE points (key TEXT, step INTEGER, time REAL, value REAL)")
        database.executemany(
            "INSERT INTO points VALUES (?, ?, ?, ?)",
            ((key, step, time.time(), 1.0) for step in range(steps) for key in "abc"),
        )


def closing() -> Iterator[Result]:
    """The end of a run that waits for nothing, and of one with 10,000 metric names."""
    idle, crowded = [], []
    for _ in range(REPEATS):
        with scratch():
            for taken, names in ((idle, 3), (crowded, 10_000)):
                run = logger.start_run("bench", console=False)
                metrics = dict.fromkeys((f"group/metric-{number}" for number in range(names)), 1.0)
                for step in range(20):
                    run.log(metrics, step)
                logger.flush()
                taken.append(seconds(run.finish) * 1000)
            idle[-1] += seconds(lambda: process.close_all("FINISHED")) * 1000
    yield Result(
        "end of an idle run and its process's filing", statistics.median(idle), "ms", None, "<= 200 ms"
    )
    yield Result("end of a run with 10,000 metric names", statistics.median(crowded), "ms", None, "<= 200 ms")


def cold_start() -> Iterator[Result]:
    """A process from start to end, against one that does nothing."""
    script = "import logger\nwith logger.start_run('e') as run:\n    run.log({'a': 1})"
    with scratch():
        python(script)
        imports, whole, nothing = [], [], []
        for _ in range(REPEATS):
            nothing.append(seconds(lambda: python("pass")) * 1000)
            imports.append(seconds(lambda: python("import logger")) * 1000)
            whole.append(seconds(lambda: python(script)) * 1000)
    idle = statistics.median(nothing)
    yield Result(
        "import logger, beyond an empty process", statistics.median(imports) - idle, "ms", None, "<= 30 ms"
    )
    yield Result("start, log, finish, whole process", statistics.median(whole), "ms", idle, "<= 120 ms")


def python(script: str) -> None:
    """Run a script; modules are compiled, as pip leaves them, even where the caller's environment keeps none."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)


def microseconds_each(action: Callable[[int], object], count: int) -> list[float]:
    """Microseconds of each of `count` calls, sorted."""
    clock = time.perf_counter_ns
    taken = []
    for number in range(count):
        started = clock()
        action(number)
        taken.append((clock() - started) / 1000)
    return sorted(taken)
