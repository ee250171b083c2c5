"""Histories too long to be held whole: in outline, whole where they are looked at, growing at their end."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from logger.store import chunks, connection, runs, series
from logger.store.connection import open_reader
from logger.store.locate import Store, for_writing
from tests.sample import NOW, points
from tui_tracker.model import histories as module
from tui_tracker.model import outlined
from tui_tracker.model.histories import Histories, History, Window

CHUNK = 4096


def value(step: int) -> float:
    return 1000.0 if step == 12_345 else math.sin(step)


def log(store: Store, first: int, count: int, *, compact: bool = True) -> None:
    with connection.writing(store) as database:
        values = [value(step) for step in range(first, first + count)]
        series.append(database, 1, {"loss": points(values, start=NOW + first, first_step=first)}, {})
        if compact:
            series.compact(database, 1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """One run with ten chunks of a metric, more than a history that is held whole may have."""
    monkeypatch.setattr(module, "OUTLINE_FROM", 20_000)
    found = for_writing(tmp_path / ".tracker")
    with connection.writing(found) as database:
        runs.start(database, "a" * 32, {"name": "long", "started": NOW})
    for place in range(10):
        log(found, place * CHUNK, CHUNK)
    return found


def shown(store: Store, kept: Histories, window: Window | None = None) -> History:
    return kept.update(open_reader(store), 1, ("loss",), window)["loss"]


def test_a_long_history_is_a_few_of_its_points(store: Store) -> None:
    history = shown(store, Histories())
    assert history.levels is not None
    assert len(history) == len(history.levels) < 10 * CHUNK / 40
    assert np.array_equal(history.values, [value(step) for step in history.steps])
    assert history.times_ms.tolist() == [int((NOW + step) * 1000) for step in history.steps]
    assert (history.steps[0], history.steps[-1]) == (0, 10 * CHUNK - 1)
    assert 1000.0 in history.values


@pytest.mark.parametrize("by_time", [False, True])
def test_it_is_whole_within_the_window(store: Store, by_time: bool) -> None:
    kept = Histories()
    far = shown(store, kept)
    ends = (9000.0, 10_000.0)
    window = (
        Window(*((NOW + end) * 1000 for end in ends), by_time=True)
        if by_time
        else Window(*ends, by_time=False)
    )
    near = shown(store, kept, window)
    assert set(range(9000, 10_001)) <= set(near.steps.tolist())
    assert len(near) < len(far) + CHUNK
    assert near.levels is not None and near.levels[near.steps == 9500][0] == value(9500)
    assert shown(store, kept).steps.tolist() == far.steps.tolist()


def test_a_window_with_too_many_points_shows_the_outline(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_POINTS", CHUNK)
    kept = Histories()
    kept.share_out(open_reader(store), [1], ["loss"])
    far = shown(store, kept)
    assert shown(store, kept, Window(0.0, 2.0 * CHUNK, by_time=False)).steps.tolist() == far.steps.tolist()


def test_it_grows_point_by_point_and_its_end_goes_into_outline(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlined, "TAIL_POINTS", 3000)
    kept = Histories()
    before = shown(store, kept)
    log(store, 10 * CHUNK, 100, compact=False)
    grown = shown(store, kept)
    assert grown.steps.tolist() == [*before.steps.tolist(), *range(10 * CHUNK, 10 * CHUNK + 100)]
    log(store, 10 * CHUNK + 100, CHUNK)
    later = shown(store, kept)
    assert len(later) < len(before) + 200
    assert later.steps[-1] == 11 * CHUNK + 99
    log(store, 11 * CHUNK + 100, 10, compact=False)
    assert shown(store, kept).steps.tolist() == [
        *later.steps.tolist(),
        *range(11 * CHUNK + 100, 11 * CHUNK + 110),
    ]


def test_a_history_that_becomes_long_turns_into_its_outline(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OUTLINE_FROM", 10 * CHUNK)
    kept = Histories()
    assert shown(store, kept).levels is None
    log(store, 10 * CHUNK, CHUNK)
    history = shown(store, kept)
    assert history.levels is not None
    assert history.steps[-1] == 11 * CHUNK - 1


def test_chunks_of_an_older_version_have_their_outline_made(store: Store) -> None:
    expected = shown(store, Histories())
    with connection.writing(store) as database:
        database.execute("DELETE FROM outlines")
    found = shown(store, Histories())
    assert found.steps.tolist() == expected.steps.tolist()
    assert found.values.tolist() == expected.values.tolist()


def test_looking_from_afar_opens_no_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a chunk was opened")

    monkeypatch.setattr(chunks, "whole", fail)
    assert len(shown(store, Histories())) > 0


def test_a_coarse_outline_is_fine_within_the_window_and_where_there_is_room_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Histories(lambda question: question(open_reader(store)))
    fine = shown(store, kept)
    assert fine.blocks is not None and fine.blocks.hidden.any()
    monkeypatch.setattr(module, "CLOSE_POINTS", len(fine) // 2)
    kept.share_out(open_reader(store), [1], ["loss"])
    coarse = shown(store, kept)
    assert len(coarse) < len(fine) // 2
    assert 1000.0 in coarse.values
    assert set(coarse.steps.tolist()) < set(fine.steps.tolist())
    assert coarse.blocks is not None and coarse.blocks.counts.sum() == len(coarse)
    assert coarse.blocks.hidden.sum() < fine.blocks.hidden.sum() // 2
    near = shown(store, kept, Window(9000.0, 10_000.0, by_time=False))
    assert near.blocks is not None and near.blocks.counts.sum() == len(near)
    wanted = fine.steps[(fine.steps >= 9000) & (fine.steps <= 10_000)]
    assert set(wanted.tolist()) <= set(near.steps.tolist())
    monkeypatch.setattr(module, "CLOSE_POINTS", 10 * len(fine))
    kept.share_out(open_reader(store), [1], ["loss"])
    assert shown(store, kept).steps.tolist() == fine.steps.tolist()


MOST_BYTES = 64 * 2**20


def test_however_long_histories_are_they_take_a_bounded_room(tmp_path: Path) -> None:
    store, keys = for_writing(tmp_path / ".tracker"), [f"m{number}" for number in range(2)]
    with connection.writing(store) as database:
        runs.start(database, "a" * 32, {"name": "long", "started": NOW})
        values = [math.sin(step) for step in range(chunks.MAX)]
        series.append(database, 1, {key: points(values) for key in keys}, {})
        series.compact(database, 1)
    kept = Histories()
    tracemalloc.start()
    try:
        before, held = tracemalloc.get_traced_memory()[0], []
        for copies in (1, 160, 320):
            repeat(store, copies)
            reader = open_reader(store)
            kept.share_out(reader, [1], keys)
            found = kept.update(reader, 1, keys)
            kept.trim([1], keys)
            assert set(found) == set(keys)
            held.append(tracemalloc.get_traced_memory()[0] - before)
    finally:
        tracemalloc.stop()
    assert max(held) < MOST_BYTES
    # Twice as many points need no more room.
    assert held[-1] < 1.25 * held[-2]


def repeat(store: Store, copies: int) -> None:
    """Make the first chunk of each series so many, one after the other."""
    with connection.writing(store) as database:
        database.execute("DELETE FROM outlines WHERE seq > 1")
        database.execute("DELETE FROM chunks WHERE seq > 1")
        numbers = "WITH RECURSIVE places(place) AS (SELECT 2 UNION ALL SELECT place + 1 FROM places WHERE place < ?) "
        for table, columns in (
            ("chunks", "n, step_min, step_max, time_min, time_max, value_min, value_max, nans, x'00'"),
            ("outlines", "points"),
        ):
            named = columns.replace("x'00'", "points")
            database.execute(
                f"INSERT INTO {table} (series_id, seq, {named}) {numbers}"
                f"SELECT series_id, place, {columns} FROM {table}, places WHERE seq = 1 AND place <= ?",
                (copies, copies),
            )
        database.execute("UPDATE series SET n = ?, chunked = ?", (copies * chunks.MAX, copies * chunks.MAX))
