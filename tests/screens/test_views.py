"""Saved views in the explorer, and the filters of before."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from logger.store.fields import Field
from logger.store.locate import Store
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.model.chart_choice import ChartChoice
from tui_tracker.model.saved_views import SavedView, SavedViews
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TableLook
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.view_picker import ViewPicker
from tui_tracker.widgets.run_tree import RunTree


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


async def picker(pilot: Pilot[None]) -> ViewPicker:
    await pilot.press("o")
    await until(pilot, lambda: isinstance(pilot.app.screen, ViewPicker) and pilot.app.focused)
    opened = pilot.app.screen
    assert isinstance(opened, ViewPicker)
    return opened


def said(opened: ViewPicker) -> str:
    return str(opened.query_one("#said", Static).content)


async def filtered(screen: ExplorerScreen, pilot: Pilot[None], text: str, total: int) -> None:
    await pilot.press("slash")
    screen.pane.filter_bar.input.value = text
    await pilot.press("enter")
    await until(pilot, lambda: screen.pane.table.total == total and screen.pane.table.has_focus)


async def test_a_view_is_saved_and_shown_again(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await filtered(screen, pilot, "lr = 0.1", 4)
        chosen = ChartChoice(hidden=frozenset({"train/loss"}))
        columns = (Field("attribute", "name"), Field("param", "lr"))
        screen.pane.show_as(TableLook(columns=columns))
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        await pilot.press("y")
        assert screen.charts is not None
        screen.charts.choice = chosen
        opened = await picker(pilot)
        assert "no view is saved yet" in said(opened)
        await pilot.press("ctrl+s")
        assert "type a name" in said(opened)
        await pilot.press(*"fast", "ctrl+s")
        assert said(opened) == "saved fast"
        await pilot.press("ctrl+s")
        assert "is there already" in said(opened)
        await pilot.press("down", "ctrl+s")
        assert "is there already" in said(opened)
        await pilot.press("ctrl+s")
        assert said(opened) == "replaced fast"
        await pilot.press("escape", "escape", "y")
        screen.charts.choice = ChartChoice()
        screen.pane.show_as(TableLook())
        await until(pilot, lambda: screen.pane.table.total == 14)
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        assert screen.charts is not None and not screen.charts.view.log_y
        opened = await picker(pilot)
        await pilot.press(*"fa", "enter")
        await until(pilot, lambda: screen.pane.table.total == 4)
        assert screen.pane.table.shown_fields == columns
        assert screen.pane.filter_bar.text == "lr = 0.1"
        assert screen.charts.view.log_y
        assert screen.charts.choice == chosen


async def test_a_view_may_be_what_an_experiment_is_shown_as_at_first(sample: Store) -> None:
    SavedViews(StateFile.of(sample)).save(SavedView("failed ones", "status = failed"))
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        tree.focus()
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.total == 12)
        screen.pane.table.focus()
        opened = await picker(pilot)
        await pilot.press("ctrl+t")
        assert "★" in str(opened.query_one(OptionList).get_option_at_index(0).prompt)
        await pilot.press("escape")
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        assert screen.pane.table.total == 14
        tree.focus()
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.total == 2)
        assert screen.pane.filter_bar.text == "status = failed"
        assert shown_names(screen) == ["run-03", "run-09"]


async def test_a_view_is_deleted_and_one_whose_filter_no_longer_holds_is_told(sample: Store) -> None:
    views = SavedViews(StateFile.of(sample))
    views.save(SavedView("old", "gone > 1"))
    async with viewer(sample) as (screen, pilot):
        await picker(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app._notifications)
        assert screen.pane.table.total == 14
        opened = await picker(pilot)
        await pilot.press("ctrl+d")
        assert said(opened) == "deleted old"
        assert views.all() == []
        await pilot.press("enter", "ctrl+d", "down", "escape")


async def test_earlier_filters_come_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await filtered(screen, pilot, "lr = 0.1", 4)
        await filtered(screen, pilot, "status = failed", 2)
    async with viewer(sample) as (screen, pilot):
        bar = screen.pane.filter_bar
        await pilot.press("slash", "up", "up")
        await until(pilot, lambda: screen.pane.table.total == 4)
        assert bar.text == "lr = 0.1"
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.total == 2)
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 14)
        assert bar.text == "" and screen.pane.table.has_focus


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
async def test_hostile_names_of_views_are_harmless(sample: Store, name: str) -> None:
    SavedViews(StateFile.of(sample)).save(SavedView(name, name, TableLook(groups=(Field("tag", name),))))
    async with viewer(sample, size=(100, 30)) as (screen, pilot):
        opened = await picker(pilot)
        opened.query_one(Input).value = name[:20]
        await pilot.pause()
        for strip in pilot.app.screen._compositor.render_strips():
            assert_harmless("".join(segment.text for segment in strip))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
