"""Every screen, page and dialog over a store in which every text is hostile, as another program could write it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from logger.artifacts import write_bytes
from logger.code_state import PATCH, STATE
from logger.console.record import STDERR, STDOUT, Record
from logger.store import artifacts
from logger.store.connection import writing
from logger.store.fields import SYSTEM_PREFIX
from logger.store.locate import Store
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW
from tests.screens.pictured_store import RUNNING, pictured_store, stand_still
from tests.screens.rest import at_rest
from tests.screens.walks import WALKS, take
from tui_tracker.app import TrackerApp

# What the store itself reads: ids, states, what keeps its parts together.
_READ_BY_THE_STORE = {
    "uid",
    "status",
    "stage",
    "sha256",
    "state",
    "birth",
    "path",
    "action",
    "detail",
    "stop_signal",
}
_OF_NO_SCREEN = {"journals", "writers", "sqlite_sequence", "_sqlite_migrations"}


class Poison:
    """The same hostile text for the same text, another for another."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def __call__(self, text: object) -> object:
        if not isinstance(text, str):
            return text
        if text not in self._given:
            number = len(self._given)
            lead = SYSTEM_PREFIX if text.startswith(SYSTEM_PREFIX) else ""
            self._given[text] = f"{lead}{HOSTILE[number % len(HOSTILE)]}{number}"
        return self._given[text]

    def within(self, value: Any) -> Any:
        """The same in lists and dictionaries."""
        if isinstance(value, dict):
            return {key: self.within(found) for key, found in value.items()}
        return [self.within(found) for found in value] if isinstance(value, list) else self(value)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = pictured_store(tmp_path_factory.mktemp("hostile"))
    poison = Poison()
    with writing(store) as database:
        for trigger in ("changed", "replaced", "deleted"):
            database.execute(f"DROP TRIGGER IF EXISTS registry_events_not_{trigger}")
        database.create_function("hostile", 1, poison)
        _poison_tables(database)
        (run_id,) = database.execute("SELECT id FROM runs WHERE uid = ?", (RUNNING,)).fetchone()
        values = {"sha256": "0" * 64, "kind": "", "step": None, "created": NOW, "size": 1}
        for text in HOSTILE[:11]:
            artifacts.record(database, run_id, {"path": f"{text}.txt", **values})
        state = json.loads((store.artifacts / RUNNING / STATE).read_text())
        for path, content in (
            (STATE, json.dumps(poison.within(state)).encode()),
            (PATCH, b"diff --git a/x b/x\n" + _lines("+")),
            ("train.py", _lines("# ")),
        ):
            kept = write_bytes(store, RUNNING, content, path, None)
            update = "UPDATE artifacts SET sha256 = ?, size = ? WHERE run_id = ? AND path = ?"
            database.execute(update, (kept["sha256"], kept["size"], run_id, path))
    record = Record(str(store.console(RUNNING)), "host-2-b")
    record.write(STDOUT, _lines(""), int(NOW * 1000))
    record.write(STDERR, _lines(""), int(NOW * 1000) + 500)
    record.close()
    return store


def _lines(lead: str) -> bytes:
    return "".join(f"{lead}{text[:5000]}\n" for text in HOSTILE).encode()


def _poison_tables(database: sqlite3.Connection) -> None:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - _OF_NO_SCREEN:
        for _, column, kind, *_ in database.execute(f"PRAGMA table_info({table})").fetchall():
            if kind == "TEXT" and column not in _READ_BY_THE_STORE:
                database.execute(f"UPDATE {table} SET {column} = hostile({column}) WHERE {column} <> ''")


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    stand_still(monkeypatch)
    yield


@pytest.mark.parametrize("name", WALKS)
async def test_nothing_that_is_shown_does_harm(name: str, hostile: Store, tmp_path: Path) -> None:
    app = TrackerApp(hostile, watching=False)
    app.animation_level = "none"
    async with app.run_test(size=(120, 36)) as pilot:
        await at_rest(pilot)
        for shot in WALKS[name]:
            for step in shot.steps:
                await take(pilot, step)
                await at_rest(pilot)
            assert_screen_is_harmless(pilot)
        assert app.is_running


def assert_screen_is_harmless(pilot: Pilot[None]) -> None:
    for strip in pilot.app.screen._compositor.render_strips():
        assert_harmless(strip.text)
        for segment in strip:
            if segment.style is not None:
                assert segment.style.link is None and "@click" not in segment.style.meta
