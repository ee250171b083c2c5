"""The System screen: what it shows of the machine, and the way from a process to its run."""

from __future__ import annotations

import os

import pytest
from textual.pilot import Pilot

import logger
from logger.gpus import Gpu
from logger.store.locate import Store
from tests.fake_nvml import FakeNvml, install
from tests.hostile import HOSTILE, assert_harmless
from tests.screens.driving import until, viewer
from tui_tracker.cli import main
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.system import SystemScreen
from tui_tracker.widgets.gpu_watch import summary
from tui_tracker.widgets.machine_view import MachineView
from tui_tracker.widgets.process_list import ProcessList
from tui_tracker.widgets.store_header import StoreHeader


async def _opened(pilot: Pilot[None]) -> SystemScreen:
    await pilot.press("3")
    await until(pilot, lambda: isinstance(pilot.app.screen, SystemScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SystemScreen)
    await until(pilot, lambda: screen.query_one(ProcessList).chosen)
    return screen


@pytest.fixture
def running(store: Store) -> logger.Run:
    """A run of this very process."""
    run = logger.start_run("e", store=store, run_name="brave-otter")
    run.log({"loss": 1.0})
    logger.flush()
    return run


async def test_gpus_and_the_runs_on_them_are_shown(
    store: Store, running: logger.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakeNvml(pids=(os.getpid(),)))
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        shown = str(screen.query_one(MachineView).render())
        for said in (
            "cpu",
            "cores",
            "A100",
            "87%",
            "250 of 400 W",
            "64 C",
            "1410 MHz",
            "brave-otter",
            "Old card",
        ):
            assert said in shown


async def test_a_machine_without_gpus_shows_none(
    store: Store, running: logger.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakeNvml(driver=False))
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        assert "gpu" not in str(screen.query_one(MachineView).render())


async def test_enter_on_a_process_opens_its_run(store: Store, running: logger.Run) -> None:
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        chosen = screen.query_one(ProcessList).chosen
        assert chosen is not None and chosen.run is not None and chosen.run.name == "brave-otter"
        await pilot.press("f")
        assert {process.run.name for process in screen.query_one(ProcessList).shown if process.run} == {
            "brave-otter"
        }
        assert all(process.run or process.gpus for process in screen.query_one(ProcessList).shown)
        await pilot.press("s")
        assert "by memory" in str(screen.query_one("#processes").border_title)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SystemScreen)
        await pilot.press("escape")
        assert pilot.app.current_mode == "explorer"


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_name_of_a_run_is_harmless_here(store: Store, name: str) -> None:
    logger.start_run("e", store=store, run_name=name or "x").log({"loss": 1.0})
    logger.flush()
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        assert_harmless(str(screen.query_one(MachineView).render()))
        assert_harmless(pilot.app.export_screenshot())


async def test_nothing_is_read_while_another_screen_shows(store: Store, running: logger.Run) -> None:
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        assert screen.is_reading
        await pilot.press("1")
        await until(pilot, lambda: not screen.is_reading)


def test_the_same_as_text(store: Store, running: logger.Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(store.directory), "system"]) == 0
    said = capsys.readouterr().out
    assert "cpu_utilization_percentage" in said and "brave-otter" in said and str(os.getpid()) in said


async def test_the_header_says_how_busy_the_gpus_are(
    store: Store, running: logger.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakeNvml())
    async with viewer(store) as (screen, pilot):
        header = screen.query_one(StoreHeader)
        await until(pilot, lambda: header.gpus)
        assert str(header.render()).endswith("GPU0 87%")


def test_many_gpus_are_told_by_their_mean() -> None:
    gpus = [
        Gpu(index, "x", load, None, None, None, None, None, None, ())
        for index, load in enumerate([0.0, 100.0, 50.0, None, 50.0, 50.0])
    ]
    assert summary(gpus) == "5 GPUs 50%"
    assert summary(gpus[:2]) == "GPU0 0%  GPU1 100%"
    assert summary([]) == ""
