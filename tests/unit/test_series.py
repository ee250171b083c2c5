"""Series in a store against a model: plain lists."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store import chunks, locate, runs, series
from logger.store.columns import Points
from logger.store.connection import open_reader, open_writer, transaction
from logger.store.locate import Store

Row = tuple[int, int, float]
ROW = st.tuples(st.integers(-5, 50), st.integers(0, 10**6), st.floats(width=32) | st.just(math.nan))
FILING = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.lists(ROW, min_size=1, max_size=8), min_size=1)
ACTION = FILING | st.just("compact") | st.just("end")


@contextmanager
def fresh_store() -> Iterator[Store]:
    with TemporaryDirectory() as directory:
        yield locate.for_writing(Path(directory, ".tracker"))


def make(rows: list[Row]) -> Points:
    points = Points()
    for row in rows:
        points.append(*row)
    return points


def rows_of(points: Points) -> list[tuple[int, int, str]]:
    return [
        (step, time, repr(value))
        for step, time, value in zip(points.steps, points.times, points.values, strict=True)
    ]


def expected_last(rows: list[Row]) -> float:
    return max(rows, key=lambda row: (row[0], row[1], -math.inf if math.isnan(row[2]) else row[2]))[2]


@given(st.lists(ACTION, max_size=12), st.integers(0, 30))
def test_history_and_summary_agree_with_plain_lists(actions: list[object], seen: int) -> None:
    model: dict[str, list[Row]] = {}
    with fresh_store() as store, closing(open_writer(store)) as database:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chunks, "MIN", 5)
            patch.setattr(chunks, "MAX", 7)
            with transaction(database):
                run_id = runs.start(database, "f" * 32, {"name": "r", "started": 0.0})
            ids: dict[str, int] = {}
            for action in actions:
                with transaction(database):
                    if isinstance(action, dict):
                        series.append(
                            database, run_id, {key: make(rows) for key, rows in action.items()}, ids
                        )
                        for key, rows in action.items():
                            model.setdefault(key, []).extend(rows)
                    else:
                        series.compact(database, run_id, everything=action == "end")
        with closing(open_reader(store)) as reader:
            metrics = series.metrics(reader, run_id)
            assert metrics.keys() == model.keys()
            for key, rows in model.items():
                assert rows_of(series.history(reader, run_id, key)) == rows_of(make(rows))
                check_summary(metrics[key], rows)
            some = series.read(reader, run_id, dict.fromkeys(model, seen))
            assert {key: rows_of(points) for key, points in some.items()} == {
                key: rows_of(make(rows[seen:])) for key, rows in model.items()
            }


def check_summary(metric: series.Metric, rows: list[Row]) -> None:
    values = [value for _, _, value in rows]
    numbers = [value for value in values if not math.isnan(value)]
    assert metric.n == len(rows)
    assert metric.nans == len(rows) - len(numbers)
    # SQLite keeps no sign of zero in a summary; the points themselves keep it.
    assert metric.first == pytest.approx(values[0], abs=0, rel=0, nan_ok=True)
    assert metric.last == pytest.approx(expected_last(rows), abs=0, rel=0, nan_ok=True)
    assert metric.min == min(numbers, default=None)
    assert metric.max == max(numbers, default=None)
    if numbers:
        steps_of_min = [step for step, _, value in rows if value == metric.min]
        assert metric.min_step == steps_of_min[0]


def test_compaction_takes_about_ten_bytes_a_point(store: Store) -> None:
    n = 50_000
    with closing(open_writer(store)) as database, transaction(database):
        run_id = runs.start(database, "f" * 32, {"name": "r", "started": 0.0})
        for start in range(0, n, 5000):
            rows = [(step, 1000 * step + step % 7, step * 0.1) for step in range(start, start + 5000)]
            series.append(database, run_id, {"loss": make(rows)}, {})
        series.compact(database, run_id)
        held, size = database.execute("SELECT SUM(n), SUM(length(points)) FROM chunks").fetchone()
        left = database.execute("SELECT COUNT(*) FROM segments").fetchone()[0]
    assert (held, left) == (n, 0)
    assert size <= 10.1 * n


def test_slow_series_stay_hot_when_a_fast_one_is_compacted(store: Store) -> None:
    with closing(open_writer(store)) as database, transaction(database):
        run_id = runs.start(database, "f" * 32, {"name": "r", "started": 0.0})
        fast = [(step, step, 1.0) for step in range(chunks.MIN)]
        series.append(database, run_id, {"fast": make(fast), "slow": make([(0, 0, 2.0)])}, {})
        series.compact(database, run_id)
        chunked = dict(database.execute("SELECT key, chunked FROM series"))
        assert chunked == {"fast": chunks.MIN, "slow": 0}
        assert series.history(database, run_id, "slow").values.tolist() == [2.0]
