"""The pictures of many runs, driven by keys over a real store."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store.fields import Field
from logger.store.locate import Store, for_writing
from logger.store.search import Query
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run
from tests.screens.driving import until, viewer
from tui_tracker.app import TrackerApp
from tui_tracker.model.plot_kind import PLOT_KINDS, PlotKind
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.screens.one_field import OneField
from tui_tracker.screens.plots import PlotsScreen
from tui_tracker.screens.run import RunScreen

RUNS = 24


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Runs whose accuracy rises with lr, and is better by far with lion."""
    store = for_writing(tmp_path / ".tracker")
    for place in range(RUNS):
        lr, lion = 10.0 ** -(4 - place / 8), place % 3 == 0
        add_run(
            store,
            f"run-{place:02}",
            uid=f"{place:032x}",
            started=NOW - 60 * place,
            params={"lr": f"{lr:g}", "optimizer": "lion" if lion else "adam", "depth": str(place % 4)},
            metrics={"val/acc": [0.5 + place / 100 + 0.2 * lion]} if place else {"val/acc": [math.nan]},
        )
    return store


@asynccontextmanager
async def plots(
    store: Store,
    kind: PlotKind = "scatter",
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[tuple[PlotsScreen, Pilot[None], list[list[int]]]]:
    """The screen once its picture is drawn, and what was marked."""
    app = TrackerApp(store, watching=False)
    marked: list[list[int]] = []
    async with app.run_test(size=size) as pilot:
        screen = PlotsScreen(
            Query(),
            kind,
            mark=lambda ids: marked.append(list(ids)),
            clock=lambda: NOW,
        )
        await app.push_screen(screen)
        await drawn(pilot, screen)
        yield screen, pilot, marked


async def drawn(pilot: Pilot[None], screen: PlotsScreen) -> None:
    await until(pilot, lambda: screen.view.picture is not None)
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))
    await pilot.pause()


def text(screen: PlotsScreen) -> str:
    picture = screen.view.picture
    return picture.text() if picture is not None else ""


async def test_a_scatter_plot_names_and_opens_a_run(store: Store) -> None:
    async with plots(store) as (screen, pilot, marked):
        assert "max(val/acc) by lr" in text(screen) and "1 without a value" in text(screen)
        await pilot.press("X")
        await until(pilot, lambda: "log x" in text(screen))
        await pilot.press("right")
        assert screen.reading.startswith("run-01") and "lr 0.000133352" in screen.reading
        await pilot.press("right", "m")
        assert screen.reading.startswith("run-02") and marked == [[3]]
        await pilot.press("X")
        await until(pilot, lambda: "log x" not in text(screen))
        assert screen.reading.startswith("run-02")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


async def test_axes_and_colour_are_chosen_from_a_list(store: Store) -> None:
    async with plots(store) as (screen, pilot, _):
        await pilot.press("C")
        await until(pilot, lambda: isinstance(pilot.app.screen, OneField))
        await pilot.press(*"optim", "enter")
        await until(pilot, lambda: screen.choice.colour == Field("param", "optimizer"))
        await drawn(pilot, screen)
        assert "lion 8" in text(screen) and "adam 16" in text(screen)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, OneField))
        await pilot.press(*"duration", "enter")
        await until(pilot, lambda: "by duration" in text(screen))
        await pilot.press("C")
        await until(pilot, lambda: isinstance(pilot.app.screen, OneField))
        await pilot.press(*"nothing", "enter")
        await until(pilot, lambda: screen.choice.colour is None)


async def test_brushing_an_axis_and_marking_what_is_inside(store: Store) -> None:
    async with plots(store, "parallel") as (screen, pilot, marked):
        assert screen.choice.axes[0] == Field("param", "lr")
        await pilot.press("right", "down")
        assert screen.reading.startswith("depth: 0 to 2") and "18 of 24 runs inside" in screen.reading
        await pilot.press("space", "k")
        await drawn(pilot, screen)
        assert "12 inside" in text(screen) and "1 to 2" in screen.reading
        await pilot.press("m")
        assert len(marked[0]) == 12
        await pilot.press("right", "up")
        assert screen.reading.startswith("optimizer: lion to lion") and "4 of 24" in screen.reading
        await pilot.press("0")
        assert "12 of 24" in screen.reading
        await pilot.press("U")
        assert "24 of 24" in screen.reading
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, FieldPicker))
        await pilot.press("space", "enter")
        await until(pilot, lambda: Field("param", "lr") not in screen.choice.axes)


async def test_boxes_by_group(store: Store) -> None:
    async with plots(store, "boxes") as (screen, pilot, marked):
        assert "adam (16)" in text(screen) and "lion (7)" in text(screen)
        assert screen.reading.startswith("adam: 16 runs")
        await pilot.press("down", "m")
        assert screen.reading.startswith("lion: 7 runs") and len(marked[0]) == 7


async def test_what_matters_leads_to_a_scatter_plot(store: Store) -> None:
    async with plots(store, "importance") as (screen, pilot, _):
        lines = text(screen).split("\n")
        assert lines[2].split()[0] in ("lr", "optimizer") and "Spearman" in lines[-2]
        await pilot.press("down", "down")
        assert screen.reading.startswith("depth") and "may be chance" in screen.reading
        await pilot.press("enter")
        await until(pilot, lambda: "max(val/acc) by depth" in text(screen))
        assert screen.kind == "scatter"


async def test_a_forest_says_how_well_it_predicts(store: Store) -> None:
    pytest.importorskip("sklearn")
    async with plots(store, "importance") as (screen, pilot, _):
        await pilot.press("f")
        await until(pilot, lambda: "forest, 23 runs: R²" in text(screen))


async def test_too_few_runs_are_refused_and_the_next_step_told(store: Store) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = PlotsScreen([2, 3, 4], "importance", clock=lambda: NOW)
        await app.push_screen(screen)
        await until(
            pilot, lambda: "fewer than 8" in screen.view.render_line(screen.view.size.height // 2).text
        )


async def test_keys_of_another_picture_do_nothing(store: Store) -> None:
    async with plots(store, "boxes") as (screen, pilot, _):
        await pilot.press("C", "a", "f", "space")
        assert pilot.app.screen is screen
        for key, kind in zip("spoi", PLOT_KINDS, strict=True):
            await pilot.press(key)
            assert screen.kind == kind


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 45)])
async def test_hostile_names_are_harmless_in_every_picture(tmp_path: Path, size: tuple[int, int]) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place, name in enumerate(HOSTILE):
        key = HOSTILE[place % 5][:300] or "k"
        params = {"[b]p": name[:3000], key: str(place)}
        metrics = {"[i]\x1b[2Jm": [float(place)]}
        add_run(store, name[:3000] or "x", uid=f"{place:032x}", params=params, metrics=metrics)
    async with plots(store, size=size) as (screen, pilot, _):
        for key in "spoi":
            await pilot.press(key, "down", "right")
            await drawn(pilot, screen)
            assert_harmless(text(screen))
            assert_harmless(screen.reading)
        assert_harmless(pilot.app.export_screenshot().replace("\n", ""))


async def test_no_runs_at_all(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = PlotsScreen(Query(), clock=lambda: NOW)
        await app.push_screen(screen)
        await until(pilot, lambda: not screen.questions.is_open("sample"))
        for key in "spoi":
            await pilot.press(key, "down", "right", "m", "enter")
            await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
            assert app.screen is screen


async def test_from_the_explorer_and_marks_back_to_it(store: Store) -> None:
    async with viewer(store) as (explorer, pilot):
        await pilot.press("L")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlotsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, PlotsScreen)
        await drawn(pilot, screen)
        await pilot.press("o", "down", "m", "escape")
        await until(pilot, lambda: pilot.app.screen is explorer)
        assert len(explorer.pane.table.marked) == 7
