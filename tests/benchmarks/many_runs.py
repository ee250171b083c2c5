"""What a key costs over 100,000 runs, in a real terminal: moving, sorting, filtering, grouping.

Most of the time goes into making the store; each key is measured a few times, and none is waited for longer than a
minute.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator

from tests.benchmarks import measuring
from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import Result, scratch
from tests.benchmarks.viewer import ANYTHING, END, HOME, PAGE_DOWN, Output, viewer
from tests.e2e.terminal import DOWN

_TIMES = 3
_MOVES = ("down", "page down", "End", "Home")
_TARGETS = dict.fromkeys((*_MOVES, "first sort by a metric", "sort by it again"), "<= 50 ms")
_EMPTY_LINE = "\x15"
_TO_METRIC = "\x1b[C" * 5
_COUNTED = re.compile(rb"of \d[\d,]*\d")
_ROW = re.compile(rb"run-\d+")


def keys_100k() -> Iterator[Result]:
    """From a key to what it shows, over 100,000 runs with 6 metrics each."""
    count = min(measuring.MOST_RUNS, 100_000)
    with scratch() as directory:
        store_of(directory, run_count=count, metrics=6, points=1000, drawn=2)
        taken: dict[str, list[float]] = {}
        begun = time.perf_counter()
        with viewer(directory) as opened:
            taken["start to rows"] = [(opened.when(_ROW, 0) - begun) * 1000]
            for name, milliseconds in (*_moves(opened, count), *_choices(opened)):
                taken.setdefault(name, []).append(milliseconds)
            memory, used = opened.megabytes(), opened.processor_seconds()
    for name, times in taken.items():
        yield Result(f"{count:,} runs: {name}", statistics.median(times), "ms", None, _TARGETS.get(name, ""))
    yield Result(f"{count:,} runs: memory", memory, "MB", None, "<= 120 MB")
    yield Result(f"{count:,} runs: processor, all of this", used, "s")


def _moves(opened: Output, count: int) -> Iterator[tuple[str, float]]:
    for _ in range(_TIMES):
        for name, key, wanted in (
            ("down", DOWN, ANYTHING),
            ("page down", PAGE_DOWN, b"run-"),
            ("End", END, b"run-00001"),
            ("Home", HOME, f"run-{count:05}".encode()),
        ):
            opened.rest()
            yield name, opened.press(key, wanted)


def _choices(opened: Output) -> Iterator[tuple[str, float]]:
    opened.send(_TO_METRIC)
    opened.rest()
    yield "first sort by a metric", opened.press("s", b"run-")
    for _ in range(_TIMES):
        opened.rest()
        yield "sort by it again", opened.press("s", b"run-")
    opened.send("/")
    for text in ("m00 > 0.5", "m01 < 0.25", "p3 = 2"):
        opened.send(_EMPTY_LINE)
        opened.take(1.0)
        opened.text()
        since, pressed = len(opened.output), time.perf_counter()
        opened.send(text)
        yield "filter typed to count", (opened.when(_COUNTED, since) - pressed) * 1000
    opened.send(_EMPTY_LINE)
    opened.take(1.0)
    opened.send("\r")
    opened.rest()
    opened.send("E")
    opened.rest()
    opened.send("p3 ")
    opened.rest()
    yield "grouping by a param", opened.press("\r", b"p3=0")
    opened.rest()
    yield "opening a group", opened.press("\r", b"run-")
