"""The points of curves, kept between readings: whole, in order, read once, forgotten when they are too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store import connection, series
from logger.store.connection import Reader, open_reader
from logger.store.locate import Store, for_writing
from tests.sample import NOW, add_run, points
from tui_tracker.model import histories as module
from tui_tracker.model.histories import Histories

KEYS = ("loss", "acc")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two running runs: `loss` of five points each, and `acc` of one point in the first."""
    found = for_writing(tmp_path / ".tracker")
    for place in range(2):
        metrics = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0]} | ({} if place else {"acc": [0.5]})
        add_run(found, f"run-{place}", uid=f"{place:032x}", status="RUNNING", metrics=metrics)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """What was read from the store: the points known before, by metric."""
    calls: list[dict[str, int]] = []
    read = series.read

    def noted(reader: Reader, run_id: int, seen: dict[str, int]) -> object:
        calls.append(dict(seen))
        return read(reader, run_id, seen)

    monkeypatch.setattr(series, "read", noted)
    return calls


def append(store: Store, values: list[float], first_step: int) -> None:
    with connection.writing(store) as database:
        series.append(database, 1, {"loss": points(values, start=NOW + 100, first_step=first_step)}, {})


def test_all_points_in_order_of_arrival(store: Store) -> None:
    found = Histories().update(open_reader(store), 1, KEYS)
    assert set(found) == {"loss", "acc"}
    loss = found["loss"]
    assert len(loss) == 5
    assert loss.steps.tolist() == [0, 1, 2, 3, 4]
    assert loss.values.tolist() == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert loss.times_ms.tolist() == [int((NOW + 12 * place) * 1000) for place in range(5)]
    assert [str(column.dtype) for column in (loss.steps, loss.times_ms, loss.values)] == [
        "int64",
        "int64",
        "float64",
    ]


def test_only_the_metrics_asked_for_that_the_run_has(store: Store) -> None:
    reader = open_reader(store)
    assert set(Histories().update(reader, 2, KEYS)) == {"loss"}
    assert Histories().update(reader, 1, ()) == {}


def test_only_what_is_new_is_read(store: Store, asked: list[dict[str, int]]) -> None:
    reader, kept = open_reader(store), Histories()
    kept.update(reader, 1, KEYS)
    kept.update(reader, 1, KEYS)
    assert asked == [{"loss": 0, "acc": 0}]
    append(store, [0.5, 0.25], first_step=5)
    assert kept.update(reader, 1, KEYS)["loss"].values.tolist() == [5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 0.25]
    assert asked[1:] == [{"loss": 5}]


def test_what_was_handed_out_does_not_change_as_the_run_goes_on(store: Store) -> None:
    reader, kept = open_reader(store), Histories()
    before = kept.update(reader, 1, KEYS)["loss"]
    for step in range(5, 45):
        append(store, [float(step)], first_step=step)
        grown = kept.update(reader, 1, KEYS)["loss"]
    assert before.values.tolist() == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert grown.steps.tolist() == list(range(45))
    assert grown.values.tolist() == [5.0, 4.0, 3.0, 2.0, 1.0, *map(float, range(5, 45))]


def test_another_database_in_the_place_of_the_old_one_is_read_from_its_start(
    store: Store, tmp_path: Path
) -> None:
    kept = Histories()
    kept.update(open_reader(store), 1, KEYS)
    other = for_writing(tmp_path / "other" / ".tracker")
    add_run(other, "another", metrics={"loss": [9.0, 8.0]})
    assert kept.update(open_reader(other), 1, KEYS)["loss"].values.tolist() == [9.0, 8.0]


def test_what_has_been_off_the_screen_longest_is_forgotten_first(
    store: Store, asked: list[dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, kept = open_reader(store), Histories()
    kept.update(reader, 1, ("loss",))
    kept.update(reader, 2, ("loss",))
    monkeypatch.setattr(module, "KEPT_POINTS", 5)
    kept.trim((1, 2), ("loss",))
    kept.update(reader, 1, ("loss",))
    kept.update(reader, 2, ("loss",))
    assert len(asked) == 2
    kept.trim((), ())
    kept.update(reader, 2, ("loss",))
    assert len(asked) == 2
    kept.update(reader, 1, ("loss",))
    assert asked[2:] == [{"loss": 0}]


def test_of_histories_that_are_too_long_together_the_longest_come_in_outline(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE_POINTS", 9)
    monkeypatch.setattr(module, "ALWAYS_WHOLE", 2)
    reader, kept = open_reader(store), Histories()
    append(store, [0.5], first_step=5)
    kept.share_out(reader, (1, 2), KEYS)
    assert kept.update(reader, 2, KEYS)["loss"].levels is None
    found = kept.update(reader, 1, KEYS)
    assert found["acc"].levels is None
    assert found["loss"].levels is not None
    kept.share_out(reader, (1,), KEYS)
    assert Histories().update(reader, 1, KEYS)["loss"].levels is None
