"""Copies of large artifacts that are cut short: by a full disk, by a killed process."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger.copying import LARGE
from logger.orphans import collect_orphans
from logger.store import partials
from logger.store.artifacts import Artifact, of_run
from logger.store.connection import open_reader
from logger.store.locate import DIRECTORY_NAME, Store
from tests.command_line import caller
from tests.faults.trainers import read_acknowledged, start

FULL_DISK = """
import logger, os
run = logger.start_run("e")
run.log({"a": 0}, step=0)
run.log_artifact(os.environ["SOURCE"], "models")
for step in range(1, 1000):
    run.log({"a": step}, step=step)
run.finish()
"""
# Says so as soon as some blocks are copied, and then copies no more.
KILLED = """
import logger, os, sys, time
from logger import artifacts, copying
copy = artifacts.copy
def tell(done):
    if done >= 2 * copying._BLOCK:
        os.write(1, b".")
        time.sleep(60)
artifacts.copy = lambda source, target, size, _: copy(source, target, size, tell)
copying.clone = lambda *_: False
run = logger.start_run("e")
run.log({"a": 0}, step=0)
run.log_artifact(os.environ["SOURCE"])
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip("mounting a small file system needs the rights to")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(os.urandom(1024) * ((LARGE + 16 * 1024 * 1024) // 1024))
    monkeypatch.setenv("SOURCE", str(path))
    return path


def artifact(store: Store) -> Artifact:
    with closing(open_reader(store)) as reader:
        [found] = (found for found in of_run(reader, 1) if found.path.endswith("weights.bin"))
    return found


def test_training_goes_on_beside_a_file_that_does_not_fit(
    small_disk: Path, large_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process = start(FULL_DISK, small_disk)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert err.count(b"RuntimeWarning") == err.count(b"could not keep artifact") == 1, err.decode()
    [run] = logger.search_runs(store=small_disk)
    assert run.history("a").values == list(map(float, range(1000)))
    store = Store(small_disk / DIRECTORY_NAME)
    found = artifact(store)
    assert (found.state, found.size, found.sha256) == ("incomplete", 0, "")
    assert not partials.of(store.artifacts / run.info.run_id / found.path)
    call = caller(capsys)
    examined = call("doctor", "--store", str(small_disk)).output
    assert "models/weights.bin" in examined and "cut short" in examined
    [exported] = call("export", "--store", str(small_disk)).json
    assert "incomplete" in [found["state"] for found in exported["artifacts"]]


def test_a_copy_that_is_killed_is_incomplete_and_goes_on_when_logged_again(
    tmp_path: Path, large_file: Path
) -> None:
    process = start(KILLED, tmp_path)
    read_acknowledged(process, 1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = Store(tmp_path / DIRECTORY_NAME)
    collect_orphans(store)
    found = artifact(store)
    assert (found.state, found.size) == ("incomplete", 0)
    [run] = logger.search_runs(store=tmp_path)
    target = store.artifacts / run.info.run_id / "weights.bin"
    [left] = partials.of(target)
    assert not target.exists() and left.stat().st_size >= 16 * 1024 * 1024
    inode = left.stat().st_ino
    with logger.start_run(run_id=run.info.run_id, store=tmp_path) as again:
        again.log_artifact(large_file)
    found = artifact(store)
    assert (found.state, found.size) == ("complete", large_file.stat().st_size)
    assert found.sha256 == hashlib.sha256(large_file.read_bytes()).hexdigest()
    assert target.read_bytes() == large_file.read_bytes()
    # The very file that was begun, and nothing beside it.
    assert target.stat().st_ino == inode
    assert not partials.of(target)
