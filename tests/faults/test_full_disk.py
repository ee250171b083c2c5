"""A disk that is really full, a small tmpfs filled to the last byte, under a script that trains and under a viewer."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import logger
from tests.e2e.terminal import terminal
from tests.faults.trainers import LOGS_FOR_EVER, kill, read_acknowledged, start
from tests.waiting import until

TRAINS_THROUGH_IT = """
import logger, os, time

def write_until_full(size):
    with open("ballast", "ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * size)
        except OSError:
            pass

run = logger.start_run("e")
for step in range(300):
    run.log({"a": step}, step=step)
logger.flush()
write_until_full(4096)
write_until_full(1)
for step in range(300, 20_000):
    run.log({"a": step}, step=step)
run.log_params({"lr": 0.1})
run.log_text("x" * 100_000, "lost.txt")
os.unlink("ballast")
for step in range(20_000, 20_100):
    run.log({"a": step}, step=step)
run.log_text("kept", "kept.txt")
run.finish()
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip("mounting a small file system needs the rights to")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_training_goes_on_through_a_full_disk_and_every_record_is_there_afterwards(small_disk: Path) -> None:
    process = start(TRAINS_THROUGH_IT, small_disk)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    # Whether a turn of filing notices it or a record does.
    assert err.count(b"cannot write to") == 1
    assert b"cannot file into" not in err
    assert err.count(b"could not keep artifact 'lost.txt'") == 1
    [run] = logger.search_runs(store=small_disk)
    assert run.history("a").values == list(map(float, range(20_100)))
    assert run.data.params == {"lr": "0.1"}
    assert run.status == "FINISHED"
    assert run.artifact("kept.txt").read_text() == "kept"
    assert not any((small_disk / ".tracker" / "journal").iterdir())


def fill(disk: Path) -> None:
    for size in (4096, 1):
        with contextlib.suppress(OSError), (disk / "ballast").open("ab", buffering=0) as ballast:
            while True:
                ballast.write(b"x" * size)


def test_a_viewer_opens_a_store_on_a_disk_that_is_full(small_disk: Path) -> None:
    script = "import logger\nwith logger.start_run('e', run_name='there') as run: run.log({'a': 1})"
    start(script, small_disk).communicate(timeout=60)
    fill(small_disk)
    shown = subprocess.run(
        [sys.executable, "-m", "tui_tracker", "ls"],
        cwd=small_disk,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode == 0 and b"there" in shown.stdout, shown.stderr.decode()
    with terminal((sys.executable, "-m", "tui_tracker"), directory=small_disk) as opened:
        opened.wait_for("there", absent=["annot", "Error"])
        opened.send("q")
        assert opened.wait_for_exit() == 0


def test_a_viewer_opens_what_a_killed_run_left_on_a_disk_that_is_full(small_disk: Path) -> None:
    process = start(LOGS_FOR_EVER, small_disk)
    read_acknowledged(process, 2000)
    until((small_disk / ".tracker" / "tracker.db-wal").exists)
    kill(process)
    fill(small_disk)
    command = [sys.executable, "-m", "tui_tracker", "ls"]
    full = subprocess.run(command, cwd=small_disk, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in full.stderr and full.stderr.count(b"\n") <= 1, full.stderr.decode()
    (small_disk / "ballast").unlink()
    after = subprocess.run(command, cwd=small_disk, capture_output=True, timeout=60, check=False)
    assert after.returncode == 0 and b"victim" in after.stdout
