"""What recording the console costs: a script that prints, with and without it; reading a record of a gigabyte."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from logger.console.reading import consoles, pattern_of
from logger.console.record import STDOUT, Record
from tests.benchmarks.measuring import REPEATS, Result, scratch

_LINES = 1_000_000
_PRINTS = f"""
import logger, sys, time
with logger.start_run("e"):
    started = time.perf_counter()
    for step in range({_LINES}):
        print("step", step, "loss=0.123 and some more text of a usual length")
    sys.stdout.flush()
    sys.stderr.write(str(time.perf_counter() - started))
"""
_BYTES = 1_000_000_000


def printing() -> Iterator[Result]:
    """A million lines into a pipe that is read, recorded and not."""
    taken: dict[str, list[float]] = {"1": [], "0": []}
    with scratch():
        for _ in range(REPEATS):
            for console, seconds in taken.items():
                seconds.append(_print_all(console))
    bare = statistics.median(taken["0"])
    yield Result("printing a million lines, recorded", statistics.median(taken["1"]), "s", bare, "<= 2 x")


def _print_all(console: str) -> float:
    environment = {**os.environ, "TRACKER_CONSOLE": console}
    environment.pop("PYTHONUNBUFFERED", None)
    reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    process = subprocess.run(
        [sys.executable, "-c", _PRINTS],
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        env=environment,
        check=True,
    )
    assert reader.stdin is not None
    reader.stdin.close()
    reader.wait()
    return float(process.stderr)


def console_reading() -> Iterator[Result]:
    """A record of a gigabyte: its first screen, a search through all of it."""
    with scratch() as directory:
        block = b"".join(b"step %06d  loss 0.1234  acc 0.9876, and so on\n" % step for step in range(1000))
        record = Record(str(directory), "host-1-a", 2 * _BYTES)
        for number in range(_BYTES // len(block)):
            record.write(STDOUT, block, number)
        record.close()
        opening, searching = [], []
        for _ in range(REPEATS):
            started = time.perf_counter()
            [console] = consoles(Path(directory))
            console.refresh()
            console.lines(console.count - 50, console.count)
            opening.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            assert not list(console.search(pattern_of("what is not there"), 0))
            searching.append(time.perf_counter() - started)
            console.close()
    yield Result("a console of 1 GB: its last 50 lines", statistics.median(opening), "ms", None, "<= 50 ms")
    yield Result("a console of 1 GB: searched from end to end", statistics.median(searching), "s")
