"""Names that try to be more than names: escape sequences, markup, invisible characters, megabytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store.locate import for_writing
from tests.sample import add_run
from tests.screens.driving import until, viewer
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_tree import RunTree

HOSTILE = [
    "\x1b[2J\x1b[1;1HPWN",
    "\x9b2J",
    "\x1bP$qm\x1b\\",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "run[/]1",
    "[bold]",
    "[@click=app.quit]x[/]",
    "[link=http://e]x[/link]",
    "a\u202eb\u200bc\u2028d",
    "\U000e0041tag",
    "e" + "\u0301" * 2000,
    "long " * 100_000,
    "",
    "   ",
    "[",
    "\\[x",
]


@pytest.mark.parametrize("name", HOSTILE, ids=[f"name {place}" for place in range(len(HOSTILE))])
async def test_a_hostile_name_is_shown_as_harmless_text_everywhere(tmp_path: Path, name: str) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(
        store,
        name,
        experiment=name or "x",
        params={name or "p": name},
        tags={name or "t": name},
        note=name,
        metrics={name or "m": [1.0, 2.0, 3.0]},
    )
    async with viewer(store, size=(120, 40)) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        await until(pilot, lambda: tree.root.children)
        tree.focus()
        await pilot.press("down", "right", "down", "b", "s")
        await until(pilot, lambda: screen.pane.table.total == 1)
        _assert_harmless(pilot.app.export_screenshot())
        screen.pane.table.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        opened = pilot.app.screen
        await until(pilot, lambda: "status" in str(opened.query_one(RunDetails).query_one("Static").render()))
        await pilot.pause()
        for line in pilot.app.screen._compositor.render_strips():
            _assert_harmless("".join(segment.text for segment in line))
        await pilot.press("escape", "c")
        assert pilot.app.is_running


def _assert_harmless(text: str) -> None:
    controls = [character for character in text if ord(character) < 32 and character != "\n"]
    assert not controls
    assert not any("\x7f" <= character <= "\x9f" for character in text)
    assert not any(character in text for character in "\u202e\u200b\u2028\x1b")
