"""Beside `wandb leet`, which shows runs in a terminal too: the same runs, written by each in its own way.

Needs the command `wandb` on the PATH, with the Python that it belongs to beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.benchmarks.viewer import VIEWER, Output
from tests.e2e.terminal import DOWN, clean_environment

_RUNS, _STEPS = 12, 300
_BRAILLE = re.compile(rb"\xe2[\xa0-\xa3][\x80-\xbf]")
_ANYTHING = re.compile(rb".", re.DOTALL)
_CURVES = """
import math, random
def curves(run, steps):
    noise = random.Random(run)
    for step in range(steps):
        rise = 1 - math.exp(-step / steps * (1 + run % 4))
        loss = 2 * math.exp(-rise * (1 + run % 3))
        yield {"train/loss": loss + noise.gauss(0, 0.03), "train/acc": 0.9 * rise, "val/loss": loss, "val/acc": rise}
"""
_THEIRS = """
import wandb
quiet = wandb.Settings(mode="offline", silent=True, console="off", x_disable_stats=True)
for number in range({runs}):
    run = wandb.init(project="churn", name=f"run-{{number:02}}", config={{"depth": number % 5}}, settings=quiet)
    for values in curves(number, {steps}):
        run.log(values)
    run.finish()
"""
_OURS = """
import logger
for number in range({runs}):
    with logger.start_run("churn", run_name=f"run-{{number:02}}", params={{"depth": number % 5}}) as run:
        for step, values in enumerate(curves(number, {steps})):
            run.log(values, step=step)
"""

_MEASURES = (
    ("list", "start to runs", "s", "<= 0.25 x"),
    ("curves", "start to curves", "s", ""),
    ("memory", "memory", "MB", ""),
    ("key", "key to first change", "ms", "<= 50 ms"),
)


def leet() -> Iterator[Result]:
    """The start, memory and a key, of the viewer and of `wandb leet` in turn."""
    command = shutil.which("wandb")
    if command is None:
        print("leet: there is no `wandb` on the PATH, so nothing is compared with it")
        return
    python = Path(command).parent / "python"
    with scratch() as directory:
        _write(str(python), _THEIRS, directory)
        _write(sys.executable, _OURS, directory)
        ours, theirs = _Seen(), _Seen()
        for _ in range(REPEATS):
            ours.look(VIEWER, directory, re.compile(rb"run-11"))
            theirs.look((command, "leet", "./wandb"), directory, re.compile(rb"offline-run"))
    told = f"{_RUNS} runs x {_STEPS} steps x 4"
    for name, what, unit, target in _MEASURES:
        measured, limit = (statistics.median(getattr(seen, name)) for seen in (ours, theirs))
        yield Result(f"{what} against wandb leet, {told}", measured, unit, limit, target)


class _Seen:
    """What was measured of one of them, look by look."""

    def __init__(self) -> None:
        self.list: list[float] = []
        """seconds until runs are on the screen"""
        self.curves: list[float] = []
        """seconds until curves are"""
        self.memory: list[float] = []
        """megabytes of all its processes"""
        self.key: list[float] = []
        """milliseconds from a key to the first byte that answers"""

    def look(self, command: Sequence[str], directory: Path, newest: re.Pattern[bytes]) -> None:
        environment = clean_environment(directory)
        begun = time.perf_counter()
        opened = Output(command, columns=160, rows=45, directory=directory, environment=environment)
        try:
            self.list.append(opened.when(newest, 0) - begun)
            self.curves.append(opened.when(_BRAILLE, 0) - begun)
            opened.rest()
            for _ in range(3):
                since, pressed = len(opened.output), time.perf_counter()
                opened.send(DOWN)
                self.key.append((opened.when(_ANYTHING, since) - pressed) * 1000)
                opened.rest()
            self.memory.append(_megabytes(opened.process.pid))
        finally:
            opened.close()


def _write(python: str, script: str, directory: Path) -> None:
    code = _CURVES + script.format(runs=_RUNS, steps=_STEPS)
    subprocess.run(
        [python, "-c", code], cwd=directory, env=clean_environment(directory), check=True, capture_output=True
    )


def _megabytes(session: int) -> float:
    """What the processes of a session have resident, as /proc says."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session:
                    total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            except OSError:
                continue
    return total / 1e6
