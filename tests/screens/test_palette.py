"""The palette: finds every command that can be given at the moment, and gives it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, DiscoveryHit, Hit
from textual.pilot import Pilot

from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tui_tracker.commands.base import CommandHost
from tui_tracker.commands.palette import CommandProvider
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.registry import RegistryScreen


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=3)


async def discovered(pilot: Pilot[None]) -> dict[str, DiscoveryHit]:
    hits = [hit async for hit in CommandProvider(pilot.app.screen).discover()]
    found = {hit.display: hit for hit in hits if isinstance(hit, DiscoveryHit)}
    assert len(found) == len(hits), "two commands have one name"
    return {str(name): hit for name, hit in found.items()}


async def searched(pilot: Pilot[None], words: str) -> list[Hit]:
    hits = [hit async for hit in CommandProvider(pilot.app.screen).search(words)]
    return sorted((hit for hit in hits if isinstance(hit, Hit)), key=lambda hit: -hit.score)


async def test_it_offers_what_is_available_on_this_screen_and_everywhere(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.charts is not None)
        offers = await discovered(pilot)
        assert isinstance(pilot.app, CommandHost)
        for host in (screen, pilot.app):
            for command in host.COMMAND_CLASSES:
                assert (command.label() in offers) == command().available(host)
        assert "Filter the runs" in offers
        assert "Filter the runs" not in await on_registry(pilot)


async def on_registry(pilot: Pilot[None]) -> dict[str, DiscoveryHit]:
    await pilot.app.switch_mode("registry")
    await until(pilot, lambda: isinstance(pilot.app.screen, RegistryScreen))
    return await discovered(pilot)


async def test_each_offer_shows_its_key(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        offers = await discovered(pilot)
        assert str(offers["Filter the runs"].help).startswith("/")
        assert str(offers["All keys of this screen"].help).startswith("?")


async def test_a_few_letters_find_a_command_and_what_does_not_match_is_left_out(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        found = await searched(pilot, "filt runs")
        assert str(found[0].match_display) == "Filter the runs"
        assert await searched(pilot, "qqqqzzzz") == []
        assert await searched(pilot, "[/]") == []


async def test_a_hit_does_what_it_says(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        (hit, *_others) = await searched(pilot, "all keys of this screen")
        await hit.command()
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        (hit, *_others) = await searched(pilot, "mark the run, or unmark it")
        await hit.command()
        await until(pilot, lambda: len(screen.pane.table.marked) == 1)


async def test_it_opens_by_its_key_and_runs_what_is_chosen(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press(*"model registry")
        await until(pilot, lambda: pilot.app.screen.query_one(CommandList).option_count == 1)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RegistryScreen))
