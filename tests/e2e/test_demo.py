"""The demo: real trainings, an ordinary store, and no process left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from logger.store import locate, registry, runs, search, series
from logger.store.connection import open_reader
from tests.e2e.terminal import clean_environment, terminal

pytest.importorskip("sklearn")

DEMO = (sys.executable, "-m", "tui_tracker.cli", "demo")


def test_trains_for_real_and_registers_the_best(tmp_path: Path) -> None:
    done = subprocess.run(
        [*DEMO, "--no-app", "--seconds=0", "--runs=3", "--epochs=4"],
        cwd=tmp_path,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "diverged: momentum lr=10" in done.stdout
    store = locate.find(start=tmp_path)
    assert store is not None and str(store.directory) in done.stdout
    connection = open_reader(store)
    rows = search.page(connection, search.Query())
    assert sorted(row.run.status for row in rows) == [runs.FAILED, runs.FINISHED, runs.FINISHED]
    failed = next(row.run for row in rows if row.run.status == runs.FAILED)
    assert series.metrics(connection, failed.id)["train/loss"].nans > 0
    best = registry.versions(connection, "digits-clf")
    assert best and {"confusion.txt", "model.onnx"} <= {
        path for (path,) in connection.execute("SELECT path FROM artifacts")
    }
    assert registry.artifact_path(store, best[0]).suffix == ".onnx"
    assert registry.holder(connection, "digits-clf", registry.PRODUCTION) is not None


def test_quitting_the_app_ends_the_trainings(tmp_path: Path) -> None:
    with terminal((*DEMO, "--seconds=600"), directory=tmp_path) as opened:
        opened.wait_for("2 running", "val/acc")
        store = locate.find(start=tmp_path)
        assert store is not None
        trainers = [row.run for row in search.page(open_reader(store), search.Query())]
        assert len(trainers) == 2 and all(run.is_running for run in trainers)
        opened.send("q")
        assert opened.wait_for_exit() == 0
        assert opened.is_restored()
        assert "did not finish" in opened.text()
    for run in trainers:
        assert run.pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(run.pid, 0)
    ended = [row.run.status for row in search.page(open_reader(store), search.Query())]
    assert ended == [runs.KILLED, runs.KILLED]
