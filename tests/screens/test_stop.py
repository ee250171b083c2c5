"""Stopping a run from the viewer, step by step, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

import logger
from logger.identity import birth
from logger.store import locate, runs, stopping
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from logger.store.stopping import Process
from tests.sample import add_run
from tests.screens.driving import until, viewer
from tui_tracker.cli import main
from tui_tracker.model.stopping import refusal, send
from tui_tracker.screens.stop import StopDialog

HEEDS = """
import logger, time
with logger.start_run("e", run_name="heeds") as run:
    run.log({"a": 1})
    logger.flush()
    print("up", flush=True)
    while not run.should_stop: time.sleep(0.01)
"""
DEAF = """
import logger, signal, time
{ignore}
run = logger.start_run("e", run_name="deaf")
run.log({{"a": 1}})
logger.flush()
print("up", flush=True)
while True: time.sleep(0.1)
"""


@contextmanager
def training(script: str, directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], Store]]:
    process = subprocess.Popen([sys.executable, "-c", script], cwd=directory, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline()
        store = locate.find(directory)
        assert store is not None
        yield process, store
    finally:
        process.kill()
        process.communicate()


def status(store: Store) -> str:
    return logger.search_runs(store=store)[0].status


async def press_stop(pilot: Pilot[None], button: str) -> None:
    await pilot.press("X")
    await until(pilot, lambda: isinstance(pilot.app.screen, StopDialog))
    dialog = pilot.app.screen
    assert str(dialog.query_one("#confirm").label) == button  # type: ignore[attr-defined]
    await pilot.press("ctrl+s")
    await until(pilot, lambda: pilot.app.screen is not dialog)


async def test_a_script_that_looks_is_asked_and_ends_well(tmp_path: Path) -> None:
    with training(HEEDS, tmp_path) as (process, store):
        async with viewer(store) as (_, pilot):
            await press_stop(pilot, "Ask to stop")
            await until(pilot, lambda: process.poll() is not None)
        assert (process.returncode, status(store)) == (0, "FINISHED")


async def test_a_script_that_is_deaf_is_ended_in_three_steps(tmp_path: Path) -> None:
    with training(DEAF.format(ignore="signal.signal(signal.SIGTERM, signal.SIG_IGN)"), tmp_path) as (
        process,
        store,
    ):
        async with viewer(store) as (_, pilot):
            await press_stop(pilot, "Ask to stop")
            await until(pilot, lambda: requested(store) is not None)
            await press_stop(pilot, "Send SIGTERM")
            await until(pilot, lambda: (found := requested(store)) is not None and found.signal == "TERM")
            assert process.poll() is None
            await press_stop(pilot, "Send SIGKILL")
            await until(pilot, lambda: process.poll() is not None)
        assert (process.returncode, status(store)) == (-signal.SIGKILL, "KILLED")


def requested(store: Store) -> stopping.Request | None:
    with closing(open_reader(store)) as connection:
        return stopping.requested(connection, 1)


async def test_a_run_elsewhere_is_asked_but_never_sent_a_signal(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "far", status="RUNNING", metrics={"a": [1.0]})
    with writing(store) as connection:
        stopping.request(connection, 1, "ada")
        values = {"host": "gpu-box", "pid": 1, "started": 1.0, "user": "ada", "birth": "b n 1"}
        stopping.add_process(connection, 1, values)
    async with viewer(store) as (_, pilot):
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, StopDialog))
        dialog = pilot.app.screen
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert pilot.app.screen is dialog
        await pilot.press("escape")
    found = requested(store)
    assert found is not None and found.signal == ""


def test_only_the_very_process_is_sent_a_signal() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        host, user = os.uname().nodename, "me"
        itself = Process(host, child.pid, 0.0, user, birth(child.pid))
        for other, why in (
            (Process("elsewhere", child.pid, 0.0, user, itself.birth), "elsewhere"),
            (Process(host, child.pid, 0.0, user, itself.birth[:-1] + "x"), "another process"),
            (Process(host, child.pid, 0.0, user, ""), "not known"),
        ):
            assert why in refusal(other)
            assert send(other, signal.SIGKILL) == refusal(other)
        assert child.poll() is None
        assert send(itself, signal.SIGTERM) == ""
        assert child.wait(timeout=10) == -signal.SIGTERM
        assert send(itself, signal.SIGKILL) == "it has ended"
    finally:
        child.kill()
        child.wait()


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with training(DEAF.format(ignore=""), tmp_path) as (process, store):
        arguments = ("--store", str(store.directory), "stop", "deaf")
        assert main(arguments) == 0
        assert "run.should_stop" in capsys.readouterr().out
        assert main([*arguments, "--term"]) == 0
        assert f"sent SIGTERM to {process.pid}" in capsys.readouterr().out
        process.wait(timeout=30)
        assert status(store) == "KILLED"
        assert main([*arguments, "--kill"]) == 1
        assert "is not running" in capsys.readouterr().err


def test_a_run_whose_process_is_gone_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "gone", status=runs.RUNNING)
    assert main(["stop", "gone", "--term"]) == 1
    assert "no process of the run gone is known" in capsys.readouterr().err
