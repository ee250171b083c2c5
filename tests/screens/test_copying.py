"""What screens have to copy, and that it reaches the clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tui_tracker.model import clipboard
from tui_tracker.screens.copy_picker import CopyPicker
from tui_tracker.screens.run import RunScreen


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=4)


async def copy(pilot: Pilot[None], wanted: str) -> str:
    """Copy what is found by some letters; returns what the clipboard got."""
    await pilot.press("ctrl+y")
    await until(pilot, lambda: isinstance(pilot.app.screen, CopyPicker))
    await pilot.press(*wanted, "enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, CopyPicker))
    return pilot.app.clipboard


async def test_the_explorer_gives_the_run_the_cell_and_the_table(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.pane.run is not None)
        run = screen.pane.run
        assert run is not None
        assert await copy(pilot, "name") == run.name
        assert await copy(pilot, "id") == run.uid
        assert await copy(pilot, "cell") == run.name
        lines = (await copy(pilot, "tsv")).splitlines()
        assert lines[0].startswith("run\t") and len(lines) == 1 + screen.pane.table.total
        assert (await copy(pilot, "markdown")).startswith("| run |")


async def test_a_run_gives_the_paths_of_its_files(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.pane.run is not None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        run = screen.pane.run
        assert run is not None
        await until(pilot, lambda: "run-0" in str(pilot.app.screen.query_one("#details").border_title))
        assert await copy(pilot, "id") == run.uid


async def test_more_than_a_terminal_takes_is_refused(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        pilot.app.copy_to_clipboard("x")
        pilot.app.copy_to_clipboard("x" * (clipboard.LONGEST + 1))
        assert pilot.app.clipboard == "x"
        await until(pilot, lambda: len(pilot.app._notifications) == 1)
