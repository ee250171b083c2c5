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
