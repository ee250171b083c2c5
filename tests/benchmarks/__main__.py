"""What things cost, against a bare limit measured in the same run: `python -m tests.benchmarks`.

Each case is run several times, alternating with its limit where it has one; the table gives the median, and the ratio
to the limit. Figures of a shared machine drift, ratios much less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import logger
from logger import process
from logger.store import locate, runs, search, series
from logger.store.columns import Points
from logger.store.connection import open_reader, open_writer, transaction
from logger.store.fields import Field, Sort
from logger.store.locate import Store

REPEATS = 5


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    case: str
    value: float
    unit: str
    limit: float | None = None
    """what the limit of the same run measured, in the same unit"""
    target: str = ""

    def line(self) -> str:
        ratio = f"{self.value / self.limit:.2f} x {self.limit:.2f}" if self.limit else ""
        return f"{self.case:<58} {self.value:>10.2f} {self.unit:<9} {ratio:<16} {self.target}"


@contextmanager
def scratch() -> Iterator[Path]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            yield Path(directory)
        finally:
            process.close_all("FINISHED")
            os.chdir(before)


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def microseconds_each(action: Callable[[int], object], count: int) -> list[float]:
    """Microseconds of each of `count` calls, sorted."""
    clock = time.perf_counter_ns
    taken = []
    for number in range(count):
        started = clock()
        action(number)
        taken.append((clock() - started) / 1000)
    return sorted(taken)


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
            taken = [seconds(lambda: series.history(reader, run_id, "loss")) * 1000 for _ in range(REPEATS)]
            yield Result("read one series of 1M points", statistics.median(taken), "ms", None, "<= 15 ms")
            tail = [
                seconds(lambda: series.read(reader, run_id, {"loss": n - 200})) * 1000 for _ in range(REPEATS)
            ]
            yield Result("read its last 200 points", statistics.median(tail), "ms")


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


CASES = (logging, end_to_end, cold_start, reading, table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "cases", nargs="*", help=f"some of: {', '.join(case.__name__ for case in CASES)}; all if none"
    )
    chosen = parser.parse_args().cases
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, medians of {REPEATS}"
    )
    print(f"{'case':<58} {'median':>10} {'unit':<9} {'ratio x limit':<16} target")
    for case in CASES:
        if not chosen or case.__name__ in chosen:
            for result in case():
                print(result.line(), flush=True)


if __name__ == "__main__":
    main()
