"""`tracker-tui gc` beside processes that log, and killed at random instants."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import logger
from logger import process
from logger.store import run_values, runs
from logger.store.connection import writing
from logger.store.locate import Store
from tui_tracker.cli import main

ROOT = Path(__file__).parents[2]
KILLS = 12

LOGS = """
import logger, sys
with logger.start_run("live", run_name="live") as run:
    print(run.id, flush=True)
    step = 0
    while not sys.stdin.closed:
        for _ in range(500):
            run.log({"a": step, "b": -step}, step=step)
            step += 1
        print(step, flush=True)
        if sys.stdin.readline() != "on\\n":
            break
"""


def start(store: Store, *command: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "TRACKER_STORE": str(store.directory), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, *command], env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def deleted_run(store: Store) -> None:
    with logger.start_run("old", store=store.directory) as run:
        for step in range(2000):
            run.log({"x": random.random()}, step=step)
        run.log_text("weights", "model.txt")
    with writing(store) as connection:
        found = runs.by_uid(connection, run.id)
        assert found is not None
        run_values.set_deleted(connection, found.id, deleted=True)


def test_a_process_that_logs_goes_on_and_loses_nothing(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = start(store, "-c", LOGS)
    assert writer.stdout is not None and writer.stdin is not None
    uid = writer.stdout.readline().strip()
    told = 0
    for _ in range(6):
        told = int(writer.stdout.readline())
        deleted_run(store)
        assert main(["--store", str(store.directory), "gc", "--yes"]) == 0
        writer.stdin.write("on\n")
        writer.stdin.flush()
    told = int(writer.stdout.readline())
    writer.stdin.close()
    assert writer.wait(60) == 0
    [run] = logger.search_runs(store=store)
    assert (run.id, run.status) == (uid, "FINISHED")
    assert run.history("a").values == list(map(float, range(told)))
    assert run.history("b").values == [-float(step) for step in range(told)]
    assert "removed 1 run" in capsys.readouterr().out


def test_killed_at_random_instants_nothing_else_is_harmed(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with logger.start_run("kept", store=store.directory) as kept:
        for step in range(2000):
            kept.log({"x": step}, step=step)
        kept.log_text("weights", "model.txt")
    chance = random.Random(7)
    for _ in range(KILLS):
        deleted_run(store)
        process.close_all("FINISHED")
        collector = start(store, "-m", "tui_tracker", "gc", "--yes", "--leftovers")
        # Starting takes about 0.2 s, the work less.
        time.sleep(0.1 + 0.25 * chance.random())
        collector.kill()
        collector.communicate()
    assert main(["--store", str(store.directory), "gc", "--yes"]) == 0
    assert main(["--store", str(store.directory), "doctor", "--full", "--hashes"]) == 0, (
        capsys.readouterr().out
    )
    [run] = logger.search_runs(store=store)
    assert run.history("x").values == list(map(float, range(2000)))
    assert {path.name for path in store.artifacts.iterdir()} == {kept.id}
