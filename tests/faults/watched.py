"""A viewer held open, in a real terminal, beside a writer that never rests: how long the WAL, how big the viewer is."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import logger
from logger.store.locate import Store
from tests.e2e.terminal import terminal
from tests.faults.trainers import start

WRITES = """
import logger, os, sys, time
run = logger.start_run("e", run_name="busy")
end = time.monotonic() + float(os.environ["SECONDS"])
step = 0
while time.monotonic() < end:
    for _ in range(50):
        run.log({f"m{number}": step * number for number in range(20)}, step=step)
        step += 1
    time.sleep(0.01)
run.finish()
"""
MOST_WAL = 64 * 2**20
# What the charts in view may hold of long histories, and what fragments of memory come to, point by point.
_MOST_HELD = 64 * 2**20
_MOST_A_POINT = 1.0
# Until the viewer has loaded what it loads once.
_SETTLING_SECONDS = 5.0


@dataclass(frozen=True)
class Seen:
    """What was measured."""

    wal_bytes: int
    """the greatest length of the write-ahead log"""
    first_bytes: int
    """the viewer's resident memory once it had settled"""
    last_bytes: int
    """the greatest of its last quarter"""
    points: int
    """that the writer logged"""

    @property
    def growth(self) -> int:
        """By how many bytes the viewer grew."""
        return self.last_bytes - self.first_bytes

    @property
    def most_growth(self) -> float:
        """By how many it may."""
        return _MOST_HELD + _MOST_A_POINT * self.points


def watch(directory: Path, seconds: float) -> Seen:
    """Hold the viewer open for so long beside the writer. Linux only."""
    writer = start(WRITES, directory, SECONDS=str(seconds + _SETTLING_SECONDS))
    store = Store(directory / ".tracker")
    while not store.database.exists():
        time.sleep(0.01)
    log = store.database.with_name(store.database.name + "-wal")
    wal, memory = 0, []
    with terminal((sys.executable, "-m", "tui_tracker"), directory=directory) as opened:
        opened.wait_for("busy")
        end = time.monotonic() + seconds + _SETTLING_SECONDS
        settled = end - seconds
        while time.monotonic() < end:
            opened.read_for(0.2)
            wal = max(wal, log.stat().st_size if log.exists() else 0)
            if time.monotonic() > settled:
                memory.append(resident_bytes(opened.process.pid))
        opened.send("q")
        assert opened.wait_for_exit() == 0
    _, err = writer.communicate(timeout=60)
    assert (writer.returncode, err) == (0, b""), err.decode()
    [run] = logger.search_runs(store=store)
    points = 20 * len(run.history("m1").values)
    return Seen(wal, memory[0], max(memory[-max(len(memory) // 4, 1) :]), points)


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
