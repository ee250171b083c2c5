"""What the viewer costs, in a real terminal of 160 columns and 45 rows: its start, a key, watching.

Processor time and memory are read from /proc, so these cases run on Linux only.
"""

from __future__ import annotations

import os
import re
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.e2e.terminal import DOWN, PROJECT, Terminal, clean_environment

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
PAGE_DOWN, END, HOME = "\x1b[6~", "\x1b[F", "\x1b[H"
# An idle viewer writes nothing, so that what comes after a key comes from it.
ANYTHING = re.compile(b"")
_BRAILLE = re.compile(rb"\xe2[\xa0-\xa3][\x80-\xbf]")
# What is still being drawn and read after the last key or change is over by then.
_QUIET_SECONDS = 0.5
_TIMEOUT = 60.0
_WATCHED_SECONDS = 20.0


class Output(Terminal):
    """A terminal that notes when its bytes arrive, and emulates its screen only to see what has become of them."""

    _fed = 0
    _arrived = 0.0

    def when(self, wanted: bytes | re.Pattern[bytes], since: int) -> float:
        """The moment at which something came from byte `since` on that holds what is wanted, or has it shown."""
        pattern = wanted if isinstance(wanted, re.Pattern) else re.compile(re.escape(wanted))
        deadline = time.monotonic() + _TIMEOUT
        while len(self.output) <= since or not (
            pattern.search(self.output, since) or pattern.search(self.text().encode())
        ):
            assert self._read(deadline), f"waited in vain for {wanted!r}; the screen shows:\n{self.text()}"
        return self._arrived

    def text(self) -> str:
        if self._fed < len(self.output):
            self._stream.feed(bytes(self.output[self._fed :]))
            self._fed = len(self.output)
        return super().text()

    def rest(self) -> None:
        """Wait until nothing has been written for a while."""
        while self._read(time.monotonic() + _QUIET_SECONDS):
            pass

    def take(self, seconds: float) -> None:
        """Read whatever is written within a time."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass

    def press(self, key: str, wanted: bytes | re.Pattern[bytes]) -> float:
        """Milliseconds from a key to its effect."""
        self.text()
        since, pressed = len(self.output), time.perf_counter()
        self.send(key)
        return (self.when(wanted, since) - pressed) * 1000

    def processor_seconds(self) -> float:
        """Processor time that the command has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The most memory that the command has had resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
        return int(kilobytes) / 1024

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        data = os.read(self._master, 65536)
        self._arrived = time.perf_counter()
        self.output += data
        return bool(data)


@contextmanager
def viewer(directory: Path) -> Iterator[Output]:
    opened = Output(
        VIEWER, columns=160, rows=45, directory=directory, environment=clean_environment(directory)
    )
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def trainer(directory: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that trains there, from its first line on."""
    started = subprocess.Popen(
        [sys.executable, str(PROJECT / "tests" / "benchmarks" / "trainer.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=directory,
        env=clean_environment(directory),
        text=True,
    )
    try:
        assert started.stdout is not None and started.stdout.readline()
        yield started
    finally:
        started.kill()
        started.communicate()


def start_small() -> Iterator[Result]:
    """The start on 1,000 runs with a million points."""
    with scratch() as directory:
        store_of(directory, run_count=1000, metrics=4, points=250, drawn=1000)
        yield from _start(directory, "run-01000", "1,000 runs, 1M points", "<= 0.5 s")


def start_large() -> Iterator[Result]:
    """The start on 10,000 runs with 20 metrics each."""
    with scratch() as directory:
        store_of(directory, run_count=10_000, metrics=20, points=10_000, drawn=10)
        yield from _start(directory, "run-10000", "10,000 runs x 20 metrics", "<= 0.8 s")


def _start(directory: Path, newest: str, store: str, target: str) -> Iterator[Result]:
    rows, curves, memory = [], [], []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        with viewer(directory) as opened:
            rows.append(opened.when(newest.encode(), 0) - begun)
            curves.append(opened.when(_BRAILLE, 0) - begun)
            opened.rest()
            memory.append(opened.megabytes())
    yield Result(f"start to rows, {store}", statistics.median(rows), "s", None, target)
    yield Result(f"start to curves, {store}", statistics.median(curves), "s")
    yield Result(f"memory, {store}", statistics.median(memory), "MB", None, "<= 120 MB")


def keys() -> Iterator[Result]:
    """From a key to what it shows, over 10,000 runs with 20 metrics each."""
    with scratch() as directory:
        store_of(directory, run_count=10_000, metrics=20, points=1000, drawn=10)
        taken: dict[str, list[float]] = {}
        with viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            for _ in range(REPEATS):
                for name, key, wanted in (
                    ("down", DOWN, ANYTHING),
                    ("page down", PAGE_DOWN, b"run-"),
                    ("End", END, b"run-00001"),
                    ("Home", HOME, b"run-10000"),
                ):
                    opened.rest()
                    taken.setdefault(name, []).append(opened.press(key, wanted))
            for _ in range(5):
                opened.send("\x1b[C")
            for _ in range(REPEATS):
                opened.rest()
                # A metric is first sorted from its greatest or its least value, then the other way round.
                opened.press("s", b"run-")
                opened.rest()
                taken.setdefault("sort by a metric", []).append(opened.press("s", b"run-"))
    for name, times in taken.items():
        yield Result(f"key to screen, 10,000 runs: {name}", statistics.median(times), "ms", None, "<= 50 ms")


def idle() -> Iterator[Result]:
    """The processor while nothing changes."""
    with scratch() as directory:
        store_of(directory, run_count=1000, metrics=6, points=250, drawn=10)
        with viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            opened.rest()
            opened.take(2 * _QUIET_SECONDS)
            share, written = _share(opened)
    yield Result("watching, nothing changing: share of a core", share, "%", None, "<= 0.5 %")
    yield Result("watching, nothing changing: bytes to the terminal", written, "B/s")


def live() -> Iterator[Result]:
    """The processor while a run logs 3 metrics 100 times a second, beside the charts of 6 other metrics."""
    with scratch() as directory:
        store_of(directory, run_count=1000, metrics=6, points=250, drawn=10)
        with trainer(directory, "100"), viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            # The live run marked and the cursor on the next: its three charts grow beside those of six other metrics.
            opened.send(" " + DOWN)
            opened.take(3.0)
            share, written = _share(opened)
    yield Result("watching 100 steps/s of 3 metrics: share of a core", share, "%", None, "<= 15 %")
    yield Result("watching 100 steps/s of 3 metrics: bytes to the terminal", written / 1000, "kB/s")


def _share(opened: Output) -> tuple[float, float]:
    """Percent of a core, and bytes written a second, while it is watched."""
    used, written = opened.processor_seconds(), len(opened.output)
    opened.take(_WATCHED_SECONDS)
    spent = opened.processor_seconds() - used
    return spent / _WATCHED_SECONDS * 100, (len(opened.output) - written) / _WATCHED_SECONDS


def latency() -> Iterator[Result]:
    """From a call of `log` to the value on the screen, beside 100 steps a second of 3 metrics."""
    count = 30
    with scratch() as directory:
        store_of(directory, run_count=100, metrics=1, points=100, drawn=10)
        with trainer(directory, "100", str(count)) as training, viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            assert training.stdout is not None
            taken = []
            for _ in range(count):
                value, logged = training.stdout.readline().split()
                taken.append((opened.when(value.encode(), 0) - float(logged)) * 1000)
    taken.sort()
    yield Result("log() to changed screen, median", statistics.median(taken), "ms")
    yield Result(
        "log() to changed screen, 95th percentile", taken[int(count * 0.95)], "ms", None, "<= 300 ms"
    )
