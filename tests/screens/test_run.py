"""The screen of a run: its pages, and who offers commands on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from logger.store.locate import Store, for_writing
from tests.sample import add_run, sample_store
from tests.screens.driving import until, viewer
from tui_tracker.commands import run as run_commands
from tui_tracker.commands.base import Command
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.screens import run as run_screen
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_tab import RunTab
from tui_tracker.widgets.system_tab import SystemTab
from tui_tracker.widgets.tab_strip import TabStrip


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


async def _opened(pilot: Pilot[None]) -> RunScreen:
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    await until(pilot, lambda: screen.charts is not None)
    return screen


async def test_the_curves_take_the_screen_and_keep_their_grid(sample: Store) -> None:
    async with viewer(sample) as (_, pilot):
        screen = await _opened(pilot)
        grid = screen.charts
        await pilot.press("right_square_bracket")
        assert not screen.query_one(RunDetails).display
        assert screen.charts is grid
        await until(pilot, lambda: isinstance(pilot.app.focused, CurveChart))
        await pilot.press("1")
        assert screen.query_one(RunDetails).display
        await pilot.press("left_square_bracket")
        assert screen.query_one(TabStrip).chosen == len(run_commands.PAGES) - 1


async def test_a_click_on_a_title_opens_its_page(sample: Store) -> None:
    async with viewer(sample) as (_, pilot):
        screen = await _opened(pilot)
        await pilot.click(TabStrip, offset=(1 + len("1 Overview") + 2, 0))
        await until(pilot, lambda: screen.query_one(TabStrip).chosen == 1)


class _Wave(Command["_Page"]):
    """Wave to the run."""

    id = "page.wave"
    key = "w"
    group = "Page"
    show = True

    def run(self, host: _Page) -> None:
        host.waved = True


class _Page(RunTab):
    COMMAND_CLASSES = (_Wave,)
    waved = False
    sheet: RunSheet | None = None

    def compose(self) -> ComposeResult:
        yield Input()

    def show_sheet(self, sheet: RunSheet) -> None:
        self.sheet = sheet


async def test_a_page_offers_its_own_commands_while_it_shows(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_screen, "PAGES", (*run_commands.PAGES, "Extra"))
    monkeypatch.setattr(run_screen, "_TABS", {**run_screen._TABS, "Extra": lambda: _Page})
    async with viewer(sample) as (_, pilot):
        screen = await _opened(pilot)
        bar = screen.query_one(KeyBar)
        assert "Wave" not in str(bar.render())
        await screen.open_page(len(run_commands.PAGES))
        page = screen.query_one(_Page)
        assert page.sheet is not None
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert screen.charts is None
        assert "Wave" in str(bar.render())
        await page.action_command("page.wave")
        assert page.waved
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert any(
            "Wave to the run" in str(part.render()) for part in pilot.app.screen.query(".help--section")
        )
        await pilot.press("escape")
        await screen.open_page(0)
        assert not page.display
        assert "Wave" not in str(bar.render())


async def test_the_machines_load_has_a_page_of_its_own(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "a", metrics={"loss": [2.0, 1.0], "system/cpu_utilization_percentage": [10.0, 90.0]})
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        await screen.open_page(run_commands.PAGES.index("System"))
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        assert screen.charts is not None
        assert list(screen.charts.titles) == ["system/cpu_utilization_percentage"]
        await until(pilot, lambda: isinstance(pilot.app.focused, CurveChart))
        before = screen.charts.view
        await pilot.press("x")
        assert screen.charts.view != before
        await screen.open_page(1)
        assert "loss" in screen.charts.titles


async def test_a_run_that_sampled_no_machine_says_so(sample: Store) -> None:
    async with viewer(sample) as (_, pilot):
        screen = await _opened(pilot)
        await screen.open_page(run_commands.PAGES.index("System"))
        said = screen.query_one(SystemTab).query_one(".charts--empty")
        await until(pilot, lambda: "system/" in str(said.render()))
