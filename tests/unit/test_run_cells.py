"""What the cells of the table say beyond plain values: pace, trends, best and worst, what a look changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from logger.store import runs, search
from logger.store.connection import open_reader
from logger.store.fields import Field
from logger.store.locate import for_writing
from logger.store.paces import Pace
from tests.sample import NOW, add_run
from tests.unit.test_table_columns import RUN
from tui_tracker.model.extremes import Extremes, read_extremes
from tui_tracker.model.pace import progress
from tui_tracker.model.table_look import TREND, WIDEST, TableLook
from tui_tracker.model.trends import Trends, read_trends

STARTED = NOW - 1000
RUNNING = replace(RUN, started=STARTED, total_steps=None)
LOSS, NAME = Field("metric", "val/loss"), Field("attribute", "name")


@pytest.mark.parametrize(
    ("total", "pace", "text"),
    [
        (None, None, "running"),
        (10_000, Pace(4300, 4300, NOW), "43% · 22m left · 4.3/s"),
        (10_000, Pace(4300, 4300, NOW, speed=19.0), "43% · 5m left · 19/s"),
        (4300, Pace(4300, 4300, NOW), "100% · 4.3/s"),
        (None, Pace(12_000, 12_000, NOW), "step 11,999 · 12/s"),
        (None, Pace(10, 10, NOW), "step 9 · 100.0 s/step"),
        (None, Pace(1000, 1000, NOW - 240), "no news for 4m"),
        (None, Pace(1000, 1000, NOW - 59), "step 999 · 1.1/s"),
        (0, Pace(1, 1, STARTED), "no news for 16m"),
        (None, Pace(1, 1, STARTED + 999), "step 0 · 999.0 s/step"),
    ],
)
def test_what_is_said_of_a_running_run(total: int | None, pace: Pace | None, text: str) -> None:
    assert progress(replace(RUNNING, total_steps=total), pace, NOW) == text


def test_the_pace_of_running_runs_comes_with_their_status(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "on", status=runs.RUNNING, metrics={"loss": [1.0, 2.0, 3.0]}, uid="1" * 32)
    add_run(store, "off", metrics={"loss": [1.0]}, uid="2" * 32)
    reader = open_reader(store)
    status = Field("attribute", "status")
    found = {row.run.name: row.pace for row in search.page(reader, search.Query(), (status,))}
    assert found["off"] is None
    assert found["on"] is not None and (found["on"].steps, found["on"].points) == (3, 3)
    assert all(row.pace is None for row in search.page(reader, search.Query(), (NAME,)))


def test_trends_are_read_once_and_again_when_the_run_goes_on(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "on", status=runs.RUNNING, metrics={"loss": [3.0, 2.0, 1.0]})
    reader = open_reader(store)
    rows = search.page(reader, search.Query(), (LOSS,))
    trends = Trends()
    wishes = trends.wishes(rows, ["loss", "other"])
    assert len(wishes) == 2
    trends.put(read_trends(reader, wishes))
    assert trends.texts == {(1, "loss"): "█▅▁", (1, "other"): ""}
    assert trends.wishes(rows, ["loss", "other"]) == []
    later = [replace(row, run=replace(row.run, revision=99)) for row in rows]
    assert len(trends.wishes(later, ["loss"])) == 1


def test_a_long_history_is_drawn_from_its_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logger.store.chunks.MAX", 100)
    monkeypatch.setattr("tui_tracker.model.trends._MOST_POINTS", 1000)
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "long", metrics={"loss": [float(step) for step in range(2400)]})
    reader = open_reader(store)
    trends = Trends()
    wishes = trends.wishes(search.page(reader, search.Query()), ["loss"])
    (text,) = [text for _, text in read_trends(reader, wishes)]
    assert len(text) == 12 and list(text) == sorted(text)


def test_best_and_worst_by_name_and_by_the_persons_word(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place, loss in enumerate([0.5, 0.1, 0.9]):
        add_run(store, f"r{place}", uid=f"{place:032x}", metrics={"val/loss": [loss], "epoch": [1.0]})
    reader = open_reader(store)
    fields = [NAME, LOSS, Field("metric", "epoch"), Field("metric", "val/loss", TREND)]
    assert read_extremes(reader, search.Query(), fields, {}) == {LOSS: Extremes(0.1, 0.9)}
    turned = read_extremes(reader, search.Query(), fields, {"val/loss": "higher", "epoch": "lower"})
    assert turned == {LOSS: Extremes(0.9, 0.1)}
    assert Extremes(0.1, 0.9).mark(0.1) == "best"
    assert Extremes(0.1, 0.9).mark(0.9) == "worst"
    assert Extremes(0.1, 0.9).mark(None) is None


def test_columns_move_and_go_but_the_name_stays() -> None:
    other = Field("param", "lr")
    shown = (NAME, LOSS, other)
    assert TableLook().moved(shown, other, -1).columns == (NAME, other, LOSS)
    assert TableLook().moved(shown, LOSS, -5).columns == (NAME, LOSS, other)
    assert TableLook().moved(shown, NAME, 1) == TableLook()
    assert TableLook().hidden(shown, LOSS).columns == (NAME, other)
    assert TableLook().hidden(shown, NAME) == TableLook()
    assert TableLook().resized(LOSS, 999).widths == {LOSS: WIDEST}
    assert TableLook().pin_toggled(LOSS).pin_toggled(LOSS) == TableLook()
