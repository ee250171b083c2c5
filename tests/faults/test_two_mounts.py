"""Two hosts on a shared directory, as two bindfs mounts: neither sees the other's locks, each has its own cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trainers import start

WRITES = """
import logger, os
run = logger.start_run("e", run_name=os.environ["RUN_NAME"])
for step in range(2000):
    run.log({"a": step}, step=step)
    if step == 1000 and "killed" in run.name:
        logger.flush()
        os.kill(os.getpid(), 9)
run.finish()
"""
READS = """
import logger
for run in sorted(logger.search_runs(), key=lambda run: run.name):
    values = run.history("a").values
    print(run.name, run.status, len(values), values == list(range(len(values))))
"""


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[list[Path]]:
    """Two mounts of one directory, with a cache directory beside each."""
    if shutil.which("bindfs") is None or not Path("/dev/fuse").exists():
        pytest.skip("two mounts of one directory need bindfs and FUSE")
    (tmp_path / "shared").mkdir()
    mounts = []
    try:
        for name in ("host-a", "host-b"):
            (tmp_path / name).mkdir()
            mounting = subprocess.run(
                ["bindfs", "--no-allow-other", tmp_path / "shared", tmp_path / name],
                capture_output=True,
                check=False,
            )
            if mounting.returncode:
                pytest.skip(f"bindfs cannot mount here: {mounting.stderr.decode().strip()}")
            mounts.append(tmp_path / name)
        yield mounts
    finally:
        for mount in mounts:
            subprocess.run(["umount", "--lazy", str(mount)], check=False)


def on(host: Path, script: str, name: str = "") -> subprocess.Popen[bytes]:
    return start(
        script,
        host,
        name,
        TRACKER_STORE=str(host / ".tracker"),
        XDG_CACHE_HOME=str(host.with_name(f"{host.name}-cache")),
    )


def test_two_writers_on_each_of_two_mounts_lose_nothing(hosts: list[Path]) -> None:
    names = [f"{place}-{kind}" for place in ("a", "b") for kind in ("ended", "killed")]
    writers = [
        on(host, WRITES, name) for host, name in zip([hosts[0]] * 2 + [hosts[1]] * 2, names, strict=True)
    ]
    readers = [on(host, READS) for host in hosts]
    for process in (*writers, *readers):
        _, err = process.communicate(timeout=120)
        if process in writers:
            assert process.returncode in (0, -9) and b"locked" not in err, err.decode()
    expected = "".join(
        f"{name} {'FINISHED 2000' if 'ended' in name else 'LOST 1001'} True\n" for name in sorted(names)
    )
    for host in hosts:
        # A mount may answer from what it read a second before, as a network's does.
        deadline = time.monotonic() + 20
        while (said := on(host, READS).communicate(timeout=120)[0].decode()) != expected:
            assert time.monotonic() < deadline, said
        # No SQLite on the shared directory.
        assert not list((host / ".tracker").glob("tracker.db*"))


def test_the_viewer_on_a_mount_says_where_it_is(hosts: list[Path]) -> None:
    on(hosts[0], WRITES, "ended").communicate(timeout=60)
    shown = subprocess.run(
        [sys.executable, "-m", "tui_tracker", "ls"],
        cwd=hosts[1],
        env={**os.environ, "XDG_CACHE_HOME": str(hosts[1].with_name("host-b-cache"))},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode == 0 and b"ended" in shown.stdout, shown.stderr.decode()
