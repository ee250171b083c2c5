"""What a training script pays: `log`, filing, a cold start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import logger
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
                with logger.start_run("bench") as run:

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
    """Metrics logged and in SQLite, per second."""
    rates = []
    for _ in range(REPEATS):
        with scratch():

            def train() -> None:
                with logger.start_run("bench") as run:
                    for step in range(50_000):
                        run.log({"a": 1.0, "b": 2.0, "c": 3.0}, step)

            rates.append(150_000 / seconds(train))
    yield Result("logged and in SQLite, start and finish included", statistics.median(rates) / 1000, "k/s")


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
    subprocess.run([sys.executable, "-c", script], check=True)


def microseconds_each(action: Callable[[int], object], count: int) -> list[float]:
    """Microseconds of each of `count` calls, sorted."""
    clock = time.perf_counter_ns
    taken = []
    for number in range(count):
        started = clock()
        action(number)
        taken.append((clock() - started) / 1000)
    return sorted(taken)
