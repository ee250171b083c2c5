"""Runs side by side."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store import runs
from logger.store.connection import open_reader
from logger.store.fields import Field
from logger.store.locate import for_writing
from tests.sample import NOW, add_run
from tui_tracker.model.comparison import ComparisonRow, Subject, _deltas, _plain, compare, read_subjects
from tui_tracker.model.comparison_sheet import comparison_sheet, percent_text


@pytest.fixture
def subjects(tmp_path: Path) -> list[Subject]:
    store = for_writing(tmp_path / ".tracker")
    uids = [
        add_run(
            store,
            f"run-{place}",
            params={"lr": rate, "depth": "6", **({"extra": "x"} if place == 2 else {})},
            tags={"team": "vision", "mlflow.user": f"u{place}"},
            metrics={"val/loss": losses, "val/acc": [0.5 + place / 10], "same": [math.nan]},
        )
        for place, (rate, losses) in enumerate(
            [("1e-3", [1.0, 0.4]), ("0.001", [0.2, 0.3]), ("0.01", [math.nan])]
        )
    ]
    reader = open_reader(store)
    run_ids = [run.id for uid in uids if (run := runs.by_uid(reader, uid)) is not None]
    found = read_subjects(reader, [*run_ids, 999])
    reader.close()
    return found


def by_label(rows: tuple[ComparisonRow, ...]) -> dict[str, ComparisonRow]:
    return {row.field.label: row for row in rows}


def test_what_differs(subjects: list[Subject]) -> None:
    rows = by_label(compare(subjects, NOW))
    differing = [label for label, row in rows.items() if row.differs]
    assert differing == ["extra", "lr", "val/acc", "val/loss"]
    assert rows["extra"].values == (None, None, "x")
    assert not by_label(compare(subjects[:2], NOW))["lr"].differs
    assert "tag:mlflow.user" not in rows
    assert not rows["tag:team"].differs
    assert not rows["same"].differs


def test_best_and_deltas(subjects: list[Subject]) -> None:
    rows = by_label(compare(subjects, NOW))
    loss, acc = rows["val/loss"], rows["val/acc"]
    assert (loss.best, acc.best) == ((1,), (2,))
    assert loss.deltas == (None, pytest.approx(-0.1), None)
    assert acc.deltas == (None, pytest.approx(0.1), pytest.approx(0.2))
    assert [loss.improves(place) for place in range(3)] == [None, True, None]
    assert by_label(compare(subjects, NOW, baseline=1))["val/loss"].improves(0) is False


def test_percent_of_the_baseline(subjects: list[Subject]) -> None:
    loss = by_label(compare(subjects, NOW))["val/loss"]
    assert loss.percent(1) == pytest.approx(-25)
    assert (loss.percent(0), loss.percent(2)) == (None, None)
    zero = ComparisonRow("metrics", "x", (0.0, 1.0), True, deltas=(None, 1.0), base=0.0)
    assert zero.percent(1) is None
    below = ComparisonRow("metrics", "x", (-2.0, -1.0), True, deltas=(None, 1.0), base=-2.0)
    assert below.percent(1) == 50.0


def test_a_person_says_which_way_is_better(subjects: list[Subject]) -> None:
    rows = by_label(compare(subjects, NOW, directions={"val/loss": "higher"}))
    assert rows["val/loss"].best == (0,) and rows["val/loss"].improves(1) is False
    best = by_label(compare(subjects, NOW, aggregate="best", directions={"val/loss": "higher"}))
    assert best["max(val/loss)"].values[0] == 1.0


@pytest.mark.parametrize(
    ("percent", "text"),
    [(12.34, "+12.3%"), (-0.01, "0%"), (0.0, "0%"), (123456.0, "+123456%"), (-99.96, "-100.0%")],
)
def test_percent_in_words(percent: float, text: str) -> None:
    assert percent_text(percent) == text


def test_the_sheet_of_a_comparison(subjects: list[Subject]) -> None:
    rows = [row for row in compare(subjects, NOW) if row.label in ("lr", "val/loss", "extra")]
    sheet = comparison_sheet(subjects, rows, "both")
    assert sheet.headings == ("", "run-0", "run-1", "run-2")
    loss = sheet.rows[-1]
    assert [cell.text for cell in loss[:3]] == ["val/loss", "0.4000", "0.3000 (-0.1000 -25.0%)"]
    assert (loss[2].strong, loss[2].exact, sheet.rows[0][1].exact) == (True, 0.3, "")


def test_best_values_are_the_extremes(subjects: list[Subject]) -> None:
    rows = by_label(compare(subjects, NOW, aggregate="best"))
    assert rows["min(val/loss)"].values == (0.4, 0.2, None)
    assert rows["min(val/loss)"].best == (1,)
    assert Field("metric", "same") in [row.field for row in rows.values()]


def test_nothing_to_compare() -> None:
    assert all(not row.differs for row in compare([], NOW))


@given(st.lists(st.none() | st.floats() | st.text(), min_size=1))
def test_copies_of_one_value_never_differ(values: list[float | str | None]) -> None:
    assert not _plain(Field("param", "x"), [values[0]] * len(values)).differs


@given(st.lists(st.none() | st.floats(), min_size=1))
def test_differences_are_finite_or_missing(values: list[float | None]) -> None:
    deltas = _deltas(values, 0)
    assert deltas[0] is None
    assert all(delta is None or math.isfinite(delta) for delta in deltas)
