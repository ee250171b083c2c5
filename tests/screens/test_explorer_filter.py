"""The filter bar in the explorer: live counts, mistakes, completion, keeping and giving up."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.screens.explorer import ExplorerScreen


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


def _line(screen: ExplorerScreen, name: str) -> str:
    return str(screen.pane.filter_bar.query_one(f".filter--{name}", Static).render())


async def test_typing_narrows_the_table_and_enter_keeps_it(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash", *"lr=0.1", "enter")
        await until(pilot, lambda: screen.pane.table.total == 4)
        assert _line(screen, "count") == "4 of 14"
        assert shown_names(screen) == ["run-00", "run-03", "run-06", "run-09"]
        assert screen.pane.table.has_focus


async def test_escape_brings_the_last_filter_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash", *"lr=0.1", "enter")
        await until(pilot, lambda: screen.pane.table.total == 4)
        await pilot.press("slash", *" and run-03")
        await until(pilot, lambda: screen.pane.table.total == 1)
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 4)
        assert screen.pane.filter_bar.text == "lr=0.1"
        assert screen.pane.table.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 14)
        assert screen.pane.filter_bar.text == ""


async def test_a_mistake_is_marked_where_it_is_and_the_table_stays(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash", *"lr=0.1 and val/acc > high", "enter")
        await until(pilot, lambda: "^" in _line(screen, "problem"))
        problem = _line(screen, "problem")
        assert problem.index("^") == len("lr=0.1 and val/acc > ")
        assert "number" in problem
        assert screen.pane.filter_bar.input.has_focus


async def test_tab_completes_names_and_goes_through_the_options(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash", *"val/")
        await until(pilot, lambda: "val/acc" in _line(screen, "options"))
        await pilot.press("tab")
        assert screen.pane.filter_bar.text == "val/acc"
        await pilot.press("tab")
        assert screen.pane.filter_bar.text == "val/loss"
        await pilot.press("shift+tab")
        assert screen.pane.filter_bar.text == "val/acc"


async def test_a_filter_that_nothing_matches_says_how_to_go_on(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash", *"zebra", "enter")
        await until(pilot, lambda: screen.pane.table.total == 0)
        assert "none of 14 runs matches" in screen.pane.table.placeholder


@pytest.mark.parametrize("text", ["' OR 1=1--", "x); DROP TABLE runs;--", "((((((((((", "(a+)+$"])
async def test_a_hostile_filter_is_a_mistake_or_matches_nothing(sample: Store, text: str) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("slash")
        screen.pane.filter_bar.input.value = text
        await pilot.press("enter")
        await until(pilot, lambda: "^" in _line(screen, "problem") or screen.pane.table.total == 0)
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 14)


@pytest.mark.parametrize("width", [90, 110, 160])
async def test_a_mistake_is_explained_on_the_side_that_has_room(sample: Store, width: int) -> None:
    async with viewer(sample, size=(width, 40)) as (screen, pilot):
        await pilot.press("slash", *"optimzer = adam")
        await until(pilot, lambda: "no metric" in _line(screen, "problem"))
        marks, _, sentence = _line(screen, "problem").rpartition("^")
        assert marks.strip("^ ") == ""
        assert sentence.strip().startswith("no metric, param")


async def test_a_mistake_at_the_end_of_a_long_filter_is_explained_before_it(sample: Store) -> None:
    async with viewer(sample, size=(110, 40)) as (screen, pilot):
        await pilot.press("slash", *"val/acc > 0.1 and val/loss < 2 and depth > 1 and lr >")
        await until(pilot, lambda: "found the end" in _line(screen, "problem"))
        sentence, _, after = _line(screen, "problem").partition("^")
        assert sentence.strip().startswith("found the end: a number")
        assert after.strip("^ ") == ""
