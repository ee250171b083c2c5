"""Keys in one burst, as a terminal delivers them, while what they are meant for is still on its way."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual import events
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widgets import Input

from logger.store import edits, search
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tests.waiting import PATIENCE_SECONDS
from tui_tracker import type_ahead
from tui_tracker.app import TrackerApp
from tui_tracker.screens import explorer
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.run_words import RenameDialog
from tui_tracker.widgets import runs_list


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


def burst(pilot: Pilot[None], *keys: str) -> None:
    """All keys at once, before any of them has been looked at."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key_to_character(key)))


def name_of(store: Store, run_id: int) -> str:
    reader = open_reader(store)
    try:
        return edits.words(reader, [run_id])[0].name
    finally:
        reader.close()


class Gate:
    """Holds a function up until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self._opened = threading.Event()
        self.reached = threading.Event()
        function = getattr(module, name)

        def held_up(*arguments: Any, **keywords: Any) -> Any:
            self.reached.set()
            assert self._opened.wait(PATIENCE_SECONDS)
            return function(*arguments, **keywords)

        monkeypatch.setattr(module, name, held_up)

    def open(self) -> None:
        self._opened.set()


async def all_keys_are_in(pilot: Pilot[None]) -> None:
    """Until the app has taken them from the terminal, whether or not they had to wait then."""
    await until(pilot, lambda: not pilot.app.message_queue_size)
    await pilot.pause()


async def test_keys_wait_for_a_dialog_that_the_store_is_asked_for(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, edits, "words")
    async with viewer(sample) as (screen, pilot):
        run = screen.pane.run
        assert run is not None
        burst(pilot, "R", "end", *"xqj", "enter", "j", "space")
        await until(pilot, gate.reached.is_set)
        await all_keys_are_in(pilot)
        assert pilot.app.screen is screen
        assert screen.pane.table.cursor == 0
        gate.open()
        await until(pilot, lambda: screen.pane.table.marked)
        monkeypatch.undo()
        assert name_of(sample, run.id) == f"{run.name}xqj"
        assert screen.pane.table.cursor == 1


async def test_keys_wait_for_a_dialog_that_takes_its_time_to_mount(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted, may_mount = asyncio.Event(), asyncio.Event()

    async def late(_dialog: RenameDialog) -> None:
        mounted.set()
        await may_mount.wait()

    monkeypatch.setattr(RenameDialog, "on_mount", late, raising=False)
    async with viewer(sample) as (screen, pilot):
        burst(pilot, "R", "end", *"xqj")
        # Not by `until`, which waits for the dialog itself.
        await asyncio.wait_for(mounted.wait(), PATIENCE_SECONDS)
        may_mount.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, RenameDialog))
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "run-00xqj")
        assert screen.pane.table.cursor == 0


async def test_keys_wait_for_the_names_that_a_dialog_is_made_of(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, explorer, "read_contents")
    app = TrackerApp(sample, watching=False)
    async with app.run_test(size=(140, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, ExplorerScreen)
        await until(pilot, gate.reached.is_set)
        burst(pilot, "E", *"optim", "space", "enter")
        await all_keys_are_in(pilot)
        gate.open()
        await until(pilot, lambda: screen.pane.look.grouped)
        assert [field.key for field in screen.pane.look.groups] == ["optimizer"]


async def test_keys_behind_a_filter_are_meant_for_the_runs_that_it_finds(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with viewer(sample) as (screen, pilot):
        gate = Gate(monkeypatch, runs_list, "read_view")
        burst(pilot, "slash", *"lr = 0.1", "enter", "j", "enter")
        await until(pilot, gate.reached.is_set)
        await all_keys_are_in(pilot)
        gate.open()
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and run_name(pilot))
        assert run_name(pilot) == "run-03"
        assert screen.pane.table.total == 4


async def test_marks_that_are_being_read_count_for_the_next_key(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with viewer(sample) as (_screen, pilot):
        gate = Gate(monkeypatch, search, "ids")
        burst(pilot, "M", "c")
        await until(pilot, gate.reached.is_set)
        gate.open()
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))


async def test_keys_go_on_to_the_screen_that_a_key_opens(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        burst(pilot, "enter", "4", "slash", *"jq", "enter", "escape", "escape", "j")
        await until(pilot, lambda: screen.pane.table.cursor == 1)
        assert pilot.app.screen is screen


async def test_what_is_pasted_keeps_its_place_between_keys(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        burst(pilot, "slash", *"lr ")
        pilot.app.post_message(events.Paste("= 0"))
        burst(pilot, *".1", "enter")
        await until(pilot, lambda: screen.pane.table.total == 4)
        assert screen.pane.filter_bar.text == "lr = 0.1"


async def test_a_command_is_found_by_what_is_typed_at_once(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        burst(pilot, "colon", *"rename", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RenameDialog))


async def test_a_store_that_does_not_answer_does_not_take_the_keys_away(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "PATIENCE_SECONDS", 0.1)
    gate = Gate(monkeypatch, edits, "words")
    async with viewer(sample) as (screen, pilot):
        burst(pilot, "R", "j")
        await until(pilot, lambda: screen.pane.table.cursor == 1)
        await pilot.press("j")
        await until(pilot, lambda: screen.pane.table.cursor == 2)
        gate.open()
        await until(pilot, lambda: isinstance(pilot.app.screen, RenameDialog) and pilot.app.focused)


async def test_a_fault_of_what_a_key_began_is_told(sample: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("[b]no[/b]")

    monkeypatch.setattr(edits, "words", broken)
    async with viewer(sample) as (_screen, pilot):
        await pilot.press("R")
        await until(pilot, lambda: pilot.app._notifications)
        assert "RuntimeError: [b]no[/b]" in next(iter(pilot.app._notifications)).message


def run_name(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#details").border_title or "")
