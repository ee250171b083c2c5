"""A small registry, and driving its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from logger.store.registry import ModelVersion, RegistryEvent
from tests.sample import add_run
from tests.screens.driving import until
from tui_tracker.app import TrackerApp
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.widgets.versions_pane import VersionsPane


def churn(directory: Path) -> Store:
    """`churn` with v1 Archived, v2 in Production and v3 without a stage, each from a run of its own."""
    found = for_writing(directory / ".tracker")
    for place in (1, 2, 3):
        uid = f"{place:032x}"
        add_run(
            found,
            f"run-{place}",
            uid=uid,
            params={"lr": f"0.{place}", "depth": "6"},
            metrics={"val/loss": [1.0 / place], "val/acc": [0.5 + place / 10]},
        )
        (found.artifacts / uid).mkdir(parents=True)
        (found.artifacts / uid / "model.pkl").write_bytes(b"weights")
    with writing(found) as database:
        for place in (1, 2, 3):
            registry.register_version(
                database, "churn", run_uid=f"{place:032x}", path="model.pkl", user="ada"
            )
        for place in (1, 2):
            registry.transition(
                database, "churn", place, "Production", archive_existing=True, reason="better"
            )
    return found


@asynccontextmanager
async def opened(store: Store, size: tuple[int, int] = (140, 40)) -> AsyncIterator[Pilot[None]]:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await app.switch_mode("registry")
        await until(pilot, lambda: screen(pilot)._view is not None)
        if screen(pilot).version is not None:
            await until(pilot, lambda: screen(pilot)._details is not None)
        yield pilot


def screen(pilot: Pilot[None]) -> RegistryScreen:
    found = next(found for found in reversed(pilot.app.screen_stack) if isinstance(found, RegistryScreen))
    assert isinstance(found, RegistryScreen)
    return found


async def choose(pilot: Pilot[None], number: int) -> None:
    screen(pilot).query_one(VersionsPane).choose(number)
    await until(pilot, lambda: details_of(pilot) == number)


def details_of(pilot: Pilot[None]) -> int | None:
    details = screen(pilot)._details
    return details.version.version if details else None


def shown(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def stored(store: Store) -> tuple[dict[int, ModelVersion], list[RegistryEvent]]:
    reader = open_reader(store)
    try:
        return {found.version: found for found in registry.versions(reader, "churn")}, registry.history(
            reader, "churn"
        )
    finally:
        reader.close()


def stages(store: Store) -> dict[int, str]:
    return {number: found.stage for number, found in stored(store)[0].items()}


def said(pilot: Pilot[None]) -> str:
    """All notifications, one a line."""
    return "\n".join(note.message for note in pilot.app._notifications)
