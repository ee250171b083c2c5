"""The console page of a run: what was printed, live, found, and harmless."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.console.record import STDERR, STDOUT, Record
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run
from tests.screens.driving import until
from tui_tracker.app import TrackerApp
from tui_tracker.commands.run import PAGES
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.console_tab import ConsoleTab
from tui_tracker.widgets.console_view import ConsoleView

UID = "a" * 32
MS = int(NOW * 1000)


@pytest.fixture
def printing(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "talks", uid=UID, status="RUNNING", metrics={"loss": [1.0]})
    return store


def record(store: Store, name: str = "host-1-a") -> Record:
    return Record(str(store.console(UID)), name)


@asynccontextmanager
async def console_page(
    store: Store, size: tuple[int, int] = (80, 20)
) -> AsyncIterator[tuple[ConsoleTab, Pilot[None]]]:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=size) as pilot:
        await app.push_screen(RunScreen(1))
        await pilot.press(str(PAGES.index("Console") + 1))
        await until(pilot, lambda: app.screen.query(ConsoleTab))
        yield app.screen.query_one(ConsoleTab), pilot


def shown(tab: ConsoleTab) -> list[str]:
    view = tab.query_one(ConsoleView)
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def status(tab: ConsoleTab) -> str:
    return str(tab.query_one("#console-status").render())


async def test_what_is_printed_appears_and_the_end_is_followed(printing: Store) -> None:
    async with console_page(printing) as (tab, pilot):
        assert "Nothing has been printed" in status(tab)
        output = record(printing)
        output.write(STDOUT, b"one\n", MS)
        output.write(STDERR, b"two\n", MS)
        output.flush()
        await until(pilot, lambda: shown(tab)[:2] == ["  one", "▌ two"])
        output.write(STDOUT, b"".join(b"line %d\n" % number for number in range(100)), MS)
        output.show([(STDERR, b" 10%")])
        output.flush()
        await until(pilot, lambda: shown(tab)[-1] == "▌  10%")
        assert shown(tab)[-2] == "  line 99"
        await until(pilot, lambda: "of 103" in status(tab) and "following" in status(tab))
        await pilot.press("pageup")
        await until(pilot, lambda: "following" not in status(tab))
        before = shown(tab)
        output.write(STDOUT, b"more\n", MS)
        output.flush()
        await until(pilot, lambda: "of 104" in status(tab))
        assert shown(tab) == before
        await pilot.press("f")
        await until(pilot, lambda: shown(tab)[-2] == "  more")
        await pilot.press("home")
        await until(pilot, lambda: shown(tab)[0] == "  one")


async def test_a_search_finds_marks_and_goes_on(printing: Store) -> None:
    output = record(printing)
    output.write(STDOUT, b"".join(b"step %d loss\n" % number for number in range(50_000)), MS)
    output.close()
    async with console_page(printing) as (tab, pilot):
        await until(pilot, lambda: shown(tab)[-1] == "  step 49999 loss")
        await pilot.press("slash", *"step 123", "space", "enter")
        view = tab.query_one(ConsoleView)
        await until(pilot, lambda: view.found_row == 123)
        assert "  step 123 loss" in shown(tab)
        await pilot.press("n")
        await until(pilot, lambda: "from the other end" in status(tab))
        assert view.found_row == 123
        await pilot.press("slash", "ctrl+u", *"4999", "enter")
        await until(pilot, lambda: view.found_row > 123)
        first = view.found_row
        await pilot.press("N")
        await until(pilot, lambda: view.found_row != first)
        await pilot.press("n")
        await until(pilot, lambda: view.found_row == first)
        await pilot.press("slash", "ctrl+u", *"absent", "enter")
        await until(pilot, lambda: "nothing says 'absent'" in status(tab))
        await pilot.press("slash", "/", "n", "escape")
        assert view.has_focus
        assert tab.is_mounted


async def test_long_lines_are_scrolled_or_wrapped(printing: Store) -> None:
    output = record(printing)
    output.write(STDOUT, b"".join(b"%d " % line + b"x" * 200 + b" end\n" for line in range(30)), MS)
    output.close()
    async with console_page(printing) as (tab, pilot):
        await until(pilot, lambda: shown(tab)[-1].startswith("  29 xxx"))
        assert not any("end" in line for line in shown(tab))
        await pilot.press("w")
        await until(pilot, lambda: [line for line in shown(tab) if line][-1].endswith(" end"))
        assert sum(line.startswith("  2") for line in shown(tab)) < len(shown(tab)) / 2
        await pilot.press("home")
        await until(pilot, lambda: shown(tab)[0].startswith("  0 xxx"))
        await pilot.press("w", "t")
        await until(pilot, lambda: ":" in shown(tab)[0])


async def test_each_process_has_its_own_output(printing: Store) -> None:
    for name in ("host-1-a", "host-2-b"):
        output = record(printing, name)
        output.write(STDOUT, f"of {name}\n".encode(), MS)
        output.close()
    async with console_page(printing) as (tab, pilot):
        await until(pilot, lambda: shown(tab)[0] == "  of host-1-a")
        assert "process 1 of 2" in status(tab)
        await pilot.press("o")
        await until(pilot, lambda: shown(tab)[0] == "  of host-2-b")


@pytest.mark.parametrize("keys", [(), ("w",), ("t",)], ids=["cut", "wrapped", "timed"])
async def test_hostile_output_is_harmless(printing: Store, keys: tuple[str, ...]) -> None:
    output = record(printing)
    for text in HOSTILE:
        output.write(STDERR, text.encode("utf-8", "surrogatepass").replace(b"\n", b"") + b"\n", MS)
    output.write(
        STDOUT, "a\x1b[31mred\x1b[0m 漢字 \ud800\x00\xff".encode("utf-8", "surrogatepass") + b"\n", MS
    )
    output.close()
    async with console_page(printing) as (tab, pilot):
        await until(pilot, lambda: any("ared 漢字" in line for line in shown(tab)))
        await pilot.press(*keys, "home")
        view = tab.query_one(ConsoleView)
        for row in range(view.count):
            view.scroll_to(y=row, animate=False, force=True)
            await pilot.pause()
            for line in shown(tab):
                assert_harmless(line)


async def test_a_console_that_goes_away_is_no_fault(printing: Store) -> None:
    output = record(printing)
    output.write(STDOUT, b"here\n", MS)
    output.close()
    async with console_page(printing) as (tab, pilot):
        await until(pilot, lambda: shown(tab)[0] == "  here")
        for path in printing.console(UID).iterdir():
            path.unlink()
        await pilot.pause(0.6)
        assert tab.is_mounted
        shown(tab)
