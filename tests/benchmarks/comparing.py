"""What a key costs on the screen of a comparison, in a real terminal, with as many runs as it takes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.benchmarks.viewer import ANYTHING, END, HOME, viewer
from tests.e2e.terminal import DOWN

_RUNS = 50
_RIGHT = "\x1b[C"


def comparison_keys() -> Iterator[Result]:
    """From a key to what it shows, over 50 runs with 20 metrics each."""
    taken: dict[str, list[float]] = {}
    with scratch() as directory:
        store_of(directory, run_count=_RUNS, metrics=20, points=100, drawn=_RUNS)
        with viewer(directory) as opened:
            opened.when(b"run-", 0)
            opened.rest()
            opened.send("M")
            opened.rest()
            opened.press("c", f"Comparison of {_RUNS} runs".encode())
            for _ in range(REPEATS):
                for name, key in (
                    ("next baseline", "b"),
                    ("percent", "%"),
                    ("equal rows", "d"),
                    ("down", DOWN),
                    ("right", _RIGHT),
                    ("End", END),
                    ("Home", HOME),
                ):
                    opened.rest()
                    taken.setdefault(name, []).append(opened.press(key, ANYTHING))
    for name, times in taken.items():
        yield Result(
            f"key to screen, {_RUNS} runs compared: {name}", statistics.median(times), "ms", None, "<= 50 ms"
        )
