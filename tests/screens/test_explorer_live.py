"""The explorer beside a store that changes: new runs, new points, statuses, a database that goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store import runs, series
from logger.store.connection import writing
from logger.store.fields import Field
from logger.store.locate import Store
from tests.sample import NOW, add_run, points, sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.model.table_look import TableLook
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.help import HelpScreen
from tui_tracker.widgets.run_tree import RunTree


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


def _last_step(screen: ExplorerScreen) -> float:
    """Of the charts in view."""
    whole = None if screen.charts is None else screen.charts.whole()
    return -1 if whole is None else whole[1]


def _append(store: Store, run_id: int, key: str, values: list[float], first_step: int) -> None:
    with writing(store) as database:
        series.append(database, run_id, {key: points(values, first_step=first_step)}, {})
        runs.touch(database, [run_id], NOW + 100)


async def test_a_new_run_appears_and_the_cursor_stays_on_its_run(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        await pilot.press("j", "j")
        assert screen.pane.run is not None
        stood_on = screen.pane.run.id
        add_run(sample, "newcomer", started=NOW + 10)
        await until(pilot, lambda: screen.pane.table.total == 15)
        assert shown_names(screen)[0] == "newcomer"
        assert screen.pane.run is not None and screen.pane.run.id == stood_on


async def test_new_points_reach_the_curve_and_the_cell(sample: Store) -> None:
    async with viewer(sample, size=(220, 60), watching=True) as (screen, pilot):
        await until(pilot, lambda: _last_step(screen) == 49)
        assert screen.pane.run is not None
        _append(sample, screen.pane.run.id, "train/loss", [0.0625], 50)
        await until(pilot, lambda: _last_step(screen) == 50)
        table = screen.pane.table
        await until(pilot, lambda: "0.06250" in table.render_line(1).text)


async def test_a_status_changes_where_it_is_shown(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: tree.root.children)
        tree.root.children[0].expand()
        await until(pilot, lambda: tree.root.children[0].children)
        assert "●" in str(tree.root.children[0].children[0].label)
        assert screen.pane.run is not None
        run_id = screen.pane.run.id
        with writing(sample) as database:
            runs.finish(database, run_id, runs.KILLED, NOW + 60)
            runs.touch(database, [run_id])
        await until(pilot, lambda: "killed" in screen.pane.table.render_line(1).text)
        await until(pilot, lambda: "■" in str(tree.root.children[0].children[0].label))


async def test_changes_reach_the_explorer_behind_a_dialog(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        add_run(sample, "newcomer", started=NOW + 10)
        await until(pilot, lambda: screen.pane.table.total == 15)


async def test_what_happened_while_a_run_was_open_is_there_afterwards(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is not screen)
        add_run(sample, "newcomer", started=NOW + 10)
        await pilot.press("escape")
        await until(pilot, lambda: screen.pane.table.total == 15)


async def test_a_database_that_goes_away_is_told_and_comes_back(sample: Store) -> None:
    async with viewer(sample, watching=True) as (screen, pilot):
        away = sample.database.rename(sample.database.with_suffix(".away"))
        await until(pilot, lambda: any("no database" in n.message for n in pilot.app._notifications))
        away.rename(sample.database)
        add_run(sample, "newcomer", started=NOW + 10)
        await until(pilot, lambda: screen.pane.table.total == 15)


def _has_column(screen: ExplorerScreen, key: str) -> bool:
    return any(field.kind == "metric" and field.key == key for field in screen.pane.fields)


async def test_the_first_metrics_of_a_new_store_get_their_columns(store: Store) -> None:
    add_run(store, "early", uid="e" * 32, status=runs.RUNNING, params={"lr": "1"})
    async with viewer(store, watching=True) as (screen, pilot):
        assert not _has_column(screen, "val/acc")
        assert screen.pane.run is not None
        _append(store, screen.pane.run.id, "val/acc", [0.5], 0)
        await until(pilot, lambda: _has_column(screen, "val/acc"))


async def test_a_metric_that_comes_later_gets_its_column_unless_columns_were_chosen(sample: Store) -> None:
    async with viewer(sample, size=(220, 60), watching=True) as (screen, pilot):
        assert screen.pane.run is not None
        _append(sample, screen.pane.run.id, "val/f1", [0.5], 0)
        await until(pilot, lambda: _has_column(screen, "val/f1"))
        screen.pane.show_as(TableLook(columns=(Field("metric", "val/acc"),)))
        await until(pilot, lambda: not _has_column(screen, "val/f1"))
        _append(sample, screen.pane.run.id, "val/auc", [0.5], 0)
        await until(pilot, lambda: "val/auc" in screen.pane.names.metrics)
        assert [field.key for field in screen.pane.fields if field.kind == "metric"] == ["val/acc"]


async def test_an_unforeseen_error_is_told_rather_than_leaving_the_screen_waiting(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with viewer(sample) as (screen, pilot):
        told: list[str] = []
        monkeypatch.setattr(screen, "tell_failure", told.append)
        screen.ask("broken", lambda reader: 1 / 0, lambda answer: None)
        await until(pilot, lambda: told)
        assert "ZeroDivisionError" in told[0]
