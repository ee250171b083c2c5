"""The viewer's way to its store: one connection, that of the file as it is now, and failures in one sentence."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from logger.store import runs, search
from logger.store.connection import Reader, StoreError, writing
from logger.store.locate import Store, for_writing
from tests.sample import add_run
from tests.waiting import PATIENCE_SECONDS
from tui_tracker.model.source import Source


def names(reader: Reader) -> list[str]:
    return [row.run.name for row in search.page(reader, search.Query())]


def replace(store: Store, tmp_path: Path, name: str) -> None:
    """Put another database, with one run of this name, in the place of the store's."""
    other = for_writing(tmp_path / "other" / ".tracker")
    add_run(other, name)
    with sqlite3.connect(other.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for leftover in ("-wal", "-shm"):
        store.database.with_name(store.database.name + leftover).unlink(missing_ok=True)
    other.database.replace(store.database)


@pytest.fixture
def source(store: Store) -> Source:
    add_run(store, "first")
    return Source(store)


def test_questions_are_answered_from_the_store(source: Source) -> None:
    assert source.read(names) == ["first"]
    add_run(source.store, "second")
    assert sorted(source.read(names)) == ["first", "second"]
    source.close()


def test_the_version_changes_with_every_commit_of_somebody_else_and_only_then(source: Source) -> None:
    before = source.version()
    assert source.version() == before
    source.read(names)
    assert source.version() == before
    add_run(source.store, "second")
    assert source.version() != before
    source.close()


def test_a_database_that_took_the_place_of_the_old_one_is_opened(source: Source, tmp_path: Path) -> None:
    before = source.version()
    assert source.read(names) == ["first"]
    replace(source.store, tmp_path, "from elsewhere")
    assert source.version() != before
    assert source.read(names) == ["from elsewhere"]
    source.close()


def test_after_closing_the_next_question_opens_again(source: Source) -> None:
    before = source.version()
    source.close()
    source.close()
    assert source.read(names) == ["first"]
    assert source.version() > before
    source.close()


def test_what_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    source = Source(Store(tmp_path / "nothing"))
    for ask in (lambda: source.read(names), source.version, lambda: source.edit(lambda _: None)):
        with pytest.raises(StoreError) as caught:
            ask()
        assert "\n" not in str(caught.value)
        assert "nothing" in str(caught.value)
    assert not (tmp_path / "nothing").exists()


def test_a_question_that_fails_is_told_and_the_next_is_answered(source: Source) -> None:
    with pytest.raises(StoreError, match=r"cannot read .*tracker\.db: no such table: nonsense"):
        source.read(lambda reader: reader.execute("SELECT * FROM nonsense"))
    assert source.read(names) == ["first"]
    source.close()


def test_the_reader_cannot_write(source: Source) -> None:
    with pytest.raises(StoreError, match="readonly"):
        source.read(lambda reader: reader.execute("DELETE FROM runs"))
    assert source.read(names) == ["first"]
    source.close()


def test_noise_in_the_place_of_the_database_is_told_and_a_database_after_it_is_read(
    source: Source, tmp_path: Path
) -> None:
    assert source.read(names) == ["first"]
    noise = tmp_path / "noise"
    noise.write_bytes(b"\x93" * 4096)
    noise.replace(source.store.database)
    with pytest.raises(StoreError):
        source.read(names)
    replace(source.store, tmp_path, "whole again")
    assert source.read(names) == ["whole again"]
    source.close()


def test_who_has_lost_interest_gets_no_answer(source: Source) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(StoreError, match="interrupted"):
        source.read(lambda reader: reader.execute(endless).fetchone(), interrupted=lambda: True)
    assert source.read(names) == ["first"]
    source.close()


def test_an_edit_is_one_transaction_under_the_lease(source: Source) -> None:
    def rename(connection: sqlite3.Connection) -> int:
        connection.execute("UPDATE runs SET name = 'renamed'")
        with pytest.raises(StoreError), writing(source.store, timeout=0):
            pass
        return connection.total_changes

    assert source.edit(rename) > 0
    assert source.read(names) == ["renamed"]

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE runs SET name = 'spoiled'")
        connection.execute("UPDATE nonsense SET name = ''")

    with pytest.raises(StoreError, match=r"cannot write to .*no such table: nonsense"):
        source.edit(spoil)
    assert source.read(names) == ["renamed"]
    source.close()


def test_threads_take_turns(source: Source) -> None:
    answers: list[list[str]] = []

    def ask() -> None:
        answers.extend(source.read(names) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["first"]] * 80
    assert source.read(runs.experiments)[0].runs == 1
    source.close()


def test_a_question_behind_holds_up_no_other(source: Source) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slow(reader: Reader) -> list[str]:
        asked.set()
        answered.wait(PATIENCE_SECONDS)
        return names(reader)

    found: list[list[str]] = []
    behind = threading.Thread(target=lambda: found.append(source.read(slow, behind=True)))
    behind.start()
    assert asked.wait(PATIENCE_SECONDS)
    assert source.read(names) == ["first"]
    assert not found
    answered.set()
    behind.join()
    assert found == [["first"]]
    source.close()


def test_a_question_that_takes_too_long_is_left_and_the_next_one_answered(source: Source) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def briefly(reader: Reader) -> tuple[object, list[str]]:
        return reader.briefly(lambda brief: brief.execute(endless).fetchone(), 0.0), names(reader)

    assert source.read(briefly) == (None, ["first"])
    assert source.read(lambda reader: reader.briefly(names, 60.0)) == ["first"]
    with pytest.raises(StoreError, match="no such table"):
        source.read(
            lambda reader: reader.briefly(lambda brief: brief.execute("SELECT * FROM nonsense"), 60.0)
        )
    source.close()
