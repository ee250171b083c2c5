"""Histories too long to be held whole: in outline, whole where they are looked at, growing at their end."""

from __future__ import annotations

import math
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
    monkeypatch.setattr(outlined, "_TAIL_POINTS", 3000)
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
