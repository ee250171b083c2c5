"""What recording the console costs: a script that prints, with and without it; reading a record of a gigabyte."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
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
    """A million lines into a pipe that is read: bare, recorded, and kept by `tee`, which is as little as can be done.

    On cores that other processes want too, what every process takes counts; else what the script waits for.
    """
    _adopt_orphans()
    taken: dict[str, list[tuple[float, float]]] = {"bare": [], "recorded": [], "tee": []}
    with scratch():
        for _ in range(REPEATS):
            for way, figures in taken.items():
                figures.append(_print_all(way))
    seconds, processor = (
        {way: statistics.median(both[place] for both in figures) for way, figures in taken.items()}
        for place in (0, 1)
    )
    for way, name, target in (
        ("recorded", "recorded", "<= 1.3 x"),
        ("tee", "kept by `tee FILE` in its place", ""),
    ):
        yield Result(f"printing a million lines, {name}", seconds[way], "s", seconds["bare"], target)
        yield Result("  CPU of all its processes", processor[way], "s", processor["bare"])


def printing_to_a_terminal() -> Iterator[Result]:
    """The same into a terminal that takes all at once, where Python writes line by line."""
    _adopt_orphans()
    taken: dict[str, list[float]] = {"bare": [], "recorded": []}
    with scratch():
        for _ in range(REPEATS):
            for way, figures in taken.items():
                figures.append(_print_to_a_terminal(way))
    seconds = {way: statistics.median(figures) for way, figures in taken.items()}
    yield Result(
        "printing a million lines to a terminal, recorded",
        seconds["recorded"],
        "s",
        seconds["bare"],
        "<= 1.3 x",
    )


def _print_to_a_terminal(way: str) -> float:
    screen, terminal = os.openpty()
    reader = subprocess.Popen(
        ["cat"], stdin=screen, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=True
    )
    os.close(screen)
    process = subprocess.run(
        [sys.executable, "-c", _PRINTS],
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        env=_environment(way),
        check=True,
    )
    os.close(terminal)
    reader.wait()
    return float(process.stderr)


def _environment(way: str) -> dict[str, str]:
    environment = {**os.environ, "TRACKER_CONSOLE": "1" if way == "recorded" else "0"}
    environment.pop("PYTHONUNBUFFERED", None)
    return environment


def _print_all(way: str) -> tuple[float, float]:
    """Seconds that the printing took, and seconds of CPU that all processes together did."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    reader = ["sh", "-c", "tee printed | cat"] if way == "tee" else ["cat"]
    with subprocess.Popen(reader, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reading:
        process = subprocess.run(
            [sys.executable, "-c", _PRINTS],
            stdout=reading.stdin,
            stderr=subprocess.PIPE,
            env=_environment(way),
            check=True,
        )
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(process.stderr), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _adopt_orphans() -> None:
    """Be the parent of what children leave behind, so that its CPU is counted, where the system can do that."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1)


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
