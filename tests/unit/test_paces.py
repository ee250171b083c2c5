"""How fast a run was lately: steady, faster than at first, after a pause, in chunks, beside the load of the machine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from logger.store import runs, series
from logger.store.columns import Points
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from logger.store.paces import Pace, paces
from tests.sample import NOW, add_run, points, sample_store


def _run(store: Store) -> int:
    uid = add_run(store, "on", status=runs.RUNNING, uid="e" * 32)
    with closing(open_reader(store)) as reader:
        run = runs.by_uid(reader, uid)
    assert run is not None
    return run.id


def _file(store: Store, run_id: int, column: Points, each: int = 1, key: str = "loss") -> None:
    """File points, `each` of them at a time."""
    with writing(store) as database:
        for start in range(0, len(column), each):
            series.append(database, run_id, {key: column[start : start + each]}, {})


def _pace(store: Store, run_id: int) -> Pace:
    with closing(open_reader(store)) as reader:
        return paces(reader, [run_id])[run_id]


def _then(column: Points, pause: float, count: int, every: float) -> Points:
    """After a pause, `count` more points."""
    resumed = column.times[-1] / 1000 + pause
    column.extend(points([0.5] * count, start=resumed, every=every, first_step=len(column)))
    return column


@pytest.mark.parametrize("each", [1, 5, 200])
@pytest.mark.parametrize("every", [0.01, 1.0, 400.0])
def test_a_steady_run_has_the_speed_of_its_points(store: Store, each: int, every: float) -> None:
    run_id = _run(store)
    _file(store, run_id, points([0.5] * 200, every=every), each)
    assert _pace(store, run_id).speed == pytest.approx(1 / every, rel=0.01)


@pytest.mark.parametrize("count", [2, 3, 20, 100])
def test_a_pause_does_not_count(store: Store, count: int) -> None:
    run_id = _run(store)
    _file(store, run_id, _then(points([0.5] * 100), 86_400.0, count, 1.0))
    assert _pace(store, run_id).speed == pytest.approx(1.0, rel=0.05)


def test_what_it_does_lately_counts_not_how_it_began(store: Store) -> None:
    run_id = _run(store)
    slow_at_first = _then(points([0.5] * 100, every=20.0), 0.1, 150, 0.5)
    _file(store, run_id, slow_at_first)
    assert _pace(store, run_id).speed == pytest.approx(2.0, rel=0.1)


def test_points_in_chunks_tell_it_too(store: Store) -> None:
    run_id = _run(store)
    _file(store, run_id, points([0.5] * 3000, every=0.5), 3000)
    with writing(store) as database:
        series.compact(database, run_id)
    assert _pace(store, run_id).speed == pytest.approx(2.0, rel=0.01)


def test_one_point_or_steps_that_stand_still_tell_no_speed(store: Store) -> None:
    run_id = _run(store)
    _file(store, run_id, points([0.5]))
    assert _pace(store, run_id).speed is None
    still = Points()
    for place in range(5):
        still.append(0, int(NOW + place) * 1000, 0.5)
    _file(store, run_id, still)
    assert _pace(store, run_id).speed is None


def test_the_load_of_the_machine_is_no_progress(store: Store) -> None:
    run_id = _run(store)
    _file(store, run_id, points([0.5] * 10, every=10.0))
    _file(store, run_id, points([30.0] * 500, every=1.0), key="system/cpu_utilization_percentage")
    found = _pace(store, run_id)
    assert (found.steps, found.points, found.last_time) == (10, 10, NOW + 90)
    assert found.speed == pytest.approx(0.1)


def test_a_sample_store_has_paces_of_all_runs_with_metrics(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    found = paces(reader, range(1, 15))
    assert all(pace.steps == pace.points for pace in found.values()) and found
