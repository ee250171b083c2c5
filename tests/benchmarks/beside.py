"""Filing beside a training loop that never leaves the interpreter: what the loop loses, how long a record waits."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from logger.store import series
from logger.store.connection import Reader, open_reader
from logger.store.locate import Store
from tests.benchmarks.measuring import REPEATS, Result, scratch

_SCRIPT = Path(__file__).with_name("busy_loop.py")
_ROUNDS = 3
_POLL_SECONDS = 0.005


def beside() -> Iterator[Result]:
    """A loop of pure Python, 1 ms a step, that logs 3 metrics a step; the store is watched from another process.

    The limit: the same loop that appends as many bytes to a file, which a thread puts into SQLite, one row of bytes
    and one transaction at a time, as often.
    """
    lost: list[float] = []
    lost_to_least: list[float] = []
    waited, least_waited = [], []
    for _ in range(REPEATS):
        told, delays = _watched_loop()
        for name, losses in (("logged", lost), ("least", lost_to_least)):
            losses += [(taken / bare - 1) * 100 for taken, bare in zip(told[name], told["bare"], strict=True)]
        waited.append(sorted(delays))
        least_waited.append(told["waited"])
    yield Result(
        "what a loop of 1 ms steps loses that logs 3 metrics a step",
        statistics.median(lost),
        "%",
        statistics.median(lost_to_least),
        "<= 1 %",
    )
    for which, place, target in (("median", 0.5, ""), ("longest", 1.0, "<= 500 ms")):
        yield Result(
            f"a record's way into the store beside it, {which}",
            statistics.median(_at(place, delays) for delays in waited) * 1000,
            "ms",
            statistics.median(_at(place, delays) for delays in least_waited) * 1000,
            target,
        )


def _at(place: float, ordered: list[float]) -> float:
    return ordered[int((len(ordered) - 1) * place)]


def _watched_loop() -> tuple[dict[str, list[float]], list[float]]:
    """What the loop tells; and for each filing, the seconds until the first record that came with it could be read."""
    with scratch() as directory:
        training = subprocess.Popen(
            [sys.executable, str(_SCRIPT), str(_ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_SCRIPT.parents[2])},
        )
        assert training.stdin is not None and training.stdout is not None
        try:
            training.stdout.readline()
            with closing(open_reader(Store(directory / ".tracker"))) as reader:
                training.stdin.write("\n")
                training.stdin.flush()
                seen = _watch(reader, training)
                logged = series.history(reader, 1, "loss").times
            told = json.loads(training.stdout.readline())
            training.communicate()
        finally:
            training.kill()
    return told, [at - logged[first] / 1000 for first, at in seen]


def _watch(reader: Reader, training: subprocess.Popen[str]) -> list[tuple[int, float]]:
    """Of each filing, as long as the process lives: the place of the first record that came with it, and when."""
    known, seen = 1, []
    while training.poll() is None:
        (count,) = reader.execute("SELECT n FROM series WHERE key = 'loss'").fetchone()
        if count > known:
            seen.append((known, time.time()))
            known = count
        time.sleep(_POLL_SECONDS)
    return seen
