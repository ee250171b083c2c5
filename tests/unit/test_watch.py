"""The watcher: what it finds changed, and what it says of a store it cannot read."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.message import Message

from logger.store import run_values, runs
from logger.store.connection import writing
from logger.store.locate import Store
from tests.sample import add_run, sample_store
from tui_tracker.messages import StoreChanged, StoreFailed
from tui_tracker.model.source import Source
from tui_tracker.watch import Detector, Watcher


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, 3)


def _id(source: Source, uid: str) -> int:
    run = source.read(lambda reader: runs.by_uid(reader, uid))
    assert run is not None
    return run.id


def test_the_first_look_and_a_quiet_store_report_nothing(sample: Store) -> None:
    detector = Detector(Source(sample))
    assert detector.look() is None
    assert detector.look() is None


def test_a_new_run_is_a_change_of_structure(sample: Store) -> None:
    source = Source(sample)
    detector = Detector(source)
    detector.look()
    uid = add_run(sample, "new one")
    change = detector.look()
    assert change is not None
    assert change.run_ids == {_id(source, uid)}
    assert change.structure
    assert detector.look() is None


def test_points_of_a_run_are_a_change_of_that_run_only(sample: Store) -> None:
    source = Source(sample)
    detector = Detector(source)
    detector.look()
    run_id = _id(source, f"{1:032x}")
    with writing(sample) as database:
        run_values.set_tags(database, run_id, {"stage": "late"})
        runs.touch(database, [run_id])
    change = detector.look()
    assert change is not None
    assert change.run_ids == {run_id}
    assert not change.structure


def test_a_status_changes_the_counts_and_so_the_structure(sample: Store) -> None:
    source = Source(sample)
    detector = Detector(source)
    detector.look()
    run_id = _id(source, f"{0:032x}")
    with writing(sample) as database:
        runs.finish(database, run_id, runs.FAILED, 1.0)
        runs.touch(database, [run_id])
    change = detector.look()
    assert change is not None and change.structure


def test_another_database_under_the_same_name_is_all_new(sample: Store, tmp_path: Path) -> None:
    source = Source(sample)
    detector = Detector(source)
    detector.look()
    other = sample_store(tmp_path / "other", 1)
    for suffix in ("", "-wal", "-shm"):
        moved = other.database.with_name(other.database.name + suffix)
        target = sample.database.with_name(sample.database.name + suffix)
        target.unlink(missing_ok=True)
        if moved.exists():
            moved.rename(target)
    change = detector.look()
    assert change is not None
    assert change.structure
    assert len(change.run_ids) == 3


def test_the_first_look_has_the_screens_read_again_what_they_may_have_read_before_it(sample: Store) -> None:
    said: list[Message] = []
    watcher = Watcher(Source(sample), said.append)
    watcher.look()
    watcher.look()
    assert said and isinstance(said[0], StoreChanged)
    assert said[0].structure
    assert len(said) == 1


def test_an_unreadable_store_is_complained_of_once_and_welcomed_back(sample: Store) -> None:
    said: list[Message] = []
    watcher = Watcher(Source(sample), said.append)
    watcher.look()
    said.clear()
    away = sample.database.rename(sample.database.with_suffix(".away"))
    watcher.look()
    watcher.look()
    assert [type(message) for message in said] == [StoreFailed]
    away.rename(sample.database)
    watcher.look()
    assert isinstance(said[-1], StoreChanged)
    assert said[-1].structure


def test_the_thread_tells_of_a_commit_and_ends_when_stopped(sample: Store) -> None:
    said: list[Message] = []
    told = threading.Event()

    def post(message: Message) -> None:
        said.append(message)
        told.set()

    watcher = Watcher(Source(sample), post)
    watcher.look()
    said.clear()
    told.clear()
    watcher.start()
    add_run(sample, "while watched")
    assert told.wait(10.0)
    watcher.stop()
    assert isinstance(said[0], StoreChanged)
    assert not any(thread.name == "store watcher" for thread in threading.enumerate())
