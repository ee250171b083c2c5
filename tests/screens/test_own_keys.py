"""Keys and a theme of a person's own, in the app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Static

from logger.store.locate import Store
from tests.sample import sample_store
from tests.screens.driving import until, viewer
from tui_tracker.app import TrackerApp
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.screens.help import HelpScreen
from tui_tracker.widgets.key_bar import KeyBar

Configure = Callable[[str], None]


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=4)


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    def write(text: str) -> None:
        place = tmp_path / "config" / "tui-tracker" / "config.toml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return write


async def test_a_command_is_given_by_the_key_that_was_set_and_no_longer_by_its_own(
    sample: Store, configure: Configure
) -> None:
    configure('[keys]\nruns.mark = "ctrl+k"\napp.help = "f2"\n')
    async with viewer(sample) as (screen, pilot):
        await pilot.press("ctrl+k")
        await until(pilot, lambda: len(screen.pane.table.marked) == 1)
        await pilot.press("space", "down")
        assert len(screen.pane.table.marked) == 1
        assert "^k mark" in str(screen.query_one(KeyBar).render())
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert "^k" in pilot.app.export_screenshot()


async def test_a_key_that_two_commands_share_and_an_id_that_is_none_are_told(
    sample: Store, configure: Configure
) -> None:
    configure('[keys]\n"runs.mark" = "c"\n"runs.mrak" = "x"\n')
    async with viewer(sample) as (_screen, pilot):
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        told = " ".join(notification.message for notification in pilot.app._notifications)
        assert "line 2: runs.mark and runs.compare are both on c in explorer" in told
        assert "line 3: there is no command 'runs.mrak'" in told


async def test_a_theme_is_set_or_chosen_and_the_choice_remembered(
    sample: Store, configure: Configure
) -> None:
    configure('theme = "light"\n')
    async with viewer(sample) as (_screen, pilot):
        assert pilot.app.theme == "tracker-light"
        pilot.app.theme = "nord"
        await pilot.pause()
    assert TrackerApp(sample).theme == "nord"
    configure('theme = "contrast"\n')
    assert TrackerApp(sample).theme == "tracker-contrast"


async def test_keys_that_move_and_those_of_dialogs_are_set_too(sample: Store, configure: Configure) -> None:
    configure('[keys]\nlist.down = "f9"\ndialog.leave = "ctrl+x"\npick.toggle = "f8"\n')
    async with viewer(sample) as (screen, pilot):
        await pilot.press("f9", "j")
        assert screen.pane.table.cursor == 1
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, FieldPicker))
        assert "f8 shows or hides" in str(pilot.app.screen.query_one("#said", Static).content)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, FieldPicker)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert [one.message for one in pilot.app._notifications] == []


async def test_a_file_that_is_none_is_told_in_a_sentence_and_the_app_starts(
    sample: Store, configure: Configure
) -> None:
    configure("[keys\n")
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: pilot.app._notifications)
        (told,) = pilot.app._notifications
        assert "config.toml" in told.message and "\n" not in told.message
        await pilot.press("j")
        assert screen.pane.table.cursor == 1
