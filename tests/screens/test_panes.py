"""Panes: their borders are moved by keys and the mouse, one may have all the room, and all is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=4)


def pane(screen: ExplorerScreen, name: str) -> Widget:
    return screen.query_one(f"#{name}")


async def test_keys_move_the_borders_and_the_next_session_finds_them_so(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        width, height = pane(screen, "trees").size.width, pane(screen, "runs").outer_size.height
        await pilot.press("alt+right", "alt+right", "alt+up")
        await until(pilot, lambda: pane(screen, "trees").size.width == width + 6)
        await until(pilot, lambda: pane(screen, "runs").outer_size.height == height - 2)
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: pane(screen, "trees").size.width == width + 6)
        await until(pilot, lambda: pane(screen, "runs").outer_size.height == height - 2)


async def test_a_border_stops_before_a_pane_is_gone(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press(*["alt+left"] * 30, *["alt+down"] * 40)
        await until(pilot, lambda: pane(screen, "trees").outer_size.width == 12)
        assert pane(screen, "charts").outer_size.height >= 5
        assert pane(screen, "main").outer_size.width >= 40


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)


async def test_the_mouse_drags_a_border(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        trees, runs = pane(screen, "trees"), pane(screen, "runs")
        await drag(pilot, (trees.region.right - 1, 10), (44, 10))
        await until(pilot, lambda: trees.region.right == 45)
        await drag(pilot, (80, runs.region.bottom - 1), (80, 24))
        await until(pilot, lambda: runs.region.bottom == 25)
        await pilot.hover(offset=(90, 5))
        assert runs.region.bottom == 25


async def test_one_pane_has_all_the_room_and_gives_it_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("f11")
        await until(pilot, lambda: not pane(screen, "charts").region and not pane(screen, "trees").region)
        assert pane(screen, "runs").outer_size == (140, 38)
        await pilot.press("f11")
        await until(pilot, lambda: pane(screen, "charts").region and pane(screen, "trees").region)


async def test_a_pane_that_had_all_the_room_has_it_in_the_next_session(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("alt+right", "f11")
        await until(pilot, lambda: screen.has_class("-one-pane"))
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: pane(screen, "runs").outer_size == (140, 38))
        assert screen.pane.table.has_focus and not pane(screen, "charts").region
        await pilot.press("f11")
        await until(pilot, lambda: pane(screen, "charts").region and pane(screen, "trees").region)
    async with viewer(sample) as (screen, pilot):
        assert pane(screen, "charts").region


async def test_a_comparison_has_borders_and_one_pane(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        await pilot.press("M", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and pilot.app.screen.is_ready)
        compared, curves = (pilot.app.screen.query_one(f"#{name}") for name in ("compared", "curves"))
        height = compared.outer_size.height
        await pilot.press("alt+down")
        await until(pilot, lambda: compared.outer_size.height == height + 2)
        await pilot.press("f11")
        await until(pilot, lambda: not curves.region)
        await pilot.press("f11")
        await until(pilot, lambda: curves.region and compared.outer_size.height == height + 2)


async def test_trees_that_were_folded_away_stay_so(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("t")
        await until(pilot, lambda: not pane(screen, "trees").display)
    async with viewer(sample) as (screen, pilot):
        assert not pane(screen, "trees").display
        await pilot.press("t")
        await until(pilot, lambda: pane(screen, "trees").display)
    async with viewer(sample) as (screen, _pilot):
        assert pane(screen, "trees").display


@pytest.mark.parametrize("size", [(20, 5), (30, 8), (60, 20), (300, 80)])
async def test_there_are_rows_at_any_size(sample: Store, size: tuple[int, int]) -> None:
    async with viewer(sample, size) as (screen, pilot):
        table = screen.pane.table
        await until(pilot, lambda: table.size.height > 1 and "run-0" in table.render_line(1).text)
        assert table.region.bottom <= size[1]
