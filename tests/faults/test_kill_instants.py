"""SIGKILL before any one of the things that a process does to its disk: in a commit, a checkpoint, a rename, a removal.

A script is run once to count its operations on the store, then again and again, dying before the first, the second ...
"""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger.store import locate
from logger.store.connection import open_reader
from tests.faults.shim import FaultyDisk, operations
from tests.faults.soak import file_what_is_left

# Two filings, an artifact, and the end; tells of each record.
SHORT = """
import logger, os
run = logger.start_run("e", run_name="victim")
for step in range(6):
    run.log({"a": step}, step=step)
    os.write(1, b".")
    if step == 2:
        logger.flush()
run.log_text("kept", "kept.txt")
run.finish()
"""
# What a collector does for a dead one.
COLLECTS = "import logger; logger.search_runs()"
# In the suite one of so many instants is tried; `python -m tests.faults kills` tries all.
EVERY = 14


def count_operations(script: str, disk: FaultyDisk, project: Path) -> int:
    process = disk.start(script, project, FAULT_LOG=str(disk.log))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    return sum(1 for _ in operations(disk.log))


def die_at(instant: int, directory: Path, *, collector: int = 0) -> None:
    """Run the script to its death before an operation, then one that files for it, to its death, and look."""
    disk = FaultyDisk(directory)
    project = directory / f"{instant}-{collector}"
    project.mkdir()
    process = disk.start(SHORT, project, FAULT_DIE_AT=str(instant))
    told, err = process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGKILL, 0), err.decode()
    if collector:
        disk.start(COLLECTS, project, FAULT_DIE_AT=str(collector)).communicate(timeout=60)
    store = locate.for_writing(project / ".tracker")
    file_what_is_left(store)
    if not store.database.exists():
        assert not told
        return
    with closing(open_reader(store)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    runs = logger.search_runs(store=store)
    values = runs[0].history("a").values if runs else []
    assert values == list(map(float, range(len(values))))
    assert len(told) <= len(values) <= len(told) + 1
    assert all(run.status in ("LOST", "FINISHED") for run in runs)


@pytest.mark.parametrize("start", range(4))
def test_death_before_any_operation_loses_nothing(start: int, tmp_path: Path) -> None:
    disk = FaultyDisk(tmp_path)
    (tmp_path / "whole").mkdir()
    count = count_operations(SHORT, disk, tmp_path / "whole")
    assert count > 40
    for instant in range(1 + start * EVERY, count + 1, 4 * EVERY):
        die_at(instant, tmp_path)


@pytest.mark.parametrize("instant", range(2, 26, 6))
def test_death_of_one_that_files_for_the_dead_loses_nothing(instant: int, tmp_path: Path) -> None:
    die_at(40, tmp_path, collector=instant)
