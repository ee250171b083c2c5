"""Hostile text on the registry's screen and in its dialogs: shown as text, whatever it would like to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store import artifacts, registry
from logger.store.connection import writing
from logger.store.locate import Store
from tests.hostile import KINDS
from tests.sample import NOW
from tests.screens.driving import until
from tests.screens.registry_driving import churn, details_of, opened, screen
from tui_tracker.widgets.version_details import SECTIONS


def write_everywhere(store: Store, text: str) -> None:
    """Put a text into every column of the registry that holds text, as another program could, without our checks."""
    with writing(store) as database:
        for trigger in ("changed", "deleted", "replaced"):
            database.execute(f"DROP TRIGGER registry_events_not_{trigger}")
        version = registry.version(database, "churn", 3)
        registry.set_tag(database, "churn", "key", text, version=3)
        registry.set_alias(database, "churn", "champion", 3)
        values = {"kind": "", "step": None, "created": NOW, "sha256": text, "size": 1}
        artifacts.record(database, version.run_id or 0, {"path": "model.pkl", **values})
        detail = json.dumps({"gates": [{"rule": text, "found": text}], "override": text, "output": text})
        for statement in (
            "UPDATE registry_events SET model = ?1, user = ?1, host = ?1, reason = ?1, before = ?1, after = ?1",
            "UPDATE models SET name = ?1, description = ?1",
            "UPDATE model_versions SET source = ?1, sha256 = ?1, description = ?1, user = ?1, status = ?1",
            "UPDATE model_versions SET stage = ?1, path = ?1 WHERE version = 3",
            "UPDATE model_aliases SET alias = ?1",
            "UPDATE runs SET name = ?1",
            "UPDATE params SET value = ?1",
        ):
            database.execute(statement, (text,))
        database.execute("UPDATE registry_events SET detail = ?", (detail,))


def assert_drawn_harmlessly(pilot: Pilot[None]) -> None:
    strips = pilot.app.screen._compositor.render_strips()
    picture = "".join(strip.text for strip in strips)
    for character in ("\x1b", "\x9b", "\x07", "\u202e", "\u200b", "\u2028", "\U000e0041"):
        assert character not in picture
    for strip in strips:
        for segment in strip:
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta


@pytest.mark.parametrize("text", KINDS, ids=range(len(KINDS)))
async def test_every_section_and_dialog_shows_it_as_text(tmp_path: Path, text: str) -> None:
    store = churn(tmp_path)
    write_everywhere(store, text)
    async with opened(store) as pilot:
        await until(pilot, lambda: details_of(pilot) == 2)
        screen(pilot).versions.choose(3)
        await until(pilot, lambda: details_of(pilot) == 3)
        for _ in SECTIONS:
            await pilot.press("right_square_bracket")
            await pilot.pause()
            assert_drawn_harmlessly(pilot)
        await pilot.press("b", "space")
        await pilot.pause()
        assert_drawn_harmlessly(pilot)
        for key in ("p", "a", "e", "T", "M", "D", "ctrl+d"):
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen.is_modal)
            await pilot.pause()
            assert_drawn_harmlessly(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.press("P")
        await pilot.pause()
        assert pilot.app.is_running
