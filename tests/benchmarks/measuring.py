"""What the cases share: a line of the table, a clock, a scratch directory."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from logger import process

REPEATS = 5
# How far the cases go that show how cost grows; set from the command line.
MOST_POINTS = 10_000_000
MOST_RUNS = 100_000


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    case: str
    value: float
    unit: str
    limit: float | None = None
    """what the limit of the same run measured, in the same unit"""
    target: str = ""

    def line(self) -> str:
        ratio = f"{self.value / self.limit:.2f} x {self.limit:.2f}" if self.limit else ""
        return f"{self.case:<58} {self.value:>10.2f} {self.unit:<9} {ratio:<16} {self.target}"

    def row(self) -> str:
        """The same as a row of Markdown."""
        ratio = f"{self.value / self.limit:.2f} x {self.limit:.2f} {self.unit}" if self.limit else ""
        return f"| {self.case} | {self.value:.2f} {self.unit} | {ratio} | {self.target} |"


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty working directory; what logs there is ended with the block."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            yield Path(directory)
        finally:
            process.close_all("FINISHED")
            os.chdir(before)


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
