"""The explorer: what is shown at first, the tree, marks, order, other screens, small terminals."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store.fields import Field, Sort
from logger.store.locate import Store, for_writing
from tests.sample import sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.commands.base import CommandHost
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_tree import RunTree
from tui_tracker.widgets.store_header import StoreHeader


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


async def test_the_first_screen_shows_the_newest_runs_and_what_the_store_holds(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        assert screen.pane.table.total == 14
        assert shown_names(screen)[:3] == ["run-00", "run-01", "run-02"]
        await until(pilot, lambda: screen.query_one(StoreHeader).counts)
        assert screen.query_one(StoreHeader).counts == "2 running · 14 runs · 2 experiments"
        assert screen.pane.table.has_focus


async def test_curves_follow_the_cursor_and_the_marks(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        run_ids = [row.id for row in [screen.pane.run] if row]
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        assert screen.charts is not None
        assert set(screen.charts.titles) <= {"val/acc", "train/loss", "val/loss"}
        await pilot.press("space", "j")
        await until(pilot, lambda: len(screen.panel.run_ids) == 2)
        assert screen.pane.run is not None
        assert screen.panel.run_ids == (run_ids[0], screen.pane.run.id)
        await pilot.press("M")
        await until(pilot, lambda: len(screen.pane.table.marked) == 14)
        await pilot.press("U")
        await until(pilot, lambda: screen.panel.run_ids == (screen.pane.run and screen.pane.run.id,))


async def test_related_metrics_stand_side_by_side(sample: Store) -> None:
    async with viewer(sample, size=(220, 60)) as (screen, pilot):
        await until(pilot, lambda: screen.charts is not None and len(screen.charts.titles) == 3)
        assert screen.charts is not None
        assert screen.charts.titles == ["val/acc", "train/loss", "val/loss"]


async def test_sorting_by_a_column_and_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        fields = screen.pane.fields
        for _ in range(fields.index(Field("metric", "val/acc"))):
            await pilot.press("right")
        await pilot.press("s")
        await until(pilot, lambda: screen.pane.selection.order)
        assert screen.pane.selection.order == (Sort(Field("metric", "val/acc"), descending=True),)
        await pilot.press("g")
        await until(pilot, lambda: shown_names(screen)[0] == "run-00")
        await pilot.press("S")
        await until(pilot, lambda: shown_names(screen)[0] == "run-11")


async def test_the_cursor_stays_on_its_run_when_the_order_changes(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("j", "j")
        assert screen.pane.run is not None
        stood_on = screen.pane.run.id
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen)[0] == "image-1")
        assert screen.pane.run is not None
        assert screen.pane.run.id == stood_on


async def test_the_tree_narrows_the_table(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        tree.focus()
        await pilot.press("down", "down")
        await until(pilot, lambda: screen.pane.table.total == 2)
        assert shown_names(screen) == ["image-1", "image-0"]
        assert Field("metric", "val/acc") not in screen.pane.fields
        await pilot.press("right")
        await until(pilot, lambda: len(tree.root.children[1].children) == 2)
        await pilot.press("down", "down")
        await until(pilot, lambda: screen.pane.run is not None and screen.pane.run.name == "image-0")


async def test_the_tree_groups_runs_by_a_param(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, FieldPicker) and pilot.app.focused)
        await pilot.press(*"depth", "space", "enter")
        await until(pilot, lambda: str(tree.border_subtitle) == "by depth")
        tree.focus()
        await pilot.press("down", "right")
        await until(pilot, lambda: len(tree.root.children[0].children) == 4)
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.total == 3)
        assert shown_names(screen) == ["run-00", "run-04", "run-08"]


async def test_a_run_opens_and_escape_comes_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        opened = pilot.app.screen
        await until(pilot, lambda: "run-00" in str(opened.query_one(RunDetails).border_title))
        text = str(opened.query_one(RunDetails).query_one("Static").render())
        assert "train.py --lr 1e-3" in text
        assert "a first try" in text
        assert "optimizer" in text
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_help_names_every_key_of_the_screen(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        text = "\n".join(str(section.render()) for section in pilot.app.screen.query(".help--section"))
        assert isinstance(pilot.app, CommandHost)
        for command in (*screen.COMMAND_CLASSES, *pilot.app.COMMAND_CLASSES):
            if command.key:
                assert command.label() in text
                assert command.key_label() in text
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_below_100_columns_the_tree_folds_away_and_a_key_brings_it_back(sample: Store) -> None:
    async with viewer(sample, size=(80, 24)) as (screen, pilot):
        tree, trees = screen.query_one(RunTree), screen.query_one("#trees")
        assert not trees.display
        assert screen.pane.table.size.height >= 6
        await pilot.press("t")
        await until(pilot, lambda: trees.display and tree.has_focus)
        await pilot.press("t")
        await until(pilot, lambda: not trees.display and screen.pane.table.has_focus)


async def test_a_terminal_of_60_by_20_and_one_that_shrinks(sample: Store) -> None:
    async with viewer(sample, size=(60, 20)) as (screen, pilot):
        assert shown_names(screen)[0] == "run-00"
        await pilot.resize_terminal(20, 5)
        await pilot.resize_terminal(140, 40)
        await until(pilot, lambda: screen.query_one("#trees").display)
        assert shown_names(screen)[0] == "run-00"


async def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    from logger.store.connection import writing

    with writing(store):
        pass
    async with viewer(store) as (screen, _pilot):
        assert "no run yet" in screen.pane.table.placeholder
        assert "logger.start_run" in screen.pane.table.placeholder


async def test_a_place_without_a_store_says_so(tmp_path: Path) -> None:
    from tui_tracker.app import TrackerApp

    app = TrackerApp(Store(tmp_path / "nothing"), watching=False)
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(app._notifications))
        assert any("log a run there first" in notice.message for notice in app._notifications)


def test_what_an_input_asks_for_before_the_first_screen_is_there_does_no_harm(tmp_path: Path) -> None:
    """With eager tasks, which Textual uses where Python has them, inputs are mounted before their screen counts."""
    from tui_tracker.app import TrackerApp

    app = TrackerApp(Store(tmp_path), watching=False)
    assert app.screen_stack == []
    app.clear_selection()
    assert app.screen_stack == []
