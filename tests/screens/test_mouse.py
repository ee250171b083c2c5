"""The mouse on every screen: what it points at is what it acts on, and nothing needs a key beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, OptionList

from logger.store.locate import Store, for_writing
from tests.sample import add_run
from tests.screens.driving import shown_names, until, viewer
from tests.screens.pictured_store import pictured_store, stand_still
from tests.screens.rest import at_rest
from tui_tracker.commands.run import PAGES
from tui_tracker.model.plot_kind import PLOT_KINDS
from tui_tracker.screens.alerts import AlertsScreen
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.plots import PlotsScreen
from tui_tracker.screens.promote import PromoteDialog
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.screens.system import SystemScreen
from tui_tracker.widgets.artifact_tree import ArtifactTree
from tui_tracker.widgets.code_tab import CodeTab
from tui_tracker.widgets.comparison import ComparisonTable
from tui_tracker.widgets.console_view import ConsoleView
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.model_list import ModelList
from tui_tracker.widgets.model_tree import ModelTree
from tui_tracker.widgets.plot_view import PlotView
from tui_tracker.widgets.process_list import ProcessList
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.run_table import RunTable
from tui_tracker.widgets.run_tree import RunTree
from tui_tracker.widgets.stage_choice import StageChoice
from tui_tracker.widgets.tab_strip import TabStrip
from tui_tracker.widgets.version_details import SECTIONS, VersionDetails

SIZE = (140, 40)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Looked at by all tests, changed by none."""
    return pictured_store(tmp_path_factory.mktemp("mouse"))


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    stand_still(monkeypatch)
    yield


async def click_text(pilot: Pilot[None], text: str, within: Widget | None = None, times: int = 1) -> None:
    """Click on the first place where a text is shown, in a widget or on all of the screen."""
    lines = pilot.app.screen._compositor.render_strips()
    area = (within or pilot.app.screen).region
    for y in range(area.y, area.bottom):
        x = lines[y].text.find(text, area.x, area.right)
        if x >= 0:
            await pilot.click(offset=(x + len(text) // 2, y), times=times)
            return
    raise AssertionError(f"{text!r} is not shown")


def shown_text(pilot: Pilot[None]) -> str:
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def wheel(pilot: Pilot[None], widget: Widget, notches: int = 1) -> None:
    kind = MouseScrollDown if notches > 0 else MouseScrollUp
    middle = (widget.size.width // 2, widget.size.height // 2)
    for _ in range(abs(notches)):
        await pilot._post_mouse_events([kind], widget, offset=middle)


async def footer(pilot: Pilot[None], label: str) -> None:
    """Click on a key of the bar at the bottom."""
    await click_text(pilot, f" {label} ", pilot.app.screen.query_one(KeyBar))


def shows(pilot: Pilot[None], kind: type) -> Callable[[], bool]:
    return lambda: isinstance(pilot.app.screen, kind)


# The explorer


async def test_a_row_is_chosen_marked_and_opened(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        table = screen.pane.table
        await click_text(pilot, "run-04", table)
        assert screen.pane.run is not None and screen.pane.run.name == "run-04"
        await pilot.click(RunTable, offset=(0, 3))
        assert len(table.marked) == 1
        await click_text(pilot, "run-02", table, times=2)
        await until(pilot, shows(pilot, RunScreen))


async def test_headers_sort_and_again_the_other_way_round(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        await click_text(pilot, "val/loss", screen.pane.table)
        await until(pilot, lambda: screen.pane.selection.order and shown_names(screen)[0] == "run-00")
        await click_text(pilot, "val/loss", screen.pane.table)
        await until(pilot, lambda: shown_names(screen)[0] == "run-11")


async def test_the_wheel_scrolls_the_table(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place in range(60):
        add_run(store, f"r{place}", started=1_000_000.0 + place, params={"lr": "1"})
    async with viewer(store, SIZE) as (screen, pilot):
        first = shown_names(screen)[0]
        await wheel(pilot, screen.pane.table, 3)
        await until(pilot, lambda: shown_names(screen)[0] != first)
        await wheel(pilot, screen.pane.table, -6)
        await until(pilot, lambda: shown_names(screen)[0] == first)


async def test_a_place_in_the_tree_is_entered_and_opened(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        await click_text(pilot, "images", tree)
        await until(pilot, lambda: screen.pane.table.total == 2)
        await click_text(pilot, "▸", tree)
        await until(pilot, lambda: tree.root.children[0].is_expanded and tree.root.children[0].children)


async def test_a_version_in_the_tree_of_models_leads_to_the_registry(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        models = screen.query_one(ModelTree)
        await until(pilot, lambda: models.root.children)
        await at_rest(pilot)
        await click_text(pilot, "v3", models)
        await until(pilot, shows(pilot, RegistryScreen))
        registry = pilot.app.screen
        assert isinstance(registry, RegistryScreen)
        await until(pilot, lambda: registry.version is not None and registry.version.version == 3)


async def test_the_filter_takes_the_focus_and_the_keys_below_act(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        await pilot.click(screen.pane.filter_bar.input)
        assert screen.is_filtering
        await pilot.press("escape")
        await footer(pilot, "mark")
        assert len(screen.pane.table.marked) == 1
        await footer(pilot, "columns")
        await until(pilot, shows(pilot, FieldPicker))
        await pilot.press("escape")
        await footer(pilot, "help")
        await until(pilot, shows(pilot, HelpScreen))


async def test_charts_have_tabs_are_chosen_zoomed_and_read(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        await until(pilot, lambda: screen.charts is not None and screen.charts.titles)
        await at_rest(pilot)
        charts = screen.charts
        assert charts is not None
        await click_text(pilot, "train", screen.panel)
        await until(pilot, lambda: list(charts.titles) == ["train/loss"])
        await at_rest(pilot)
        chart = next(chart for chart in screen.query(CurveChart) if chart.size.width)
        before = charts.view.window
        await wheel(pilot, chart, -2)
        await until(pilot, lambda: charts.view.window != before)


# A run


async def _run_page(pilot: Pilot[None], page: str) -> RunScreen:
    await pilot.press("enter")
    await until(pilot, shows(pilot, RunScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    await at_rest(pilot)
    await click_text(pilot, page, screen.query_one(TabStrip))
    await at_rest(pilot)
    return screen


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_of_a_run_has_a_tab(pictured: Store, page: str) -> None:
    async with viewer(pictured, (80, 24)) as (_, pilot):
        screen = await _run_page(pilot, page)
        assert screen.query_one(TabStrip).chosen == PAGES.index(page)


async def test_the_overview_and_the_console_scroll(pictured: Store) -> None:
    async with viewer(pictured, (80, 15)) as (_, pilot):
        screen = await _run_page(pilot, "Overview")
        details = screen.query_one(RunDetails)
        await wheel(pilot, details, 2)
        await until(pilot, lambda: details.scroll_y > 0)
        await footer(pilot, "next page")
        await click_text(pilot, "Code", screen.query_one(TabStrip))
        await until(pilot, lambda: screen.query(CodeTab))


async def test_the_wheel_scrolls_a_long_console(tmp_path: Path) -> None:
    from logger.console.record import STDOUT, Record

    store = for_writing(tmp_path / ".tracker")
    uid = add_run(store, "talks", params={"lr": "1"})
    record = Record(str(store.console(uid)), "host-1-a")
    record.write(STDOUT, b"".join(b"line %d\n" % line for line in range(200)), 0)
    record.close()
    async with viewer(store, (80, 24)) as (_, pilot):
        screen = await _run_page(pilot, "Console")
        view = screen.query_one(ConsoleView)
        await until(pilot, lambda: view.scroll_y > 0)
        end = view.scroll_y
        await wheel(pilot, view, -2)
        await until(pilot, lambda: view.scroll_y < end)


async def test_a_file_in_the_tree_is_looked_at(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (_, pilot):
        screen = await _run_page(pilot, "Artifacts")
        tree = screen.query_one(ArtifactTree)
        await click_text(pilot, "train.py", tree)
        await until(pilot, lambda: tree.entry is not None and tree.entry.path == "train.py")
        await at_rest(pilot)
        await click_text(pilot, "def main", screen)


# Comparisons and pictures


async def test_a_comparison_is_pointed_at_and_scrolled(pictured: Store) -> None:
    async with viewer(pictured, (80, 24)) as (_, pilot):
        await pilot.press("M", "c")
        await until(pilot, shows(pilot, CompareScreen))
        await at_rest(pilot)
        table = pilot.app.screen.query_one(ComparisonTable)
        await click_text(pilot, "duration", table)
        assert table.current is not None and table.current.label == "duration"
        await wheel(pilot, table, 2)
        await until(pilot, lambda: table.scroll_y > 0)
        await footer(pilot, "equal rows")
        await until(pilot, lambda: table.row_count > 15)


@pytest.mark.parametrize("place", range(len(PLOT_KINDS)))
async def test_every_picture_has_a_tab_and_points_can_be_chosen(pictured: Store, place: int) -> None:
    async with viewer(pictured, SIZE) as (_, pilot):
        await pilot.press("L")
        await until(pilot, shows(pilot, PlotsScreen))
        await at_rest(pilot)
        strip = pilot.app.screen.query_one(TabStrip)
        await click_text(pilot, strip.titles[place], strip)
        await at_rest(pilot)
        assert strip.chosen == place
        view = pilot.app.screen.query_one(PlotView)
        assert view.picture is not None
        spots = [spot for spot in view.picture.spots if spot is not None]
        before = shown_text(pilot)
        await pilot.click(view, offset=(round(spots[-1][0]), round(spots[-1][1])))
        await until(pilot, lambda: shown_text(pilot) != before)


# The registry and its dialogs


async def _registry(pilot: Pilot[None]) -> RegistryScreen:
    await pilot.press("2")
    await until(pilot, shows(pilot, RegistryScreen))
    await at_rest(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RegistryScreen)
    return screen


async def test_models_versions_and_sections_are_pointed_at(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (_, pilot):
        screen = await _registry(pilot)
        await click_text(pilot, "v1", screen.versions)
        await until(pilot, lambda: screen.version is not None and screen.version.version == 1)
        for section in SECTIONS:
            await click_text(pilot, section, screen.query_one(VersionDetails))
            assert screen.details.section == section
        await click_text(pilot, "images-clf", screen.query_one(ModelList))
        await until(pilot, lambda: screen.model is not None and screen.model.name == "images-clf")


async def test_a_promotion_is_done_with_the_mouse_alone(tmp_path: Path) -> None:
    store = pictured_store(tmp_path)
    async with viewer(store, SIZE) as (_, pilot):
        screen = await _registry(pilot)
        await click_text(pilot, "v3", screen.versions)
        await until(pilot, lambda: screen.version is not None and screen.version.version == 3)
        await footer(pilot, "promote")
        await until(pilot, shows(pilot, PromoteDialog))
        dialog = pilot.app.screen
        await at_rest(pilot)
        await click_text(pilot, "Staging", dialog.query_one(StageChoice))
        assert dialog.query_one(StageChoice).stage == "Staging"
        await pilot.click("#archive")
        assert not dialog.query_one("#archive", Checkbox).value
        await pilot.click("#reason")
        assert isinstance(dialog.focused, Input)
        await pilot.click("#confirm")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: screen.version is not None and screen.version.stage == "Staging")


async def test_a_dialog_is_left_by_its_button(pictured: Store) -> None:
    async with viewer(pictured, (80, 24)) as (screen, pilot):
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen.is_modal)
        assert pilot.app.screen.query_one("#cancel", Button)
        await pilot.click("#cancel")
        await until(pilot, lambda: pilot.app.screen is screen)


# Lists


async def test_an_entry_of_a_dialog_is_chosen(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        fields = screen.pane.fields
        await pilot.press("m")
        await until(pilot, shows(pilot, FieldPicker))
        await at_rest(pilot)
        await click_text(pilot, "depth", pilot.app.screen.query_one(OptionList))
        await at_rest(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: len(screen.pane.fields) == len(fields) - 1)


async def test_an_alert_opens_its_run(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (_, pilot):
        await pilot.press("exclamation_mark")
        await until(pilot, shows(pilot, AlertsScreen))
        await at_rest(pilot)
        await click_text(pilot, "half way")
        await until(pilot, shows(pilot, RunScreen))


async def test_help_scrolls_and_a_click_beside_it_closes_it(pictured: Store) -> None:
    async with viewer(pictured, (80, 24)) as (screen, pilot):
        await pilot.press("question_mark")
        await until(pilot, shows(pilot, HelpScreen))
        keys = pilot.app.screen.query_one("#help")
        await wheel(pilot, keys, 2)
        await until(pilot, lambda: keys.scroll_y > 0)
        await pilot.click(offset=(0, 0))
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_process_is_chosen_and_its_run_opened(pictured: Store) -> None:
    async with viewer(pictured, SIZE) as (_, pilot):
        await pilot.press("3")
        await until(pilot, shows(pilot, SystemScreen))
        processes = pilot.app.screen.query_one(ProcessList)
        await until(pilot, lambda: processes.chosen)
        await at_rest(pilot)
        await click_text(pilot, "dockerd", processes)
        assert processes.chosen is not None and processes.chosen.pid == 901
        await click_text(pilot, "run-00", processes)
        await until(pilot, shows(pilot, RunScreen))


@pytest.mark.parametrize(("title", "kind"), [("Models", RegistryScreen), ("System", SystemScreen)])
async def test_the_header_leads_to_the_other_screens_and_back(
    pictured: Store, title: str, kind: type
) -> None:
    async with viewer(pictured, SIZE) as (screen, pilot):
        await at_rest(pilot)
        await click_text(pilot, title)
        await until(pilot, shows(pilot, kind))
        await at_rest(pilot)
        await click_text(pilot, "Runs")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert isinstance(pilot.app.screen, ExplorerScreen)
