"""Clocks that jump, by a shim that moves the time of day: order, values and the end of a run do not depend on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import logger
from tests.faults.shim import FaultyDisk
from tests.faults.trainers import read_acknowledged

DAY = 86_400
JUMPS = """
import logger, os, sys
run = logger.start_run("e")
for _ in range(3):
    for _ in range(100):
        run.log({"a": 1})
    logger.flush()
    os.write(1, b".")
    sys.stdin.readline()
run.finish()
"""


@pytest.mark.parametrize(
    "jumps", [(DAY, DAY, DAY), (-DAY, -DAY, -DAY), (0, DAY, -DAY), (0, -DAY, 0)], ids=str
)
def test_a_clock_that_jumps_changes_neither_order_nor_status(jumps: tuple[int, ...], tmp_path: Path) -> None:
    disk = FaultyDisk(tmp_path)
    disk.clock.write_text(str(jumps[0]))
    process = disk.start(JUMPS, tmp_path)
    for jump in (*jumps[1:], jumps[-1]):
        read_acknowledged(process, 1)
        # Another process, with the right time, looks meanwhile: the run lives.
        [run] = logger.search_runs()
        assert run.status == "RUNNING"
        disk.clock.write_text(str(jump))
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    [run] = logger.search_runs()
    assert run.status == "FINISHED"
    assert run.history("a").steps == list(range(300))
    shown = subprocess.run(
        [sys.executable, "-m", "tui_tracker", "ls"],
        cwd=tmp_path,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert shown.returncode == 0 and b"finished" in shown.stdout.lower(), shown.stderr.decode()
