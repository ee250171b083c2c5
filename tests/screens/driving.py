"""Driving the viewer in tests: wait until it is at rest, never for a time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from logger.store.fields import Names
from logger.store.locate import Store
from tests.waiting import PATIENCE_SECONDS
from tui_tracker.app import TrackerApp
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.widgets.run_table import RunTable

_LOOK_SECONDS = 0.01


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait for a condition; fail when it does not come true in a time that only a broken viewer takes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the viewer did not get there"
        await pilot.pause(_LOOK_SECONDS)


@asynccontextmanager
async def viewer(
    store: Store, size: tuple[int, int] = (140, 40), *, watching: bool = False
) -> AsyncIterator[tuple[ExplorerScreen, Pilot[None]]]:
    """The explorer of a store, once its table has been read."""
    app = TrackerApp(store, watching=watching)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, ExplorerScreen)
        await until(pilot, lambda: screen.query_one(RunTable).columns)
        await until(pilot, lambda: screen.pane.names != Names() or not screen.pane.table.total)
        yield screen, pilot


def shown_names(screen: ExplorerScreen) -> list[str]:
    """The names of the runs in the lines of the table."""
    table = screen.pane.table
    lines = [table.render_line(y).text for y in range(1, min(table.size.height, table.total + 1))]
    return [line[3:].split("  ")[0].strip() for line in lines]
