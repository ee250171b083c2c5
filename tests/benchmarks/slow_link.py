"""What the viewer writes to its terminal, 160 columns and 45 rows with charts: over a slow link, that is the time."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.benchmarks.viewer import _BRAILLE, END, HOME, PAGE_DOWN, Output, trainer, viewer
from tests.e2e.terminal import DOWN

_TO_METRIC = "\x1b[C" * 5
_HELD = 10
# A key that is held comes so often.
_REPEAT_SECONDS = 0.033
_WATCHED_SECONDS = 10.0
_AT_ONCE = "a row down, before the charts"
# 1 Mbit/s carries 6 kB in 50 ms, and 12 kB in 100 ms.
_TARGETS = {_AT_ONCE: "<= 2 kB", "a row down, with its charts": "<= 12 kB", "a page down": "<= 20 kB"}


def bytes_written() -> Iterator[Result]:
    """Bytes to the terminal: for a key, with the charts of the run that it leads to; for what is logged meanwhile."""
    taken: dict[str, list[int]] = {}
    with scratch() as directory:
        store_of(directory, run_count=1000, metrics=6, points=1000, drawn=200)
        with viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            opened.rest()
            for _ in range(REPEATS):
                for name, written in _keys(opened):
                    taken.setdefault(name, []).append(written)
    for name, sizes in taken.items():
        size = statistics.median(sizes) / 1000
        yield Result(f"bytes to the terminal: {name}", size, "kB", None, _TARGETS.get(name, ""))
    with scratch() as directory:
        store_of(directory, run_count=1000, metrics=6, points=250, drawn=10)
        with trainer(directory, "10"), viewer(directory) as opened:
            opened.when(_BRAILLE, 0)
            opened.send(" " + DOWN)
            opened.take(3.0)
            since = len(opened.output)
            opened.take(_WATCHED_SECONDS)
            live = (len(opened.output) - since) / _WATCHED_SECONDS / 1000
    yield Result("bytes to the terminal: 10 steps/s of 3 metrics beside 6 others", live, "kB/s")


def _keys(opened: Output) -> Iterator[tuple[str, int]]:
    since = len(opened.output)
    opened.press(DOWN, b"run-")
    yield _AT_ONCE, len(opened.output) - since
    opened.rest()
    yield "a row down, with its charts", len(opened.output) - since
    since = len(opened.output)
    for _ in range(_HELD):
        opened.send(DOWN)
        opened.take(_REPEAT_SECONDS)
    opened.rest()
    yield f"{_HELD} rows down, held", len(opened.output) - since
    for name, key in (
        ("a page down", PAGE_DOWN),
        ("a mark", " "),
        ("the mark taken back", " "),
        ("End", END),
        ("Home", HOME),
        ("reversed order", "r"),
        ("and back", "r"),
        ("Home again", HOME),
        ("filter line opened", "/"),
        ("filter line left", "\x1b"),
    ):
        since = len(opened.output)
        opened.send(key)
        opened.rest()
        yield name, len(opened.output) - since
