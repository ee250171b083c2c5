"""Editing runs in the explorer: one and many, taking back, the archive, the editor, hostile words."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from logger.store import edits, search
from logger.store.connection import open_reader
from logger.store.edits import Words
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import add_run, sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.screens.dialog import Dialog
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.run_words import ConfirmDialog, NoteDialog, RenameDialog, TagsDialog
from tui_tracker.widgets.run_details import RunDetails


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=4)


def words_of(store: Store) -> dict[str, Words]:
    """What the store says of all runs, by name."""
    reader = open_reader(store)
    found = edits.words(reader, search.ids(reader, search.Query(deleted=None, archived=None)))
    reader.close()
    return {run.name: run for run in found}


async def opened(pilot: Pilot[None], key: str, dialog: type[Dialog]) -> Dialog:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog) and pilot.app.focused)
    shown = pilot.app.screen
    assert isinstance(shown, dialog)
    return shown


async def test_a_run_is_renamed_and_named_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        dialog = await opened(pilot, "R", RenameDialog)
        dialog.query_one(Input).value = "otter"
        await pilot.press("enter")
        await until(pilot, lambda: shown_names(screen)[0] == "otter")
        await pilot.press("u")
        await until(pilot, lambda: shown_names(screen)[0] == "run-00")
        assert not len(screen.edits.history)


async def test_marked_runs_are_renamed_together(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("space", "j", "space")
        dialog = await opened(pilot, "R", RenameDialog)
        assert "2 runs" in str(dialog.query_one(".dialog").border_title)
        dialog.query_one(Input).value = "sweep-{}"
        await pilot.press("enter")
        await until(pilot, lambda: shown_names(screen)[:2] == ["sweep-run-00", "sweep-run-01"])


async def test_a_note_of_several_lines(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        dialog = await opened(pilot, "n", NoteDialog)
        assert dialog.query_one(TextArea).text == "a first try"
        await pilot.press("enter", *"good", "ctrl+s")
        await until(pilot, lambda: words_of(sample)["run-00"].note == "a first try\ngood")
        await until(pilot, lambda: pilot.app._notifications)
        await pilot.press("u")
        await until(pilot, lambda: words_of(sample)["run-00"].note == "a first try")


async def test_tags_that_several_share(sample: Store) -> None:
    async with viewer(sample) as (_screen, pilot):
        await pilot.press("space", "j", "j", "space")
        dialog = await opened(pilot, "T", TagsDialog)
        area = dialog.query_one(TextArea)
        assert area.text == "team = tabular"
        area.text = "= nameless"
        await pilot.press("ctrl+s")
        assert "name = value" in str(dialog.query_one(".dialog--remark", Static).content)
        area.text = "best = yes\nkeep"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: words_of(sample)["run-00"].tags == {"best": "yes", "keep": ""})
        found = words_of(sample)
        assert found["run-02"].tags == {"best": "yes", "keep": ""}
        assert found["run-01"].tags == {"team": "vision"}


async def test_many_are_deleted_after_a_question_shown_and_restored(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("space", "j", "space", "j", "space")
        dialog = await opened(pilot, "D", ConfirmDialog)
        assert "Delete 3 runs?" in str(dialog.query_one(".dialog").border_title)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.pane.table.total == 6
        await opened(pilot, "D", ConfirmDialog)
        await pilot.press("enter")
        await until(pilot, lambda: screen.pane.table.total == 3)
        assert screen.pane.table.marked == frozenset()
        await pilot.press("A")
        await until(pilot, lambda: "archived" in str(screen.pane.border_title))
        await until(pilot, lambda: "no archived run here" in screen.pane.table.placeholder)
        await pilot.press("A")
        await until(
            pilot, lambda: screen.pane.table.total == 3 and "deleted" in str(screen.pane.border_title)
        )
        await pilot.press("M")
        await until(pilot, lambda: len(screen.pane.table.marked) == 3)
        await opened(pilot, "D", ConfirmDialog)
        await pilot.press("enter")
        await until(pilot, lambda: screen.pane.table.total == 0)
        await pilot.press("A")
        await until(pilot, lambda: screen.pane.table.total == 6)


async def test_one_run_is_archived_at_once_and_taken_back(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("a")
        await until(pilot, lambda: screen.pane.table.total == 5)
        await pilot.press("A")
        await until(pilot, lambda: screen.pane.table.total == 1)
        await pilot.press("a")
        await until(pilot, lambda: screen.pane.table.total == 0)
        await pilot.press("u")
        await until(pilot, lambda: screen.pane.table.total == 1)
        await pilot.press("u")
        await until(pilot, lambda: screen.pane.table.total == 0)


async def test_marks_are_inverted_within_the_filter(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("space", "I")
        await until(pilot, lambda: len(screen.pane.table.marked) == 5)
        await pilot.press("I")
        await until(pilot, lambda: len(screen.pane.table.marked) == 1)


async def test_what_cannot_be_written_is_said(sample: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from logger.store.connection import StoreError

    def refuse(*_: object) -> None:
        raise StoreError("cannot write to the disk: it is full")

    async with viewer(sample) as (screen, pilot):
        monkeypatch.setattr(screen.source, "change", refuse)
        await pilot.press("a")
        await until(pilot, lambda: pilot.app._notifications)
        assert any(notice.title == "Nothing was changed" for notice in pilot.app._notifications)
        assert not len(screen.edits.history)


async def test_without_a_run_there_is_nothing_to_change(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "only", params={"lr": "1"})
    async with viewer(store) as (screen, pilot):
        await pilot.press("a")
        await until(pilot, lambda: screen.pane.table.total == 0)
        await pilot.press("R")
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        assert isinstance(pilot.app.screen, ExplorerScreen)


@pytest.mark.parametrize("name", HOSTILE, ids=[f"name {place}" for place in range(len(HOSTILE))])
async def test_hostile_words_are_harmless_in_every_dialog(tmp_path: Path, name: str) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place in range(2):
        add_run(store, name, uid=f"{place:032x}", params={"lr": "1"}, note=name, tags={name or "t": name})
    before = words_of(store)
    async with viewer(store, size=(100, 30)) as (screen, pilot):
        for mark in ("", "M"):
            if mark:
                await pilot.press(mark)
                await until(pilot, lambda: len(screen.pane.table.marked) == 2)
            for key, dialog in (
                ("R", RenameDialog),
                ("n", NoteDialog),
                ("T", TagsDialog),
                ("D", ConfirmDialog),
            ):
                await opened(pilot, key, dialog)
                await pilot.pause()
                for line in pilot.app.screen._compositor.render_strips():
                    assert_harmless("".join(segment.text for segment in line))
                await pilot.press("ctrl+s" if key == "T" else "escape")
                await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: not screen.questions.is_open("words"))
    assert words_of(store) == before


async def test_a_run_is_changed_on_its_page_and_taken_back_on_the_other_screen(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        page = pilot.app.screen
        details = page.query_one(RunDetails)
        await until(pilot, lambda: details.border_title)
        dialog = await opened(pilot, "R", RenameDialog)
        dialog.query_one(Input).value = "otter"
        await pilot.press("enter")
        await until(pilot, lambda: str(details.border_title) == "otter")
        await pilot.press("a")
        await until(pilot, lambda: len(screen.edits.history) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen and shown_names(screen)[0] == "run-01")
        await pilot.press("u")
        await until(pilot, lambda: shown_names(screen)[0] == "otter")
        await pilot.press("u")
        await until(pilot, lambda: shown_names(screen)[0] == "run-00")
