"""What curves cost: drawing one chart, and 16 charts of 8 runs each on a terminal of 220 columns and 60 rows, live."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.benchmarks.viewer import _BRAILLE, VIEWER, Output, _share
from tests.e2e.terminal import DOWN, PROJECT, clean_environment

UP = "\x1b[A"
_SHAPES_TO_FOUR_BY_FOUR = 7


@contextmanager
def sweep(directory: Path, rate: int) -> Iterator[None]:
    """Eight runs that log 16 metrics each, so many times a second."""
    started = subprocess.Popen(
        [sys.executable, str(PROJECT / "tests" / "benchmarks" / "sweep.py"), str(rate)],
        stdout=subprocess.PIPE,
        cwd=directory,
        env=clean_environment(directory),
        text=True,
    )
    try:
        assert started.stdout is not None and started.stdout.readline()
        yield
    finally:
        started.kill()
        started.communicate()


def charts() -> Iterator[Result]:
    """The processor while 16 charts of 8 runs grow 10 times a second, and a key meanwhile."""
    with scratch() as directory, sweep(directory, 10):
        opened = Output(
            VIEWER, columns=220, rows=60, directory=directory, environment=clean_environment(directory)
        )
        try:
            opened.when(_BRAILLE, 0)
            opened.send("M" + "Z" + "#" * _SHAPES_TO_FOUR_BY_FOUR)
            opened.take(4.0)
            share, written = _share(opened)
            opened.send("Z")
            opened.take(1.0)
            keys = []
            for _ in range(REPEATS * 2):
                keys.append(opened.press(DOWN, b"\x1b["))
                opened.take(0.37)
                keys.append(opened.press(UP, b"\x1b["))
                opened.take(0.37)
        finally:
            opened.close()
    yield Result("16 charts x 8 runs, 10 times a second: share of a core", share, "%", None, "<= 30 %")
    yield Result("16 charts x 8 runs, 10 times a second: bytes to the terminal", written / 1000, "kB/s")
    yield Result("a key beside them, to the first change", statistics.median(keys), "ms", None, "<= 50 ms")


def drawing() -> Iterator[Result]:
    """One chart of 8 runs, as a picture."""
    import numpy as np

    from tui_tracker.plotting.chart import Curve
    from tui_tracker.plotting.figure import plot
    from tui_tracker.plotting.spec import View

    random = np.random.default_rng(0)
    for points in (1000, 100_000):
        x = np.arange(float(points))
        curves = [
            Curve(str(run), f"run-{run}", x, np.exp(-x / points * 3) + random.normal(0, 0.05, points), run)
            for run in range(8)
        ]
        for smoothing in (0.0, 0.9):
            spec = View(smoothing=smoothing).chart("loss", 54, 13)
            taken = []
            for _ in range(REPEATS * 3):
                begun = time.perf_counter()
                plot(spec, curves).drawing()
                taken.append((time.perf_counter() - begun) * 1000)
            said = "smoothed" if smoothing else "as logged"
            yield Result(f"a chart of 8 runs x {points:,} points, {said}", statistics.median(taken), "ms")
