"""The registry's screen, driven by its keys: what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Markdown, Static

from logger.store import artifacts, registry
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from tests.sample import NOW, add_run
from tests.screens.driving import until
from tests.screens.registry_driving import choose, churn, details_of, opened, screen, shown
from tui_tracker.messages import StoreChanged
from tui_tracker.screens.copy_picker import CopyPicker
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.model_list import ModelList
from tui_tracker.widgets.stage_board import Lane, StageBoard
from tui_tracker.widgets.version_details import VersionDetails
from tui_tracker.widgets.version_table import VersionTable


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return churn(tmp_path)


def lanes(pilot: Pilot[None]) -> dict[str, list[int]]:
    """The versions of each lane, from the top down."""
    return {lane.stage: [version.version for version in lane.versions] for lane in screen(pilot).query(Lane)}


async def test_versions_stand_in_the_lanes_of_their_stages(store: Store) -> None:
    async with opened(store) as pilot:
        assert lanes(pilot) == {"None": [3], "Staging": [], "Production": [2], "Archived": [1]}
        assert details_of(pilot) == 2
        entry = str(next(lane for lane in screen(pilot).query(Lane) if lane.stage == "None").listing.entry(0))
        assert "run-3" in entry
        assert "val/acc 0.8000 ▲+0.1000" in entry
        await choose(pilot, 3)
        assert "run-3" in shown(pilot, "#version-facts")
        comparison = shown(pilot, "#version-comparison")
        assert "Metrics beside v2, Production" in comparison
        assert "▲ better" in comparison
        assert "better" in shown(pilot, "#version-lately")


async def test_arrows_go_through_lanes_and_over_empty_ones(store: Store) -> None:
    async with opened(store) as pilot:
        assert screen(pilot).query_one(StageBoard).has_focus_within
        await pilot.press("left")
        await until(pilot, lambda: details_of(pilot) == 3)
        await pilot.press("left", "l", "right")
        await until(pilot, lambda: details_of(pilot) == 1)
        await pilot.press("right")
        await until(pilot, lambda: details_of(pilot) == 1)


async def test_the_list_shows_the_same_versions_and_is_remembered(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press("b")
        table = screen(pilot).query_one(VersionTable)
        await until(pilot, lambda: len(table.listing) == 3)
        rows = [[text.strip() for text in table.texts(place)] for place in range(len(table.listing))]
        assert [row[:2] for row in rows] == [["● Production", "v2"], ["· None", "v3"], ["▫ Archived", "v1"]]
        assert [row[3] for row in rows] == ["run-2", "run-3", "run-1"]
        assert rows[0][5:] == ["0.7000", "0.5000"]
        await until(pilot, lambda: table.has_focus_within)
        version = screen(pilot).version
        assert version is not None
        assert version.version == 3
        await pilot.press("1", "2")
        await until(pilot, lambda: isinstance(pilot.app.screen, RegistryScreen))
        assert screen(pilot).query_one(VersionTable).display
        await pilot.press("b")
        assert screen(pilot).query_one(StageBoard).has_focus_within


async def test_a_version_takes_the_cursor_along_to_its_new_lane(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        with writing(store) as database:
            registry.transition(database, "churn", 3, "Staging", archive_existing=True)
        pilot.app.post_message(StoreChanged(frozenset(), structure=True))
        await until(pilot, lambda: lanes(pilot)["Staging"] == [3])
        lane = next(lane for lane in screen(pilot).query(Lane) if lane.stage == "Staging")
        await until(pilot, lambda: lane.listing.has_focus)
        assert lane.listing.highlighted == 0


async def test_sections_turn_by_brackets(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        details = screen(pilot).query_one(VersionDetails)
        seen = [details.section]
        while True:
            await pilot.press("right_square_bracket")
            if details.section == seen[0]:
                break
            seen.append(details.section)
        assert seen[:5] == ["Overview", "Curves", "Files", "History", "Gates"]
        await pilot.press("left_square_bracket")
        assert details.section == seen[-1]


async def test_curves_lie_over_those_of_production(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        assert screen(pilot).charts is None
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen(pilot).charts is not None)
        charts = screen(pilot).charts
        assert charts is not None
        await until(pilot, lambda: set(charts.titles) == {"val/acc", "val/loss"})
        assert len(charts.slots) == 2
        assert "v2 Production" in shown(pilot, "#curves-legend")
        assert "run-3" in shown(pilot, "#curves-legend")
        await pilot.press("y")
        assert charts.view.log_y


async def test_files_tell_what_is_missing_on_disk(store: Store) -> None:
    uid = f"{2:032x}"
    with writing(store) as database:
        (run_id,) = database.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
        values = {"kind": "", "step": None, "created": NOW, "sha256": "ab" * 32}
        artifacts.record(database, run_id, {"path": "model/weights.npz", "size": 5000, **values})
        artifacts.record(database, run_id, {"path": "model/config.json", "size": 2, **values})
        artifacts.record(database, run_id, {"path": "elsewhere.txt", "size": 2, **values})
        registry.register_version(database, "churn", run_uid=uid, path="model")
    (store.artifacts / uid / "model").mkdir()
    (store.artifacts / uid / "model" / "config.json").write_text("{}")
    async with opened(store) as pilot:
        await choose(pilot, 4)
        files = shown(pilot, "#version-files").splitlines()
        assert next(line for line in files if "config.json" in line).split()[1:4] == ["2", "B", "there"]
        assert "missing" in next(line for line in files if "weights.npz" in line)
        assert "ab" * 32 in files[1]
        assert not any("elsewhere" in line for line in files)


async def test_the_history_is_that_of_the_model_or_of_the_version(store: Store) -> None:
    with writing(store) as database:
        registry.set_alias(database, "churn", "champion", 1)
        registry.set_alias(database, "churn", "champion", 2)
    async with opened(store) as pilot:
        await choose(pilot, 3)
        await pilot.press(*["right_square_bracket"] * 3)
        history = shown(pilot, "#version-history")
        assert "None → Production" in history
        assert "@champion: v1 → v2" in history
        assert "“better”" in history
        await pilot.press("o")
        history = shown(pilot, "#version-history")
        assert "Production" not in history
        assert "registered" in history
        await pilot.press("left_square_bracket", "o")
        assert screen(pilot).query_one("#history").only_version  # type: ignore[attr-defined]


async def test_the_screen_follows_the_store(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 3)
        with writing(store) as database:
            registry.register_version(database, "churn", run_uid=f"{1:032x}", path="model.pkl")
        pilot.app.post_message(StoreChanged(frozenset(), structure=True))
        await until(pilot, lambda: lanes(pilot)["None"] == [4, 3])
        version = screen(pilot).version
        assert version is not None
        assert version.version == 3


async def test_the_path_of_the_artifact_goes_to_the_clipboard(store: Store) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 2)
        await pilot.press("P")
        assert pilot.app.clipboard == str(store.artifacts / f"{2:032x}" / "model.pkl")


@pytest.mark.parametrize(
    ("searched", "copied"),
    [("2", "models:/churn/2"), ("model", "churn"), ("markdown", "| version | stage |")],
)
async def test_what_a_version_is_known_by_is_copied_from_a_menu(
    store: Store, searched: str, copied: str
) -> None:
    async with opened(store) as pilot:
        await choose(pilot, 2)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(pilot.app.screen, CopyPicker))
        await pilot.press(*searched, "enter")
        await until(pilot, lambda: pilot.app.clipboard)
        assert pilot.app.clipboard.startswith(copied)


async def test_the_borders_of_the_registry_move_and_stay(store: Store) -> None:
    def sizes(pilot: Pilot[None]) -> tuple[int, int]:
        models, versions = (screen(pilot).query_one(name) for name in ("#models", "#versions"))
        return models.outer_size.width, versions.outer_size.height

    async with opened(store) as pilot:
        await choose(pilot, 2)
        width = sizes(pilot)[0]
        await pilot.press("alt+right")
        await until(pilot, lambda: sizes(pilot)[0] == width + 3)
        height = sizes(pilot)[1]
        await pilot.press("alt+down")
        await until(pilot, lambda: sizes(pilot)[1] == height + 2)
    async with opened(store) as pilot:
        await until(pilot, lambda: sizes(pilot) == (width + 3, height + 2))


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
        await pilot.press("p", "r", "a", "e", "P", "T", "ctrl+d", "D", "space", "c", "b", "enter")
        assert not pilot.app.screen.is_modal


async def test_a_narrow_terminal_folds_the_models_away(store: Store) -> None:
    async with opened(store, (80, 24)) as pilot:
        assert not screen(pilot).query_one(ModelList).display
        await pilot.press("t")
        assert screen(pilot).query_one(ModelList).display
        assert screen(pilot).query_one(VersionDetails).size.height >= 8


async def test_a_model_without_versions_says_how_one_comes(store: Store) -> None:
    with writing(store) as database:
        registry.create_model(database, "images")
    async with opened(store) as pilot:
        await pilot.press("J")
        await until(pilot, lambda: "has no version yet" in shown(pilot, "#version-facts"))
        assert screen(pilot).version is None
        await pilot.press("p", "r", "a", "T", "D", "space", "enter")
        assert not pilot.app.screen.is_modal


async def test_models_are_chosen_from_the_list_and_by_keys(store: Store) -> None:
    with writing(store) as database:
        registry.register_version(database, "images", run_uid=None, source="s3://bucket")
    async with opened(store) as pilot:
        await pilot.press("J")
        await until(pilot, lambda: lanes(pilot)["None"] == [1])
        screen(pilot).query_one(ModelList).focus()
        await pilot.press("k")
        await until(pilot, lambda: lanes(pilot)["None"] == [3])
        await pilot.press("enter")
        assert screen(pilot).query_one(StageBoard).has_focus_within


async def test_a_click_chooses_and_a_second_one_opens(store: Store) -> None:
    async with opened(store) as pilot:
        lane = next(lane for lane in screen(pilot).query(Lane) if lane.stage == "Archived")
        await pilot.click(lane.listing, offset=(3, 0))
        await until(pilot, lambda: details_of(pilot) == 1)
        await pilot.click(lane.listing, offset=(3, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


async def test_a_version_in_a_stage_of_another_program_is_still_there(store: Store) -> None:
    with writing(store) as database:
        database.execute("UPDATE model_versions SET stage = 'Canary' WHERE version = 1")
    async with opened(store) as pilot:
        assert lanes(pilot)["None"] == [3, 1]


@pytest.mark.parametrize("size", [(20, 5), (60, 15), (80, 24)])
async def test_a_small_terminal_shows_what_it_can(store: Store, size: tuple[int, int]) -> None:
    async with opened(store, size) as pilot:
        await choose(pilot, 3)
        for _ in range(6):
            await pilot.press("right_square_bracket", "b", "left", "down")
        await pilot.resize_terminal(160, 45)
        await choose(pilot, 1)
        await until(pilot, lambda: "run-1" in shown(pilot, "#version-facts"))


async def test_the_filter_finds_versions_of_all_models(store: Store) -> None:
    with writing(store) as database:
        registry.register_version(database, "images", run_uid=f"{1:032x}", path="model.pkl")
        registry.set_tag(database, "images", "reviewed", "yes", version=1)
    async with opened(store) as pilot:
        bar = screen(pilot).filter_bar
        assert not bar.display
        await pilot.press("slash")
        assert screen(pilot).is_filtering
        await until(pilot, lambda: bar.language is not None)
        await pilot.press(*"val/acc", "space", *">", "space", *"0.65")
        await until(
            pilot, lambda: lanes(pilot) == {"None": [3], "Staging": [], "Production": [2], "Archived": []}
        )
        await until(pilot, lambda: screen(pilot).query_one(ModelList).option_count == 1)
        assert "2 of 4" in str(bar.query_one(".filter--count", Static).content)
        bar.input.value = "reviewed = yes"
        await until(pilot, lambda: screen(pilot)._view.chosen.name == "images")  # type: ignore[union-attr]
        await pilot.press("enter")
        assert screen(pilot).query_one(StageBoard).has_focus_within
        assert bar.display
        await pilot.press("escape")
        await until(pilot, lambda: screen(pilot).query_one(ModelList).option_count == 2)
        assert isinstance(pilot.app.screen, RegistryScreen)
        assert not bar.display


async def test_a_filter_that_finds_nothing_and_one_with_a_mistake_say_so(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("slash")
        bar = screen(pilot).filter_bar
        bar.input.value = "stage = staging"
        await until(pilot, lambda: "No version matches" in shown(pilot, "#version-facts"))
        assert screen(pilot).version is None
        bar.input.value = "stagee = staging"
        await until(
            pilot, lambda: "nothing is called" in str(bar.query_one(".filter--problem", Static).content)
        )
        await pilot.press("escape")
        await until(pilot, lambda: details_of(pilot) == 2)


async def test_completion_offers_what_versions_have(store: Store) -> None:
    with writing(store) as database:
        registry.set_alias(database, "churn", "champion", 2)
    async with opened(store) as pilot:
        await pilot.press("slash")
        bar = screen(pilot).filter_bar
        await until(pilot, lambda: bar.language is not None)
        await pilot.press(*"stag", "tab")
        await until(pilot, lambda: bar.text.startswith("stage"))
        await pilot.press(*"= prod", "tab")
        await until(pilot, lambda: bar.text.strip() == "stage = Production")
        bar.input.value = "alias = "
        bar.input.cursor_position = 8
        await pilot.press("c", "tab")
        await until(pilot, lambda: bar.text.strip() == "alias = champion")
        await until(pilot, lambda: lanes(pilot)["Production"] == [2] and not lanes(pilot)["None"])


async def test_the_card_is_read_when_it_is_shown(store: Store) -> None:
    with writing(store) as database:
        registry.describe(database, "churn", "**Not bold**, [no link](http://evil.example)")
    async with opened(store) as pilot:
        await choose(pilot, 3)
        page = screen(pilot).query_one("#card Markdown", Markdown)
        assert not page.children
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: page.children)
        text = "\n".join(str(block.render()) for block in page.query("MarkdownBlock"))
        assert "churn v3" in text
        assert "**Not bold**, [no link](http://evil.example)" in text
        await pilot.press("right_square_bracket")
        await choose(pilot, 1)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "churn v1" in "\n".join(str(b.render()) for b in page.query("MarkdownH1")))


async def test_a_filter_keeps_the_comparison_with_production(store: Store) -> None:
    async with opened(store) as pilot:
        await pilot.press("slash")
        screen(pilot).filter_bar.input.value = "stage = none"
        await until(
            pilot, lambda: lanes(pilot) == {"None": [3], "Staging": [], "Production": [], "Archived": []}
        )
        lane = next(lane for lane in screen(pilot).query(Lane) if lane.stage == "None")
        assert "▲+0.1000" in str(lane.listing.entry(0))
        empty = next(lane for lane in screen(pilot).query(Lane) if lane.stage == "Production")
        assert "no match" in str(empty.query_one(".lane--empty", Static).content)


def test_no_key_of_the_screen_means_two_things_but_the_brackets() -> None:
    """The charts turn their pages with parentheses too; here the brackets turn sections."""
    seen: dict[str, str] = {}
    for command in RegistryScreen.COMMAND_CLASSES:
        for key in filter(None, command.key.split(",")):
            if not key.endswith("square_bracket"):
                assert key not in seen, f"{key} means {seen[key]} and {command.id}"
            seen[key] = command.id
