"""The comparison of runs, over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input, Static

from logger.store import connection, runs, series
from logger.store.locate import Store, for_writing
from tests.sample import NOW, add_run, points
from tests.screens.driving import until
from tests.unit.test_code_diff import keep_code
from tui_tracker.app import TrackerApp
from tui_tracker.messages import StoreChanged
from tui_tracker.screens.compare import MOST_RUNS, CompareScreen
from tui_tracker.screens.copy_picker import CopyPicker
from tui_tracker.screens.plots import PlotsScreen
from tui_tracker.screens.run_picker import RunPicker
from tui_tracker.screens.taking_away import PathDialog
from tui_tracker.widgets.side_by_side import SideBySide

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
    return [[cell.plain.strip() for cell in table.row_at(place)] for place in range(table.row_count)]


def cells(screen: CompareScreen) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in texts(screen)}


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
        headings = [heading.plain for heading in screen.table.headings]
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
        screen = await opened(pilot, list(range(1, 62)))
        assert f"showing {MOST_RUNS} of 61 runs" in screen.note
        assert "48 runs are gone" in screen.note


async def test_changes_in_percent_of_a_baseline_from_the_list(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        await pilot.press("percent_sign")
        assert cells(screen)["val/loss"] == ["0.5000", "0.4000★ -20.0%"]
        await pilot.press("percent_sign")
        assert cells(screen)["val/loss"][1] == "0.4000★ -0.1000 -20.0%"
        await pilot.press("percent_sign", "B")
        await until(pilot, lambda: isinstance(app.screen, RunPicker))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen is screen)
        assert cells(screen)["val/loss"] == ["0.5000  +0.1000", "0.4000★"]


async def test_which_way_is_better_is_turned_at_the_cursor(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        await pilot.press("t")
        assert cells(screen)["val/loss"][1].startswith("0.4000★")
        await pilot.press("end", "t")
        assert cells(screen)["val/loss"][0] == "0.5000★"


async def test_fifty_runs_scroll_beside_their_names(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place in range(MOST_RUNS):
        params = {f"param-{key:02}": str(place * key) for key in range(40)}
        add_run(
            store, f"run-{place:02}", uid=f"{place:032x}", params=params, metrics={"loss": [float(place)]}
        )
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, list(range(1, MOST_RUNS + 1)))
        assert len(screen.table.headings) == MOST_RUNS + 1
        for _ in range(5):
            await pilot.press("l", "right")
        await until(pilot, lambda: screen.table.scroll_offset.x > 0)
        assert screen.table.render_line(3).text.strip().startswith("param-0")
        # Ten columns on, the eleventh run is the first beside the names, its heading above its values.
        heading, values = (screen.table.render_line(y).text for y in (0, 3))
        assert "run-10" in heading and "run-09" not in heading
        assert values.split()[:2] == ["param-02", "20"]
        for _ in range(20):
            await pilot.press("h")
        await until(pilot, lambda: screen.table.scroll_offset.x == 0)
        await pilot.press("end")
        await until(pilot, lambda: screen.table.current is not None and screen.table.scroll_offset.y > 0)
        assert "loss" in screen.table.render_line(screen.table.size.height - 1).text
        await pilot.press("home")
        await until(pilot, lambda: screen.table.cursor_row == 0 and screen.table.scroll_offset.y == 0)
        await pilot.click(screen.table, offset=(4, 5))
        assert screen.table.cursor_row == 4


async def test_only_the_cells_on_the_screen_are_made(tmp_path: Path) -> None:
    app = TrackerApp(for_writing(tmp_path / ".tracker"), watching=False)
    made: set[tuple[int, int]] = set()

    def cell(row: int, column: int) -> Text:
        made.add((row, column))
        return Text(f"{row}:{column}")

    async with app.run_test(size=(80, 24)) as pilot:
        table = SideBySide()
        await app.screen.mount(table)
        table.styles.height = table.styles.width = "100%"
        table.put([Text(f"c{column}") for column in range(1000)], [6] * 1000, 1000, cell)
        await until(pilot, lambda: made)
        assert len(made) <= 24 * 11
        assert table.row_at(999)[999].plain == "999:999"


async def test_code_of_two_runs(store: Store) -> None:
    for place, version in enumerate(["1.26", "2.0"]):
        keep_code(
            store, f"{place:032x}", commit="a" * 40, patch=f"+x = {place}\n", packages={"numpy": version}
        )
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        assert cells(screen)["numpy"] == ["1.26", "2.0"] and "commit" not in cells(screen)
        await pilot.press("g")
        lines = screen.query_one("#diff-lines", Static)
        await until(pilot, lambda: "++x = 1" in str(lines.content))
        assert "uncommitted changes differ" in str(screen.query_one("#diff-remark", Static).content)
        await pilot.press("g")
        assert app.focused is screen.table


async def test_copying_and_writing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CopyPicker))
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard)
        assert "| val/loss | 0.5000 | **0.4000 (-0.1000)** |" in app.clipboard
        for name, begins in (
            ("a.svg", "<svg"),
            ("a.html", "<!DOCTYPE html>"),
            ("a.csv", ",first"),
            ("a.tex", "% needs"),
        ):
            await pilot.press("w")
            await until(pilot, lambda: isinstance(app.screen, PathDialog))
            app.screen.query_one(Input).value = name
            await pilot.press("ctrl+s")
            await until(pilot, lambda: app.screen is screen)
            await until(pilot, (tmp_path / name).exists)
            written = (tmp_path / name).read_text()
            assert written.startswith(begins) and "\x1b" not in written
        assert "Comparison of 2 runs" in (tmp_path / "a.html").read_text()


async def test_nothing_is_written_over(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.svg").write_text("mine")
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, [1, 2])
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, PathDialog))
        remark = app.screen.query_one(".dialog--remark", Static)
        for name, said in (
            ("mine.svg", "is there already"),
            ("no/such/place.svg", "no directory"),
            ("picture.exe", "has to end in"),
            ("", "needs a name"),
        ):
            app.screen.query_one(Input).value = name
            await pilot.press("ctrl+s")
            assert said in str(remark.content)
        assert (tmp_path / "mine.svg").read_text() == "mine"


async def test_pictures_of_the_compared_runs(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, [1, 2])
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, PlotsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
