"""The panel of charts reads what is in view, keeps it, and reads on when the page is turned."""

from __future__ import annotations

from pathlib import Path

from logger.store import locate, runs, series
from logger.store.connection import writing
from tests.sample import add_run, points
from tests.screens.driving import until, viewer
from tui_tracker.messages import StoreChanged
from tui_tracker.model.histories import Histories
from tui_tracker.model.source import Source

MANY = {f"layer-{place:03}/norm": [float(place), 1.0, 2.0] for place in range(200)}


async def test_only_the_charts_in_view_are_read_and_the_next_page_when_it_is_turned(tmp_path: Path) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    add_run(store, "deep", metrics=MANY)
    async with viewer(store, (160, 45)) as (screen, pilot):
        await until(pilot, lambda: screen.charts is not None and screen.charts.read)
        grid = screen.charts
        assert grid is not None and len(grid.metrics) == 200
        await until(pilot, lambda: set(grid.titles) == grid.read)
        first = list(grid.titles)
        assert 1 <= len(first) <= 9
        grid.next_page()
        await until(pilot, lambda: set(grid.titles) == grid.read and grid.titles != first)
        await until(pilot, lambda: all(chart.plot is not None for chart in grid.charts))


async def test_a_run_that_grows_has_its_new_points_drawn(tmp_path: Path) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    uid = add_run(store, "live", metrics={"loss": [3.0, 2.0]}, status=runs.RUNNING)
    async with viewer(store, (160, 45)) as (screen, pilot):
        await until(
            pilot, lambda: screen.charts is not None and screen.charts.charts and screen.charts.charts[0].plot
        )
        assert screen.pane.run is not None and screen.charts is not None
        run_id = screen.pane.run.id
        assert screen.pane.run.uid == uid
        with writing(store) as database:
            series.append(database, run_id, {"loss": points([1.0], first_step=2)}, {})
            runs.touch(database, [run_id])
        screen.post_message(StoreChanged(frozenset([run_id])))
        chart = screen.charts.charts[0]
        await until(pilot, lambda: chart.plot is not None and list(chart.plot.curves[0].y) == [3.0, 2.0, 1.0])


def test_histories_read_only_what_is_asked_for_and_new_and_never_change_what_they_gave(
    tmp_path: Path,
) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    add_run(store, "deep", metrics=MANY, status=runs.RUNNING)
    source, histories = Source(store), Histories()
    key = "layer-007/norm"
    (before,) = source.read(lambda reader: histories.update(reader, 1, [key, "absent"])).values()
    assert len(histories) == 1 and before.values.tolist() == [7.0, 1.0, 2.0]
    for step in range(3, 40):
        with writing(store) as database:
            series.append(database, 1, {key: points([float(step)], first_step=step)}, {})
        after = source.read(lambda reader: histories.update(reader, 1, [key]))[key]
        assert after.values.tolist() == [7.0, 1.0, 2.0, *map(float, range(3, step + 1))]
        assert after.steps.tolist() == list(range(step + 1))
    assert before.values.tolist() == [7.0, 1.0, 2.0]
