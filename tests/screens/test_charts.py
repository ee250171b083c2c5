"""Looking at curves in the whole viewer: dialogs, tabs, groups, charts on all of the screen, what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from logger.store import locate
from logger.store.locate import Store
from tests.sample import add_run
from tests.screens.driving import until, viewer
from tui_tracker.commands.base import CommandHost
from tui_tracker.plotting.palette import COLORS, LIGHT_COLORS
from tui_tracker.plotting.spec import Spread, XAxis
from tui_tracker.screens.axis_picker import AxisPicker
from tui_tracker.screens.chart_picker import ChartPicker
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.limits import LimitsDialog
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.curve_grid import CurveGrid

HOSTILE = "gen/\x1b[2J[@click=app.quit]x[/]"
METRICS = {
    "train/loss": [3.0, 2.0, 1.5, 1.0],
    "val/loss": [3.5, 2.5, 2.0, 1.8],
    "train/acc": [0.1, 0.4, 0.6, 0.7],
    "epoch": [0.0, 0.0, 1.0, 1.0],
    HOSTILE: [1.0, 2.0, 3.0, 4.0],
}


@pytest.fixture
def sweep(tmp_path: Path) -> Iterator[Store]:
    """Two settings with three seeds each."""
    store = locate.for_writing(tmp_path / ".tracker")
    for place in range(6):
        params = {"lr": "0.1" if place < 3 else "0.01", "seed": str(place)}
        metrics = {key: [value + place for value in values] for key, values in METRICS.items()}
        add_run(store, f"run-{place}", params=params, metrics=metrics)
    return store


async def grid_of(screen: ExplorerScreen, pilot: Pilot[None]) -> CurveGrid:
    """The charts, once they are drawn."""
    await until(pilot, lambda: screen.charts is not None and drawn(screen.charts))
    assert screen.charts is not None
    return screen.charts


def drawn(grid: CurveGrid) -> bool:
    return bool(grid.titles) and all(chart.plot is not None and not chart.busy for chart in grid.charts)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_the_ends_of_the_axes_are_set_locked_and_released(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        await press(pilot, "F")
        await until(pilot, lambda: isinstance(pilot.app.screen, LimitsDialog))
        dialog = pilot.app.screen
        dialog.query_one("#x-from", Input).value = "5"
        dialog.query_one("#x-to", Input).value = "2"
        await press(pilot, "ctrl+s")
        assert pilot.app.screen is dialog and "below" in str(dialog.query_one("#said").render())
        dialog.query_one("#x-from", Input).value = "1"
        dialog.query_one("#y-to", Input).value = "9"
        dialog.query_one("Checkbox").toggle()
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: grid.view.window == (1, 2) and drawn(grid))
        plot = grid.charts[0].plot
        assert plot is not None and plot.x_scale is not None and plot.y_scale is not None
        assert (plot.x_scale.low, plot.x_scale.high, plot.y_scale.high) == (1, 2, 9)
        await press(pilot, "0")
        assert grid.view.window == (1, 2)
        grid.set_limits(type(grid.limits)())
        await until(pilot, lambda: drawn(grid) and grid.view.window is None and not grid.view.locked)
        plot = grid.charts[0].plot
        assert plot is not None and plot.x_scale is not None and plot.x_scale.high == 3


async def test_any_metric_runs_along_the_x_axis(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        await press(pilot, "ctrl+x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AxisPicker))
        await press(pilot, *"epoch")
        await press(pilot, "enter")
        await until(pilot, lambda: grid.view.x_metric == "epoch" and drawn(grid))
        plot = grid.charts[0].plot
        assert plot is not None and list(plot.curves[0].x) == [5, 5, 6, 6]
        await press(pilot, "x")
        assert grid.view.x_axis is XAxis.STEP


async def test_charts_are_hidden_pinned_ordered_and_remembered(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        everything = list(grid.titles)
        await press(pilot, "W")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChartPicker))
        await press(pilot, "space", "down", "down", "tab", "enter")
        await until(pilot, lambda: everything[0] not in grid.titles)
        assert grid.titles[0] == everything[2]
        await press(pilot, "y", "plus", "number_sign", "number_sign")
        assert grid.shape == (2, 1)
        look = grid.look
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        assert grid.look == look
        assert grid.titles[0] == everything[2] and len(grid.charts) == 2
        await press(pilot, "W")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChartPicker))
        await press(pilot, "ctrl+a", "enter")
        await until(pilot, lambda: not grid.choice.hidden)
        assert set(everything) <= {chart.title for chart in grid.choice.charts(grid.metrics)}


async def test_without_charts_the_picker_is_named(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        for title in grid.metrics:
            grid.choice = grid.choice.hiding_toggled(title)
        chart = grid.charts[0]

        def said() -> str:
            return "".join(chart.render_line(y).text for y in range(chart.size.height))

        await until(pilot, lambda: "`W`" in said())
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "`W`" in said()


async def test_prefixes_are_tabs_and_train_and_val_share_a_chart(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        await press(pilot, "apostrophe")
        assert set(grid.titles) == {"train/loss", "train/acc"}
        await press(pilot, "quotation_mark", "ampersand")
        await until(pilot, lambda: "loss (train, val)" in grid.titles and drawn(grid))
        plot = grid.charts[grid.titles.index("loss (train, val)")].plot
        assert plot is not None
        assert [(curve.label, curve.dashed) for curve in plot.curves] == [
            ("run-5 val", False),
            ("run-5 train", True),
        ]
        assert len({curve.slot for curve in plot.curves}) == 1


async def test_runs_are_grouped_by_seed_then_by_param_then_not(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        await grid_of(screen, pilot)
        await press(pilot, "M", "f")
        grid = await grid_of(screen, pilot)
        await until(pilot, lambda: {g.name for g in grid.groups} == {"lr=0.1", "lr=0.01"} and drawn(grid))
        assert str(screen.panel.border_subtitle) == "by seeds"
        await until(pilot, lambda: len(grid.charts[0].plot.curves) == 2 and drawn(grid))  # type: ignore[union-attr]
        plot = grid.charts[0].plot
        assert plot is not None
        for curve in plot.curves:
            assert curve.band is not None and curve.label.endswith("(3)")
            assert (curve.y - curve.band[0]).tolist() == pytest.approx([1.0] * 4)
        await press(pilot, "vertical_line")
        assert grid.view.spread is Spread.EXTREMES
        await press(pilot, "f")
        await until(
            pilot, lambda: screen.panel.grouping is not None and screen.panel.grouping.params == ("lr",)
        )
        await press(pilot, "f")
        await until(pilot, lambda: not grid.groups and screen.panel.grouping is None)
        screen.panel.show_groups([("both[/]", [1, 2, 3])])
        await until(pilot, lambda: [g.name for g in grid.groups] == ["both[/]"])


async def test_charts_take_all_of_the_screen_and_escape_gives_it_back(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        width = grid.size.width
        await press(pilot, "Z")
        await until(pilot, lambda: grid.size.width > width)
        assert not screen.pane.display and screen.focused in grid.charts
        await press(pilot, "escape")
        await until(pilot, lambda: grid.size.width == width)
        assert screen.focused is screen.pane.table


async def test_hostile_names_are_listed_as_they_are(sweep: Store) -> None:
    async with viewer(sweep, (120, 36)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        for key, dialog in (("W", ChartPicker), ("ctrl+x", AxisPicker), ("F", LimitsDialog)):
            grid.choice = type(grid.choice)(pinned=(next(t for t in grid.metrics if "click" in t),))
            await press(pilot, key)
            await until(pilot, lambda kind=dialog: isinstance(pilot.app.screen, kind))  # type: ignore[misc]
            assert "\x1b" not in pilot.app.export_screenshot()
            await press(pilot, "escape")
            await until(pilot, lambda: pilot.app.screen is screen)


async def test_the_mouse_reads_off_draws_a_rectangle_and_moves_the_plot(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        chart = grid.charts[0]
        assert chart.plot is not None and chart.plot.x_scale is not None
        left, right = chart.plot.left, chart.plot.left + chart.plot.x_scale.dots - 1
        await pilot.hover(chart, offset=(right, 3))
        await until(pilot, lambda: grid.seen.cursor == 3)
        assert grid.view.cursor is None
        await pilot.hover(screen.pane.table, offset=(2, 2))
        await until(pilot, lambda: grid.seen.cursor is None)
        await pilot.mouse_down(chart, offset=(left + 5, 2))
        await pilot.hover(chart, offset=(right - 5, 6))
        assert chart.box == (left + 5, right - 5, 2, 6)
        await pilot.mouse_up(chart, offset=(right - 5, 6))
        await until(pilot, lambda: grid.view.window is not None and drawn(grid))
        assert grid.view.window is not None and 0 < grid.view.window[0] < grid.view.window[1] < 3
        assert grid.height_of(grid.titles[0]) is not None and grid.height_of(grid.titles[1]) is None
        assert grid.view.cursor is None and chart.box is None
        before = grid.view.window
        grid.pan(1)
        assert grid.view.window[0] > before[0]
        await pilot.click(chart, offset=(left + 8, 4), times=2)
        await until(pilot, lambda: grid.view.window is None and grid.view.cursor is None)
        assert grid.height_of(grid.titles[0]) is None


async def test_keys_zoom_and_pan_the_y_axis_of_the_current_chart(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)
        grid.focus_current()
        await press(pilot, "ctrl+up")
        whole = grid.height_of(grid.titles[0])
        assert whole is not None
        await until(pilot, lambda: drawn(grid))
        await press(pilot, "shift+up")
        moved = grid.height_of(grid.titles[0])
        assert moved is not None and moved[0] > whole[0] and moved[1] > whole[1]
        await press(pilot, "right")
        assert grid.view.cursor == 3
        await press(pilot, "0")
        assert grid.height_of(grid.titles[0]) is None and grid.view.cursor is None


async def test_runs_have_darker_colours_on_light_backgrounds(sweep: Store) -> None:
    async with viewer(sweep, (160, 45)) as (screen, pilot):
        grid = await grid_of(screen, pilot)

        def colour() -> str:
            strips = [grid.charts[0].render_line(y) for y in range(grid.charts[0].size.height)]
            (found,) = {
                segment.style.color.get_truecolor().hex
                for strip in strips
                for segment in strip
                if "●" in segment.text and segment.style is not None and segment.style.color is not None
            }
            return found

        assert colour() == COLORS[0]
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: colour() == LIGHT_COLORS[0])


@pytest.mark.parametrize("screen", [ExplorerScreen, RunScreen, CompareScreen])
def test_no_key_of_curves_does_something_else_too(screen: type[CommandHost]) -> None:
    owners: dict[str, set[str]] = {}
    for command in screen.COMMAND_CLASSES:
        for key in filter(None, command.key.split(",")):
            owners.setdefault(key, set()).add(command.id)
    if screen is RunScreen:  # there they turn the pages of the run, and page up and down those of the charts
        owners = {key: ids for key, ids in owners.items() if "square_bracket" not in key}
    shared = {key: ids for key, ids in owners.items() if len(ids) > 1}
    assert not [key for key, ids in shared.items() if any(id.startswith("charts.") for id in ids)]
