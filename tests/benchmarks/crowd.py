"""Many processes that log to one store at full speed, against as many that write JSON lines to files of their own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measuring import REPEATS, Result, scratch

_CALLS = 20_000
_TIMED = """
import json, os, sys, time
sys.path.insert(0, sys.argv[3])
METRICS = {"train/loss": 0.25, "train/acc": 0.75, "lr": 0.001}
if sys.argv[1] == "log":
    import logger
    run = logger.start_run("crowd", console=False, log_system_metrics=False)
    def call(step): run.log(METRICS, step)
else:
    lines = os.open(f"lines-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    def call(step): os.write(lines, json.dumps({"step": step, "time": time.time(), **METRICS}).encode())
call(0)
print("ready", flush=True)
sys.stdin.readline()
clock = time.perf_counter_ns
taken = []
spent = time.process_time_ns()
for step in range(1, int(sys.argv[2]) + 1):
    started = clock()
    call(step)
    taken.append(clock() - started)
spent = time.process_time_ns() - spent
print(json.dumps([taken, spent / 1000 / len(taken)]), flush=True)
sys.stdin.readline()
if sys.argv[1] == "log":
    run.finish()
"""


def crowd() -> Iterator[Result]:
    """`log` of 3 metrics by 1, 8 and 64 processes at once: median, 99th percentile, processor time."""
    for count in (1, 8, 64):
        figures: dict[str, list[tuple[float, float, float]]] = {"log": [], "write": []}
        for _ in range(REPEATS):
            for what, found in figures.items():
                found.append(_measure(what, count))
        ours, bare = (
            [statistics.median(column) for column in zip(*figures[what], strict=True)] for what in figures
        )
        by = f"{count} process{'es' if count > 1 else ''}"
        yield Result(f"log(3) by {by}, median, against a JSON line", ours[0], "us", bare[0])
        yield Result(f"log(3) by {by}, 99th percentile", ours[1], "us", bare[1], "<= 50 us")
        yield Result(f"processor time of log(3) and filing, {by}", ours[2], "us", bare[2])


def _measure(what: str, count: int) -> tuple[float, float, float]:
    """Microseconds over all calls of all processes: the median, the 99th percentile, processor time a call."""
    project = str(Path(__file__).parents[2])
    with scratch() as directory:
        crowd = [
            subprocess.Popen(
                [sys.executable, "-c", _TIMED, what, str(_CALLS), project],
                cwd=directory,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        try:
            _lines(crowd)
            answers = [json.loads(line) for line in _lines(crowd)]
            for member in crowd:
                member.communicate()
        finally:
            for member in crowd:
                member.kill()
                member.wait()
    taken = sorted(nanoseconds for times, _ in answers for nanoseconds in times)
    return (
        taken[len(taken) // 2] / 1000,
        taken[len(taken) * 99 // 100] / 1000,
        statistics.mean(spent for _, spent in answers),
    )


def _lines(crowd: list[subprocess.Popen[str]]) -> list[str]:
    """The next line of each, once all of them are waiting to go on; then they do."""
    lines = []
    for member in crowd:
        assert member.stdout is not None
        lines.append(member.stdout.readline())
    for member in crowd:
        assert member.stdin is not None
        member.stdin.write("\n")
        member.stdin.flush()
    return lines
