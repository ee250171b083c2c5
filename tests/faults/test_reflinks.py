"""Artifacts on a filesystem that can share blocks between files, a real one in a file: nothing is stored twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import logger
from logger import process
from logger.copying import clone

IMAGE_BYTES = 400 * 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024


@pytest.fixture(params=["btrfs", "xfs"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A new filesystem that has reflinks."""
    make = shutil.which(f"mkfs.{request.param}")
    if make is None:
        pytest.skip(f"making a filesystem with reflinks needs mkfs.{request.param}")
    image, place = tmp_path / "image", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run([make, "-q", str(image)], check=True, capture_output=True)
    if subprocess.run(["mount", "-o", "loop", image, place], capture_output=True, check=False).returncode:
        pytest.skip(f"mounting a file as {request.param} needs the rights and a kernel to")
    yield place
    process.close_all("FINISHED")
    subprocess.run(["umount", "--lazy", place], check=True)


def used(disk: Path) -> int:
    """Bytes that are taken, with what is still to be written."""
    subprocess.run(["sync", "-f", disk], check=True)
    found = os.statvfs(disk)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def test_a_copy_shares_its_blocks_until_the_source_is_written_to(disk: Path) -> None:
    source = disk / "model.bin"
    content = os.urandom(FILE_BYTES)
    source.write_bytes(content)
    before = used(disk)
    with logger.start_run("e", store=disk / ".tracker") as run:
        run.log_artifact(source)
    assert used(disk) - before < FILE_BYTES // 4
    with source.open("r+b") as file:
        file.write(b"another")
    (found,) = logger.search_runs(store=disk / ".tracker")
    assert found.artifact("model.bin").read_bytes() == content


def test_where_blocks_cannot_be_shared_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"x")
    with (tmp_path / "here").open("rb") as source, Path("/dev/shm/tui-tracker-clone").open("wb") as target:
        assert not clone(source.fileno(), target.fileno())
    Path(target.name).unlink()
