"""A list is shown before it is known where in it the run of the cursor stands; what the person does then counts."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from logger.store import search
from logger.store.connection import Reader
from logger.store.locate import Store, for_writing
from logger.store.search import Query
from tests.sample import NOW, add_run
from tests.screens.driving import shown_names, until, viewer
from tests.waiting import PATIENCE_SECONDS
from tui_tracker.widgets import runs_list


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    for place in range(5):
        add_run(store, f"run-{place}", started=NOW + place, metrics={"loss": [1.0, 0.5 + place]})
    return store


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, nobody finds out where a run stands."""
    event, position = threading.Event(), search.position

    def slowly(reader: Reader, query: Query, run_id: int) -> int | None:
        given_up = time.monotonic() + PATIENCE_SECONDS / 4
        while not event.wait(0.01) and not reader.interrupted() and time.monotonic() < given_up:
            pass
        return position(reader, query, run_id)

    monkeypatch.setattr(search, "position", slowly)
    monkeypatch.setattr(Reader, "briefly", lambda reader, ask, most: ask(reader) if most > 1 else None)
    monkeypatch.setattr(runs_list, "_SEEK_SECONDS", math.inf)
    yield event
    event.set()


async def test_a_list_is_shown_before_the_run_of_the_cursor_is_found_in_it(
    sample: Store, found: threading.Event
) -> None:
    async with viewer(sample) as (screen, pilot):
        pane = screen.pane
        kept = pane.run
        names = shown_names(screen)
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        assert pane.table.cursor == 0
        found.set()
        await until(pilot, lambda: pane.table.cursor == len(names) - 1)
        assert pane.run is not None
        assert pane.run == kept


async def test_who_moves_the_cursor_meanwhile_keeps_it_there(sample: Store, found: threading.Event) -> None:
    async with viewer(sample) as (screen, pilot):
        pane = screen.pane
        names = shown_names(screen)
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        await pilot.press("down")
        await until(pilot, lambda: pane.run is not None and screen.panel.run_ids == (pane.run.id,))
        found.set()
        await pane.settled()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert pane.table.cursor == 1
        assert pane.run is not None
        assert pane.run.name == names[::-1][1]


async def test_who_marks_a_run_meanwhile_keeps_the_cursor_on_it(
    sample: Store, found: threading.Event
) -> None:
    async with viewer(sample) as (screen, pilot):
        table = screen.pane.table
        names = shown_names(screen)
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        await pilot.press("space")
        found.set()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert table.cursor == 0
        assert table.cursor_run is not None
        assert table.marked == {table.cursor_run.id}


async def test_of_two_orders_in_a_row_the_last_one_counts(sample: Store, found: threading.Event) -> None:
    async with viewer(sample) as (screen, pilot):
        pane = screen.pane
        names = shown_names(screen)
        await pilot.press("down", "down")
        kept = pane.run
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names)
        found.set()
        await until(pilot, lambda: pane.table.cursor == 2)
        assert pane.run == kept


async def test_the_curves_wait_for_the_run_that_is_sought(sample: Store, found: threading.Event) -> None:
    async with viewer(sample) as (screen, pilot):
        names = shown_names(screen)
        await until(pilot, lambda: screen.panel.run_ids)
        shown = screen.panel.run_ids
        seen: list[tuple[int, ...]] = []
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        seen.append(tuple(screen.panel.run_ids))
        found.set()
        await until(pilot, lambda: screen.pane.table.cursor == len(names) - 1)
        seen.append(tuple(screen.panel.run_ids))
        assert seen == [tuple(shown)] * 2


async def test_what_is_to_be_done_with_a_run_waits_until_the_run_is_found(
    sample: Store, found: threading.Event
) -> None:
    async with viewer(sample) as (screen, pilot):
        pane = screen.pane
        names = shown_names(screen)
        kept = pane.run
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        settled = asyncio.create_task(pane.settled())
        await pilot.pause()
        assert not settled.done()
        found.set()
        await settled
        assert pane.run == kept


async def test_what_is_not_found_for_long_is_given_up(
    sample: Store, found: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_list, "_SEEK_SECONDS", 0.0)
    async with viewer(sample) as (screen, pilot):
        pane = screen.pane
        names = shown_names(screen)
        await pilot.press("r")
        await until(pilot, lambda: shown_names(screen) == names[::-1])
        await pane.settled()
        assert pane.table.cursor == 0
        assert pane.run is not None
        assert pane.run.name == names[-1]
        await until(pilot, lambda: pane.run is not None and screen.panel.run_ids == (pane.run.id,))
