"""The screen of a run: its pages, and who offers commands on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

import logger
from logger.code_state import PATCH, STATE
from logger.console.record import STDERR, Record
from logger.store import runs
from logger.store.locate import Store, for_writing
from tests.hostile import assert_harmless
from tests.sample import NOW, add_run, sample_store
from tests.screens.driving import until, viewer
from tui_tracker.commands import run as run_commands
from tui_tracker.commands.base import Command
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.screens import run as run_screen
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.code_tab import CodeTab
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.patch_view import PatchView
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


async def test_a_run_that_vanished_explains_itself_in_its_overview(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    metrics = {"loss": [2.0, 1.0], "system/cpu_utilization_percentage": [10.0, 90.0]}
    uid = add_run(store, "a", status=runs.LOST, metrics=metrics)
    record = Record(str(store.console(uid)), "host-1-a")
    record.write(STDERR, b"\x1b[2J[bold]out of memory\n", int((NOW + 5) * 1000))
    record.close()
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        said = screen.query_one(RunDetails).query_one(Static)
        await until(pilot, lambda: "Why it ended" in str(said.render()))
        for piece in ("gone without a word", "[bold]out of memory", "loss  ", "CPU 90%"):
            assert piece in str(said.render())
        assert_harmless(pilot.app.export_screenshot())


async def test_the_overview_lists_what_the_run_left_and_counts_its_code(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    with logger.start_run("e", store=store) as run:
        run.log({"loss": 1.0})
        run.log_dict({"command": ["python", "train.py"]}, STATE)
        run.log_text("x", "notes.txt")
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        said = screen.query_one(RunDetails).query_one(Static)
        await until(pilot, lambda: "notes.txt" in str(said.render()))
        assert "Artifacts  1" in str(said.render()) and STATE not in str(said.render())
        assert "and 1 file of its code: see Code" in str(said.render())


async def test_the_code_has_a_page_with_its_changes(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    with logger.start_run("e", store=store) as run:
        run.log({"loss": 1.0})
        run.log_dict(
            {
                "command": ["python", "train.py"],
                "git": {"commit": "c" * 40, "branch": "[bold]work[/]"},
                "changed": True,
                "packages": {"torch": "2.4"},
                "problems": ["\x1b[2Jodd"],
            },
            STATE,
        )
        run.log_bytes(b"diff --git a/x b/x\n-old\n+new \x1b[31m\n", PATCH)
    async with viewer(store) as (_, pilot):
        screen = await _opened(pilot)
        await screen.open_page(run_commands.PAGES.index("Code"))
        page = screen.query_one(CodeTab)
        said = page.query_one(Static)
        await until(pilot, lambda: "torch" in str(said.render()))
        for piece in ("c" * 16, "[bold]work[/]", "python train.py", "odd", f"reproduce {run.id[:8]}"):
            assert piece in str(said.render())
        changes = page.query_one(PatchView)
        assert changes.display
        await until(pilot, lambda: changes.size.height > 3)
        assert changes.render_line(2).text.startswith("+new")
        assert_harmless(pilot.app.export_screenshot())


async def test_a_run_without_code_says_why(sample: Store) -> None:
    async with viewer(sample) as (_, pilot):
        screen = await _opened(pilot)
        await screen.open_page(run_commands.PAGES.index("Code"))
        said = screen.query_one(CodeTab).query_one(Static)
        await until(pilot, lambda: "kept no code" in str(said.render()))
