"""The comparison of runs, over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store import connection, runs, series
from logger.store.locate import Store, for_writing
from tests.sample import NOW, add_run, points
from tui_tracker.app import TrackerApp
from tui_tracker.messages import StoreChanged
from tui_tracker.screens.compare import MOST_RUNS, CompareScreen

HOSTILE = "run[/]1\x1b[2J"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    for place, name in enumerate(["first", HOSTILE]):
        add_run(
            store,
            name,
            uid=f"{place:032x}",
            params={"lr": f"0.{place + 1}", "depth": "6", "[@click=app.quit]k": f"[bold]{place}\x07"},
            metrics={"val/loss": [0.5 - place / 10], "val/acc": [0.5]},
        )
    return store


async def opened(pilot: Pilot[None], run_ids: list[int]) -> CompareScreen:
    screen = CompareScreen(run_ids, clock=lambda: NOW + 7200)
    await pilot.app.push_screen(screen)
    await settled(pilot)
    return screen


async def settled(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def texts(screen: CompareScreen) -> list[list[str]]:
    table = screen.table
    return [[cell.plain.strip() for cell in table.get_row_at(place)] for place in range(table.row_count)]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_only_what_differs_until_asked(store: Store, size: tuple[int, int]) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, [1, 2])
        rows = {row[0]: row[1:] for row in texts(screen)}
        assert rows["lr"] == ["0.1", "0.2"]
        assert rows["val/loss"] == ["0.5000", "0.4000★ -0.1000"]
        assert "depth" not in rows and "val/acc" not in rows
        assert rows["[@click=app.quit]k"] == ["[bold]0\ufffd", "[bold]1\ufffd"]
        assert "equal rows hidden" in screen.note
        await pilot.press("d")
        assert {"depth", "val/acc", "status"} <= {row[0] for row in texts(screen)}
        assert screen.note == ""
        await pilot.press("b", "a")
        assert {row[0]: row[1:] for row in texts(screen)}["min(val/loss)"] == ["0.5000  +0.1000", "0.4000★"]
        headings = [str(column.label) for column in screen.table.ordered_columns]
        assert "first" in headings[1] and headings[2].endswith("run[/]1\ufffd[2J baseline")
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, CompareScreen)


async def test_follows_the_store(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        with connection.writing(store) as database:
            series.append(database, 1, {"val/loss": points([0.15], first_step=9, start=NOW + 100)}, {})
            runs.touch(database, [1])
        screen.post_message(StoreChanged(frozenset({7})))
        await settled(pilot)
        assert "0.1500" not in str(texts(screen))
        screen.post_message(StoreChanged(frozenset({1})))
        await pilot.pause()
        await settled(pilot)
        assert {row[0]: row[1:] for row in texts(screen)}["val/loss"] == ["0.1500★", "0.4000  +0.2500"]


async def test_runs_that_are_gone_or_too_many_are_told(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, list(range(1, 31)))
        assert f"showing {MOST_RUNS} of 30 runs" in screen.note
        assert "18 runs are gone" in screen.note
