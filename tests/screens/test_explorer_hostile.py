"""Names that try to be more than names: escape sequences, markup, invisible characters, megabytes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import add_run
from tests.screens.driving import until, viewer
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.promote import PromoteDialog
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.version_words import AliasDialog, DescribeDialog
from tui_tracker.widgets.model_tree import ModelTree
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_tree import RunTree


@pytest.mark.parametrize("name", HOSTILE, ids=[f"name {place}" for place in range(len(HOSTILE))])
async def test_a_hostile_name_is_shown_as_harmless_text_everywhere(tmp_path: Path, name: str) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(
        store,
        name,
        experiment=name or "x",
        params={name or "p": name},
        tags={name or "t": name},
        note=name,
        metrics={name or "m": [1.0, 2.0, 3.0]},
    )
    async with viewer(store, size=(120, 40)) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        await until(pilot, lambda: tree.root.children)
        tree.focus()
        await pilot.press("down", "right", "down", "s", "b")
        await until(pilot, lambda: pilot.app.screen is not screen)
        assert_screen_is_harmless(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 1)
        assert_harmless(pilot.app.export_screenshot())
        screen.pane.table.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        opened = pilot.app.screen
        await until(pilot, lambda: "status" in str(opened.query_one(RunDetails).query_one("Static").render()))
        await pilot.pause()
        assert_screen_is_harmless(pilot)
        await pilot.press("escape", "c")
        assert pilot.app.is_running


@pytest.mark.parametrize("name", HOSTILE, ids=[f"name {place}" for place in range(len(HOSTILE))])
async def test_hostile_models_aliases_and_filters_are_shown_as_harmless_text(
    tmp_path: Path, name: str
) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place in (1, 2):
        add_run(
            store,
            name,
            uid=f"{place:032x}",
            experiment=name or "x",
            params={name or "p": str(place), "q": name},
            metrics={"loss": [1.0, 0.5]},
        )
    with writing(store) as connection:
        registry.register_version(connection, "plain", run_uid=f"{1:032x}")
        registry.set_alias(connection, "plain", "champion", 1)
        # Written by another program, without our checks.
        connection.execute("UPDATE models SET name = ?1, description = ?1", (name,))
        connection.execute("UPDATE model_versions SET description = ?1", (name,))
        connection.execute("UPDATE model_aliases SET alias = ?1", (name,))
    async with viewer(store, size=(140, 45)) as (screen, pilot):
        await until(pilot, lambda: screen.query_one(ModelTree).root.children)
        await pilot.press("M", "c")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and pilot.app.screen.table.row_count
        )
        assert_screen_is_harmless(pilot)
        await pilot.press("escape", "slash", *"q = ", "tab", "tab", "enter")
        assert_screen_is_harmless(pilot)
        screen.pane.filter_bar.input.value = f"tags.`{name}` = '{name}'"
        await pilot.press("enter")
        await pilot.pause()
        assert_screen_is_harmless(pilot)
        await pilot.press("escape", "escape")
        screen.query_one(ModelTree).focus()
        await pilot.press("home", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RegistryScreen) and pilot.app.screen.version)
        await pilot.pause()
        assert_screen_is_harmless(pilot)
        for key, dialog in (
            ("p", PromoteDialog),
            ("a", AliasDialog),
            ("e", DescribeDialog),
            ("E", DescribeDialog),
        ):
            await pilot.press(key)
            await until(pilot, partial(is_shown, pilot, dialog))
            await pilot.pause()
            assert_screen_is_harmless(pilot)
            await pilot.press("escape")
            await until(pilot, partial(is_shown, pilot, RegistryScreen))


def is_shown(pilot: Pilot[None], kind: type[Screen[object]]) -> bool:
    return isinstance(pilot.app.screen, kind)


def assert_screen_is_harmless(pilot: Pilot[None]) -> None:
    for line in pilot.app.screen._compositor.render_strips():
        assert_harmless("".join(segment.text for segment in line))
