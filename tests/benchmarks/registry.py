"""What a key costs on the registry's screen, in a real terminal, with a model of many versions."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from logger.store import registry
from logger.store.connection import open_writer, transaction
from tests.benchmarks.fixtures import store_of
from tests.benchmarks.measuring import REPEATS, Result, scratch
from tests.benchmarks.viewer import END, HOME, PAGE_DOWN, viewer
from tests.e2e.terminal import DOWN

_VERSIONS = 603
_RETIRED = 200


def registry_keys() -> Iterator[Result]:
    """From a key to what it shows, over a model of 603 versions, each of a run of its own."""
    taken: dict[str, list[float]] = {}
    with scratch() as directory:
        _model_of(directory)
        with viewer(directory) as opened:
            opened.when(b"run-", 0)
            opened.rest()
            # The cursor stands on the one in Production at first; to its left are those without a stage.
            opened.press("2", b"run-00201")
            opened.rest()
            opened.press("h", b"run-00603")
            for _ in range(REPEATS):
                # The overview of a version names the run that it came from.
                for name, key, wanted in (
                    ("down", DOWN, b"run-00602"),
                    ("page down", PAGE_DOWN, b"run-"),
                    ("End", END, b"run-00202"),
                    ("Home", HOME, b"run-00603"),
                    ("mark", " ", b"v"),
                    ("list in place of board", "b", b"aliases"),
                    ("board in place of list", "b", b"v"),
                ):
                    opened.rest()
                    taken.setdefault(name, []).append(opened.press(key, wanted))
    for name, times in taken.items():
        yield Result(
            f"key to screen, {_VERSIONS} versions: {name}", statistics.median(times), "ms", None, "<= 50 ms"
        )


def _model_of(directory: Path) -> None:
    """`model` with its first 200 versions Archived, one in Production and the others without a stage."""
    store = store_of(directory, run_count=_VERSIONS, metrics=4, points=10, drawn=1)
    with closing(open_writer(store)) as database, transaction(database):
        for number in range(1, _VERSIONS + 1):
            registry.register_version(database, "model", run_uid=f"{number:032x}", path="model.pkl")
        for number in range(1, _RETIRED + 2):
            registry.transition(database, "model", number, "Production", archive_existing=True)
