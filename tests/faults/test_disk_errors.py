"""A disk that fails at one kind of place, by a shim below the process (`disk.c`): training goes on, nothing is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import logger
from tests.faults.shim import FaultyDisk
from tests.faults.trainers import read_acknowledged

TRAINS = """
import logger, os, sys, time
run = logger.start_run("e", params={"lr": 1})
step = 0
def log(count):
    global step
    for _ in range(count):
        run.log({"a": step}, step=step)
        step += 1
def pause():
    os.write(1, b".")
    sys.stdin.readline()
log(200); logger.flush(); pause()
for _ in range(5):
    log(100); time.sleep(0.1)
run.log_text("x" * 10_000, "during.txt")
run.set_tags({"during": "yes"})
pause()
log(200)
run.log_text("kept", "after.txt")
run.finish()
"""
PLACES = {
    "journal": ("/journal/",),
    "commit": ("tracker.db-wal",),
    "checkpoint": ("tracker.db",),
    "artifact copy": ("/artifacts/",),
    "everything": ("/",),
}
ERRORS = ("ENOSPC", "EIO", "EACCES", "EDQUOT")
# Every place with one error, and every error at one place; `python -m tests.faults disk` tries all of them.
CHOSEN = [(place, "EIO") for place in PLACES] + [("everything", error) for error in ERRORS if error != "EIO"]


def pass_on(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def train_through(place: str, error: str, directory: Path) -> None:
    """Train while a kind of place fails, and after; what was recorded must all be there."""
    disk = FaultyDisk(directory)
    project = directory / "project"
    project.mkdir()
    process = disk.start(TRAINS, project)
    read_acknowledged(process, 1)
    disk.fail(error, *PLACES[place])
    pass_on(process)
    read_acknowledged(process, 1)
    disk.heal()
    _, err = process.communicate(b"\n", timeout=60)
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err, err.decode()
    [run] = logger.search_runs(store=project)
    assert run.history("a").values == list(map(float, range(900)))
    assert (run.status, run.data.tags.get("during")) == ("FINISHED", "yes")
    assert run.artifact("after.txt").read_text() == "kept"
    told = err.count(b"RuntimeWarning")
    copies = err.count(b"could not keep artifact 'during.txt'")
    assert copies == (place in ("artifact copy", "everything")), err.decode()
    # One for all that could not be written but the artifact, which has its own.
    assert told - copies == (place != "artifact copy"), err.decode()
    assert not any((project / ".tracker" / "journal").iterdir())


@pytest.mark.parametrize(("place", "error"), CHOSEN, ids=lambda value: value)
def test_training_goes_on_while_a_place_fails_and_nothing_is_lost(
    place: str, error: str, tmp_path: Path
) -> None:
    train_through(place, error, tmp_path)
