"""The registry's screen, driven by its keys: what is shown, and what the store holds afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input, Static, TextArea

from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from logger.store.registry import ModelVersion, RegistryEvent
from tests.sample import add_run
from tests.screens.driving import until
from tui_tracker.app import TrackerApp
from tui_tracker.messages import StoreChanged
from tui_tracker.screens.promote import PromoteDialog
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.roll_back import RollBackDialog
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.version_words import AliasDialog, DescribeDialog
from tui_tracker.widgets.model_list import ModelList
from tui_tracker.widgets.promotion_preview import PromotionPreview
from tui_tracker.widgets.stage_choice import StageChoice
from tui_tracker.widgets.version_details import VersionDetails
from tui_tracker.widgets.version_table import VersionTable


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """`churn` with v1 Archived, v2 in Production and v3 without a stage, each from a run of its own."""
    found = for_writing(tmp_path / ".tracker")
    for place in (1, 2, 3):
        uid = f"{place:032x}"
        add_run(
            found,
            f"run-{place}",
            uid=uid,
            params={"lr": f"0.{place}", "depth": "6"},
            metrics={"val/loss": [1.0 / place], "val/acc": [0.5 + place / 10]},
        )
        (found.artifacts / uid).mkdir(parents=True)
        (found.artifacts / uid / "model.pkl").write_bytes(b"weights")
    with writing(found) as database:
        for place in (1, 2, 3):
            registry.register_version(
                database, "churn", run_uid=f"{place:032x}", path="model.pkl", user="ada"
            )
        for place in (1, 2):
            registry.transition(
                database, "churn", place, "Production", archive_existing=True, reason="better"
            )
    return found


@asynccontextmanager
async def opened(store: Store, size: tuple[int, int] = (140, 40)) -> AsyncIterator[Pilot[None]]:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await app.switch_mode("registry")
        await until(pilot, lambda: screen(pilot)._view is not None)
        if screen(pilot).version is not None:
            await until(pilot, lambda: screen(pilot)._details is not None)
        yield pilot


def screen(pilot: Pilot[None]) -> RegistryScreen:
    found = next(found for found in reversed(pilot.app.screen_stack) if isinstance(found, RegistryScreen))
    assert isinstance(found, RegistryScreen)
    return found


async def choose(pilot: Pilot[None], number: int) -> None:
    screen(pilot).query_one(VersionTable).choose(number)
    await until(pilot, lambda: _details_of(pilot) == number)


def _details_of(pilot: Pilot[None]) -> int | None:
    details = screen(pilot)._details
    return details.version.version if details else None


def shown(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def stored(store: Store) -> tuple[dict[int, ModelVersion], list[RegistryEvent]]:
    reader = open_reader(store)
    try:
        return {found.version: found for found in registry.versions(reader, "churn")}, registry.history(
            reader, "churn"
        )
    finally:
        reader.close()


def stages(store: Store) -> dict[int, str]:
    return {number: found.stage for number, found in stored(store)[0].items()}


async def test_versions_stand_by_stage_and_the_cursor_tells_the_rest(store: Store) -> None:
    async with opened(store) as pilot:
        table = screen(pilot).query_one(VersionTable)
        rows = [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]
        assert [row[:2] for row in rows] == [["● Production", "v2"], ["· None", "v3"], ["▫ Archived", "v1"]]
        assert [row[3] for row in rows] == ["run-2", "run-3", "run-1"]
        assert rows[0][5:] == ["0.7000", "0.5000"]
        await choose(pilot, 3)
        assert "run-3" in shown(pilot, "#version-facts")
        comparison = shown(pilot, "#version-comparison")
        assert "Metrics beside v2, Production" in comparison
        assert "▲ better" in comparison
        assert "better" in shown(pilot, "#version-history")


async def test_a_promotion_is_shown_then_done_then_recorded(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert pilot.app.screen.query_one(StageChoice).stage == "Production"
        assert "v3 becomes Production" in shown(pilot, "#preview-consequences")
        assert "v2 moves from Production to Archived" in shown(pilot, "#preview-consequences")
        assert "v3 beside v2" in shown(pilot, "#preview-comparison")
        pilot.app.screen.query_one("#reason", Input).focus()
        await pilot.press(*"val")
        await pilot.press("enter")
        assert pilot.app.focused is pilot.app.screen.query_one("#confirm", Button)
        await pilot.press("enter")
        await until(pilot, lambda: stages(store)[3] == "Production")
        await until(pilot, lambda: screen(pilot).query_one(VersionTable).get_row_at(0)[1].plain == "v3")
    assert stages(store) == {1: "Archived", 2: "Archived", 3: "Production"}
    newest = stored(store)[1][:2]
    assert [(event.version, event.before, event.after, event.reason) for event in newest] == [
        (2, "Production", "Archived", "val"),
        (3, "None", "Production", "val"),
    ]


async def test_the_former_holder_stays_when_it_is_not_to_be_archived(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        pilot.app.screen.query_one("#archive", Checkbox).toggle()
        await until(pilot, lambda: "shared by v2 and v3" in shown(pilot, "#preview-consequences"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stages(store)[3] == "Production")
    assert stages(store)[2] == "Production"


async def test_another_stage_says_what_it_means(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 2)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert pilot.app.screen.query_one(StageChoice).stage == "Archived"
        assert "Production is left without a version" in shown(pilot, "#preview-consequences")
        assert pilot.app.screen.query_one("#archive", Checkbox).disabled
        await pilot.press("left")
        await until(pilot, lambda: "Nothing changes" in shown(pilot, "#preview-consequences"))
        await pilot.press("left", "ctrl+s")
        await until(pilot, lambda: stages(store)[2] == "Staging")


@pytest.mark.parametrize("key", ["p", "r", "a", "e"])
async def test_leaving_a_dialog_leaves_the_store_alone(store: Store, key: str) -> None:
    before = stored(store)
    async with opened(store) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.app.workers.wait_for_complete()
    assert stored(store) == before


async def test_rolling_back_returns_the_former_holder(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RollBackDialog))
        assert "v1 becomes Production (from Archived)" in shown(pilot, "#preview-consequences")
        await pilot.press(*"slow", "ctrl+s")
        await until(pilot, lambda: stages(store) == {1: "Production", 2: "Archived", 3: "None"})
    event = stored(store)[1][1]
    assert (event.action, event.version, event.reason) == ("roll-back", 1, "slow")


async def test_an_alias_is_set_and_removed(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AliasDialog))
        await pilot.press(*"v3")
        await until(pilot, lambda: "reserved" in shown(pilot, "#alias-effect"))
        await pilot.press("ctrl+s")
        assert isinstance(pilot.app.screen, AliasDialog)
        await pilot.press("backspace", "backspace", *"best", "enter")
        await until(pilot, lambda: stored(store)[0][3].aliases == ("best",))
        await until(pilot, lambda: dict(screen(pilot)._view.chosen.aliases) == {"best": 3})  # type: ignore[union-attr]
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AliasDialog))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: stored(store)[0][3].aliases == ())


async def test_a_description_is_edited(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, DescribeDialog))
        pilot.app.screen.query_one(TextArea).insert("first\nthat works")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stored(store)[0][1].description == "first\nthat works")


async def test_a_version_that_somebody_moved_meanwhile_stays_where_it_is(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        with writing(store) as database:
            registry.transition(database, "churn", 3, "Archived", archive_existing=False)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("meanwhile" in note.message for note in pilot.app._notifications))
    assert stages(store) == {1: "Archived", 2: "Production", 3: "Archived"}


async def test_the_screen_follows_the_store(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        with writing(store) as database:
            registry.register_version(database, "churn", run_uid=f"{1:032x}", path="model.pkl")
        pilot.app.post_message(StoreChanged(frozenset(), structure=True))
        await until(pilot, lambda: screen(pilot).query_one(VersionTable).row_count == 4)
        version = screen(pilot).version
        assert version is not None
        assert version.version == 3


async def test_the_path_of_the_artifact_goes_to_the_clipboard(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 2)
        await pilot.press("y")
        assert pilot.app.clipboard == str(store.artifacts / f"{2:032x}" / "model.pkl")


async def test_enter_opens_the_run_that_the_version_came_from(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 2)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RegistryScreen))


async def test_an_empty_registry_says_how_to_register(tmp_path: Path) -> None:
    empty = for_writing(tmp_path / "other" / ".tracker")
    add_run(empty, "otter")
    async with opened(empty) as pilot:
        assert "run.register_model(" in shown(pilot, "#no-models")
        assert not screen(pilot).query_one("#registry").display
        await pilot.press("p", "r", "a", "e", "y", "enter")
        assert not pilot.app.screen.is_modal


HOSTILE = "\x1b[2J[bold][@click=app.quit]x[/]\u202e\x00"


async def test_hostile_text_is_shown_as_text(store: Store) -> None:
    name = "[@click=app.quit]x["
    with writing(store) as database:
        version = registry.register_version(
            database, name, run_uid=f"{1:032x}", path="model.pkl", description=HOSTILE, user=HOSTILE
        )
        registry.set_tag(database, name, "[red]", HOSTILE, version=1)
        registry.describe(database, name, HOSTILE)
        registry.transition(database, name, 1, "Staging", archive_existing=True, reason=HOSTILE)
        # Written by another program, without our checks.
        database.execute("UPDATE models SET name = ? WHERE name = ?", (HOSTILE, name))
        database.execute("DROP TRIGGER registry_events_not_changed")
        database.execute("UPDATE registry_events SET model = ? WHERE model = ?", (HOSTILE, name))
        database.execute(
            "UPDATE model_versions SET path = ?, sha256 = ? WHERE run_id = ? AND user = ?",
            (HOSTILE, HOSTILE, version.run_id, HOSTILE),
        )
        database.execute("UPDATE runs SET name = ? WHERE id = ?", (HOSTILE, version.run_id))
    async with opened(store) as pilot:
        screen(pilot).choose_version(HOSTILE, 1)
        await until(pilot, lambda: _details_of(pilot) == 1)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert pilot.app.screen.query_one(PromotionPreview).is_attached
        await pilot.press("escape", "a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AliasDialog))
        await pilot.press("escape", "y")
        await pilot.pause()
        text = pilot.app.export_screenshot()
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[@click" in text.replace("&#160;", " ")


async def test_models_are_chosen_from_the_list_and_by_brackets(store: Store) -> None:
    with writing(store) as database:
        registry.register_version(database, "images", run_uid=None, source="s3://bucket")
    async with opened(store) as pilot:
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen(pilot).query_one(VersionTable).row_count == 1)
        screen(pilot).query_one(ModelList).focus()
        await pilot.press("k")
        await until(pilot, lambda: screen(pilot).query_one(VersionTable).row_count == 3)
        await pilot.press("enter")
        assert screen(pilot).query_one(VersionTable).has_focus


async def test_a_narrow_terminal_folds_the_models_away(store: Store) -> None:
    async with opened(store, (80, 24)) as pilot:
        assert not screen(pilot).query_one(ModelList).display
        await pilot.press("t")
        assert screen(pilot).query_one(ModelList).display
        assert screen(pilot).query_one(VersionDetails).size.height >= 8
