"""The widgets of curves, driven by Pilot: what is drawn again, what keys and mouse do, pages."""

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_tracker.model.chart_paging import arrange
from tui_tracker.plotting.chart import ChartData, MetricCurve
from tui_tracker.plotting.spec import View, XAxis
from tui_tracker.widgets.curve import CurveChart
from tui_tracker.widgets.curve_grid import CurveGrid


def metric(run: str, points: int = 100, offset: float = 0.0) -> MetricCurve:
    steps = np.arange(points, dtype=np.int64)
    return MetricCurve(
        run, run, steps, 1_700_000_000_000 + steps * 1000, steps / 100 + offset, 1_700_000_000.0
    )


def charts(count: int, *runs: str) -> list[ChartData]:
    return [
        ChartData(f"metric-{i}", tuple(metric(run) for run in runs or ("otter", "newt")))
        for i in range(count)
    ]


class Shown(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.views: list[View] = []

    def compose(self) -> ComposeResult:
        yield CurveGrid()

    def on_curve_grid_view_changed(self, message: CurveGrid.ViewChanged) -> None:
        self.views.append(message.view)

    @property
    def grid(self) -> CurveGrid:
        return self.query_one(CurveGrid)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until every chart has drawn what it was asked to."""
    await pilot.pause()
    while True:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        if not any(chart.busy for chart in pilot.app.query(CurveChart)):
            return


def text(chart: CurveChart) -> str:
    return "\n".join(chart.render_line(y).text for y in range(chart.size.height))


async def test_charts_show_their_metrics_and_runs() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        assert "no points yet" in text(app.grid.charts[0])
        app.grid.set_charts(charts(2))
        await settle(pilot)
        assert app.grid.titles == ["metric-0", "metric-1"]
        for chart, title in zip(app.grid.charts, app.grid.titles, strict=True):
            assert text(chart).startswith(title)
            assert "otter" in text(chart) and "newt" in text(chart)
            assert {len(line) for line in text(chart).split("\n")} == {chart.size.width}


async def test_only_what_changed_is_drawn_again() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(2))
        await settle(pilot)
        before = [chart.pictures for chart in app.grid.charts]
        app.grid.set_charts(charts(2))
        await settle(pilot)
        assert [chart.pictures for chart in app.grid.charts] == before
        grown = [charts(1)[0], ChartData("metric-1", (metric("otter", 101), metric("newt")))]
        app.grid.set_charts(grown)
        await settle(pilot)
        assert [chart.pictures for chart in app.grid.charts] == [before[0], before[1] + 1]


async def test_the_last_of_many_requests_is_what_is_shown() -> None:
    async with (app := Shown()).run_test(size=(60, 20)) as pilot:
        for points in range(10, 60):
            app.grid.set_charts([ChartData("loss", (metric("otter", points),))])
        await settle(pilot)
        plot = app.grid.charts[0].plot
        assert plot is not None
        assert len(plot.curves[0].x) == 59
        assert app.grid.charts[0].pictures < 50


async def test_the_cursor_moves_without_a_new_drawing_and_reads_every_chart() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(2))
        await settle(pilot)
        before = [chart.pictures for chart in app.grid.charts]
        app.grid.move_cursor(1)
        assert app.grid.view.cursor == 99
        app.grid.move_cursor(-1)
        await settle(pilot)
        assert app.grid.view.cursor is not None and app.grid.view.cursor < 99
        for chart in app.grid.charts:
            assert text(chart).split("\n")[-1].split()[0] == f"{app.grid.view.cursor:g}"
        assert [chart.pictures for chart in app.grid.charts] == before
        app.grid.clear_cursor()
        await settle(pilot)
        assert app.grid.view.cursor is None
        assert "80" in text(app.grid.charts[0]).split("\n")[-1]


async def test_zoom_pan_and_reset() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(1))
        await settle(pilot)
        app.grid.zoom(2)
        assert app.grid.view.window == (24.75, 74.25)
        app.grid.pan(1)
        await settle(pilot)
        low, high = app.grid.view.window or (0.0, 0.0)
        assert (low, high) == pytest.approx((37.125, 86.625))
        plot = app.grid.charts[0].plot
        assert plot is not None and plot.x_scale is not None
        assert plot.x_scale.low == pytest.approx(37.125)
        app.grid.reset_view()
        assert app.grid.view.window is None
        await settle(pilot)
        assert [view.window is None for view in app.views] == [False, False, True]


async def test_axes_and_smoothing_change_every_chart() -> None:
    async with (app := Shown()).run_test(size=(160, 30)) as pilot:
        app.grid.set_charts(charts(2))
        app.grid.cycle_x_axis()
        app.grid.toggle_log_y()
        app.grid.smooth(2)
        await settle(pilot)
        assert app.grid.view.x_axis is XAxis.RELATIVE
        for chart in app.grid.charts:
            heading = text(chart).split("\n")[0]
            assert "log y" in heading and "smooth 0.6" in heading and XAxis.RELATIVE.value in heading


async def test_pages_are_told_and_turned() -> None:
    async with (app := Shown()).run_test(size=(80, 24)) as pilot:
        app.grid.set_charts(charts(9))
        await settle(pilot)
        per_page = len(app.grid.charts)
        assert 1 < per_page < 9
        page = app.grid.query_one("#page")
        assert app.grid.query_one("#strip").display
        assert str(page.render()) == f"charts 1-{per_page} of 9"
        app.grid.next_page()
        await settle(pilot)
        assert app.grid.titles[0] == f"metric-{per_page}"
        assert text(app.grid.charts[0]).startswith(f"metric-{per_page}")
        app.grid.previous_page()
        app.grid.previous_page()
        assert app.grid.titles[0] == "metric-0"
        app.grid.set_charts(charts(1))
        await settle(pilot)
        assert not app.grid.query_one("#strip").display


async def test_one_chart_takes_all_the_room_and_gives_it_back() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(4))
        await settle(pilot)
        app.grid.select(2)
        app.grid.toggle_maximised()
        await settle(pilot)
        assert app.grid.titles == ["metric-2"] == [app.grid.current]
        assert app.grid.charts[0].size.width == 100
        app.grid.next_page()
        assert app.grid.titles == ["metric-3"]
        app.grid.toggle_maximised()
        await settle(pilot)
        assert len(app.grid.charts) == 4 and app.grid.current == "metric-3"


async def test_a_click_places_the_cursor_and_the_wheel_zooms() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(1))
        await settle(pilot)
        chart = app.grid.charts[0]
        plot = chart.plot
        assert plot is not None
        await pilot.click(CurveChart, offset=(plot.left, 5))
        await settle(pilot)
        assert app.grid.view.cursor == 0
        chart.post_message(CurveChart.Zoomed(chart, 2.0, 0.0))
        await settle(pilot)
        assert app.grid.view.window == (0, 49.5)


async def test_hostile_names_are_shown_as_they_are() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts([ChartData("loss[/]", (metric("run[/]1"), metric("[@click=app.quit]日本")))])
        await settle(pilot)
        assert "loss[/]" in text(app.grid.charts[0]) and "run[/]1" in text(app.grid.charts[0])


async def test_runs_keep_their_colours_while_others_leave() -> None:
    async with (app := Shown()).run_test(size=(100, 30)) as pilot:
        app.grid.set_charts(charts(1, "a", "b", "c"))
        app.grid.set_charts(charts(1, "c", "b"))
        await settle(pilot)
        assert app.grid.slots == {"c": 2, "b": 1}


@pytest.mark.parametrize(
    ("count", "size", "places"),
    [
        (1, (160, 45), 1),
        (2, (80, 24), 2),
        (4, (80, 24), 4),
        (9, (80, 24), 4),
        (6, (160, 45), 6),
        (3, (20, 5), 1),
    ],
)
def test_charts_are_arranged_by_what_is_readable(count: int, size: tuple[int, int], places: int) -> None:
    columns, rows = arrange(count, *size)
    assert columns * rows == places
