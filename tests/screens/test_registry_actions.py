"""What is done to the registry from its screen, by keys: what the dialogs say, and what the store holds afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Button, Checkbox, Input, TextArea

from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from tests.screens.driving import until
from tests.screens.registry_driving import choose, churn, opened, said, screen, shown, stages, stored
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.delete import DeleteDialog
from tui_tracker.screens.promote import PromoteDialog
from tui_tracker.screens.roll_back import RollBackDialog
from tui_tracker.screens.run_words import TextDialog
from tui_tracker.screens.version_words import AliasDialog, DescribeDialog
from tui_tracker.widgets.stage_choice import StageChoice

# From the first section of a version to the one that tells its history.
_TO_HISTORY = ["right_square_bracket"] * 3


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return churn(tmp_path)


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
        await until(pilot, lambda: screen(pilot).version.stage == "Production")  # type: ignore[union-attr]
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
        assert not pilot.app.screen.query_one("#archive", Checkbox).display
        await pilot.press("left")
        await until(pilot, lambda: "Nothing changes" in shown(pilot, "#preview-consequences"))
        await pilot.press("left", "ctrl+s")
        await until(pilot, lambda: stages(store)[2] == "Staging")


@pytest.mark.parametrize("key", ["p", "r", "a", "e", "E", "T", "M", "D", "ctrl+d", "A", "d"])
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
        await until(pilot, lambda: "meanwhile" in said(pilot))
    assert stages(store) == {1: "Archived", 2: "Production", 3: "Archived"}


async def test_another_promotion_meanwhile_is_told_to_the_second_person(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        with writing(store) as database:
            registry.transition(database, "churn", 1, "Production", archive_existing=True)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "v1 holds Production" in said(pilot))
    assert stages(store) == {1: "Production", 2: "Archived", 3: "None"}


async def test_demoting_and_archiving_propose_the_stage(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert pilot.app.screen.query_one(StageChoice).stage == "Staging"
        assert "Production is left without a version" in shown(pilot, "#preview-consequences")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stages(store)[2] == "Staging")
        await until(pilot, lambda: screen(pilot).version.stage == "Staging")  # type: ignore[union-attr]
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert pilot.app.screen.query_one(StageChoice).stage == "Archived"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stages(store)[2] == "Archived")
        await until(pilot, lambda: screen(pilot).version.stage == "Archived")  # type: ignore[union-attr]
        await pilot.press("A", "d")
        assert not pilot.app.screen.is_modal


async def test_undo_takes_a_promotion_back_as_a_roll_back(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("u")
        assert stages(store)[3] == "None"
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "u undoes" in said(pilot))
        assert stages(store) == {1: "Archived", 2: "Archived", 3: "Production"}
        await pilot.press("u")
        await until(pilot, lambda: stages(store) == {1: "Archived", 2: "Production", 3: "None"})
        await until(pilot, lambda: "Taken back" in said(pilot))
        assert not screen(pilot).actions.can_undo
    newest = stored(store)[1][:2]
    assert [(event.version, event.action, event.before, event.after) for event in newest] == [
        (3, "stage", "Production", "None"),
        (2, "roll-back", "Archived", "Production"),
    ]
    assert newest[0].reason.startswith("undo")
    reader = open_reader(store)
    former = registry.former_holder(reader, "churn", "Production")
    reader.close()
    assert former is not None
    assert former.version == 1, "rolling back does not go to what was taken back"


async def test_what_somebody_changed_since_is_not_undone(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AliasDialog))
        await pilot.press(*"best", "enter")
        await until(pilot, lambda: "best stands for v3" in said(pilot))
        with writing(store) as database:
            registry.set_alias(database, "churn", "best", 1)
        await pilot.press("u")
        await until(pilot, lambda: "somebody else has changed the alias" in said(pilot))
    assert stored(store)[0][1].aliases == ("best",)


async def test_alias_description_and_tags_are_undone_one_after_another(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, AliasDialog))
        await pilot.press(*"best", "enter")
        await until(pilot, lambda: "best stands for v3" in said(pilot))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, DescribeDialog))
        await pilot.press(*"good", "ctrl+s")
        await until(pilot, lambda: "v3 is described anew" in said(pilot))
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(TextArea).text = "reviewed = by ada\nteam = growth"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "v3 has 2 tags" in said(pilot))
        version = stored(store)[0][3]
        assert (version.aliases, version.description) == (("best",), "good")
        assert version.tags == {"reviewed": "by ada", "team": "growth"}
        await until(pilot, lambda: "by ada" in shown(pilot, "#version-words"))
        for left in (2, 1, 0):
            await pilot.press("u")
            await until(pilot, lambda left=left: len(screen(pilot).actions._steps) == left)  # type: ignore[misc]
            await pilot.app.workers.wait_for_complete()
    version = stored(store)[0][3]
    assert (version.aliases, version.description, version.tags) == ((), "", {})


async def test_tags_of_the_model_are_edited_and_shown(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("M")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(TextArea).text = "owner = ada"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "owner=ada" in shown(pilot, "#model-description"))


async def test_a_tag_without_a_name_is_explained(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(TextArea).text = "= x"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "no name before" in shown(pilot, ".dialog--remark"))


async def test_deleting_a_version_says_what_goes_with_it(store: Store) -> None:
    with writing(store) as database:
        registry.set_alias(database, "churn", "champion", 2)
    async with opened(store) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))
        consequences = shown(pilot, "#delete-consequences")
        assert "It holds Production, which is left without a version" in consequences
        assert "@champion" in consequences
        assert pilot.app.focused is pilot.app.screen.query_one("#cancel", Button)
        await pilot.press("enter")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        assert 2 in stages(store)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stages(store) == {1: "Archived", 3: "None"})
        await until(pilot, lambda: screen(pilot).version.version != 2)  # type: ignore[union-attr]


async def test_a_version_that_became_important_meanwhile_is_not_deleted(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))
        with writing(store) as database:
            registry.transition(database, "churn", 3, "Production", archive_existing=True)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "look again before you delete" in said(pilot))
    assert stages(store)[3] == "Production"


async def test_deleting_the_model_leaves_the_others(store: Store) -> None:
    with writing(store) as database:
        registry.create_model(database, "images")
    async with opened(store) as pilot:
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))
        assert "with its 3 versions" in shown(pilot, "#delete-consequences")
        assert "v2 holds Production" in shown(pilot, "#delete-consequences")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen(pilot)._view.chosen.name == "images")  # type: ignore[union-attr]
    reader = open_reader(store)
    assert [found.name for found in registry.models(reader)] == ["images"]
    assert registry.history(reader, "churn")[0].action == "delete"
    reader.close()


async def test_comparing_opens_the_runs_of_the_version_and_its_rival(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        await until(pilot, lambda: "run-3" in pilot.app.export_screenshot())
        assert "run-2" in pilot.app.export_screenshot()


async def test_comparing_takes_the_marked_versions(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 1)
        await pilot.press("space")
        await choose(pilot, 3)
        await pilot.press("space", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        await until(pilot, lambda: "run-1" in pilot.app.export_screenshot())
        assert "run-2" not in pilot.app.export_screenshot()


async def test_comparing_one_version_with_nothing_says_how(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Mark the versions" in said(pilot))


GATES = """
[churn.Production]
require = ["val/acc >= 0.75", "has tag reviewed"]
after = ["sh", "-c", "echo deployed $TRACKER_URI >> deployed; exit ${CODE:-0}"]
"""


async def test_gates_are_shown_and_a_refusal_needs_a_reason(store: Store) -> None:
    (store.directory / "gates.toml").write_text(GATES)
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await until(pilot, lambda: "1 of 2 refuse" in shown(pilot, "#version-gates"))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        gates = shown(pilot, "#preview-gates")
        assert "✓" in gates and "✗" in gates and "has tag reviewed" in gates
        override = pilot.app.screen.query_one("#override", Input)
        assert override.parent is not None and override.parent.display  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PromoteDialog)
        assert pilot.app.focused is override
        await pilot.press(*"grace said so", "ctrl+s")
        await until(pilot, lambda: stages(store)[3] == "Production")
        await until(pilot, lambda: "succeeded" in said(pilot))
        await pilot.press(*_TO_HISTORY)
        await until(pilot, lambda: "overridden: grace said so" in shown(pilot, "#version-history"))
        assert "✗ has tag reviewed" in shown(pilot, "#version-history")
        assert "succeeded" in shown(pilot, "#version-history")
    assert (store.directory.parent / "deployed").read_text() == "deployed models:/churn/3\n"


async def test_gates_that_pass_ask_for_no_override(store: Store) -> None:
    (store.directory / "gates.toml").write_text(GATES)
    with writing(store) as database:
        registry.set_tag(database, "churn", "reviewed", "", version=3)
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        assert "all pass" in shown(pilot, "#preview-gates")
        assert not pilot.app.screen.query_one("#override-line").display
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stages(store)[3] == "Production")


async def test_a_hook_that_fails_is_told_and_stands_in_the_history(store: Store) -> None:
    (store.directory / "gates.toml").write_text(
        '[churn.Production]\nafter = ["sh", "-c", "echo no disk; exit 3"]\n'
    )
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromoteDialog))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "failed with exit status 3" in said(pilot))
        await pilot.press(*_TO_HISTORY)
        await until(pilot, lambda: "no disk" in shown(pilot, "#version-history"))
    assert stages(store)[3] == "Production"
