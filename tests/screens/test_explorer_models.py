"""The registry in short at the explorer's left: what it lists, how it lives, where Enter leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.widgets.model_tree import ModelTree


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    """The sample store with `clf`: v1 Archived, v2 in Production, v3 in Staging, v4 without a stage."""
    store = sample_store(tmp_path)
    with writing(store) as connection:
        for place in (1, 2, 3, 4):
            registry.register_version(connection, "clf", run_uid=f"{place:032x}")
        for place in (1, 2):
            registry.transition(connection, "clf", place, "Production", archive_existing=True)
        registry.transition(connection, "clf", 3, "Staging", archive_existing=True)
    return store


def lines(tree: ModelTree) -> list[str]:
    return [tree.render_line(y).text.strip("├└ ") for y in range(tree.size.height)]


def _registry_stands_on(pilot: Pilot[None], number: int) -> bool:
    if not isinstance(pilot.app.screen, RegistryScreen):
        return False
    version = pilot.app.screen.version
    return version is not None and version.version == number


async def test_models_stand_below_the_experiments_with_their_live_versions_first(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(ModelTree)
        await until(pilot, lambda: tree.size.height == 5)
        assert lines(tree) == ["▾ clf", "v2 Production", "v3 Staging", "v4", "v1 Archived"]
        assert tree.region.y > screen.tree_of_runs.region.y


@pytest.mark.parametrize(("line", "number"), [(2, 3), (4, 1)])
async def test_enter_on_a_version_opens_the_registry_there(sample: Store, line: int, number: int) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(ModelTree)
        for _ in ("while the registry has not been seen", "and when it has"):
            await until(pilot, lambda: tree.size.height == 5)
            tree.focus()
            tree.cursor_line = line
            await pilot.press("enter")
            await until(pilot, lambda: _registry_stands_on(pilot, number))
            await pilot.press("1")
            await until(pilot, lambda: pilot.app.screen is screen)


async def test_what_becomes_of_the_registry_shows_and_the_cursor_stays(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        tree = screen.query_one(ModelTree)
        await until(pilot, lambda: tree.size.height == 5)
        tree.focus()
        tree.cursor_line = 2
        with writing(sample) as connection:
            registry.register_version(connection, "another", run_uid=None, source="s3://bucket")
            registry.transition(connection, "clf", 4, "Production", archive_existing=True)
        await until(pilot, lambda: "another" in lines(tree)[0])
        await until(pilot, lambda: "v4 Production" in lines(tree))
        await until(pilot, lambda: "v3 Staging" in lines(tree)[tree.cursor_line])


async def test_many_versions_are_counted_and_no_model_takes_no_room(tmp_path: Path) -> None:
    store = sample_store(tmp_path, count=1)
    async with viewer(store, watching=True) as (screen, pilot):
        tree = screen.query_one(ModelTree)
        assert not tree.display
        with writing(store) as connection:
            for _ in range(30):
                registry.register_version(connection, "clf", run_uid=None)
        await until(pilot, lambda: tree.display and "… 24 more" in lines(tree))
        tree.focus()
        await pilot.press("end", "enter")
        await until(pilot, lambda: _registry_stands_on(pilot, 24))
