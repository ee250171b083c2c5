"""`tracker-tui console`: a run's output as text."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from logger.console.record import STDERR, STDOUT, Record
from logger.store import runs
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run
from tui_tracker.cli import main

UID = "a" * 32
MS = int(NOW * 1000)


@pytest.fixture
def printed(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "talks", uid=UID)
    record = Record(str(store.console(UID)), "host-1-a")
    for number in range(5000):
        record.write(
            STDERR if number % 10 == 0 else STDOUT, b"line %d \x1b[31mRed\x1b[0m\n" % number, MS + number
        )
    record.close()
    return store


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> list[str]:
    assert main(["console", *arguments]) == status
    captured = capsys.readouterr()
    return (captured.out if status == 0 else captured.err).splitlines()


def test_all_of_it_or_its_end(printed: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "talks") == [f"line {number} Red" for number in range(5000)]
    assert told(capsys, "talks", "--tail", "2") == ["line 4998 Red", "line 4999 Red"]
    assert told(capsys, "talks", "--tail", "0") == []


def test_the_lines_that_hold_a_text(printed: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "talks", "--grep", "LINE 499") == []
    assert told(capsys, "talks", "--grep", "line 499")[:2] == ["line 499 Red", "line 4990 Red"]
    assert told(capsys, "talks", "--grep", "red", "--tail", "1") == ["line 4999 Red"]


def test_for_programs(printed: Store, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = map(json.loads, told(capsys, "talks", "--grep", "line 4990", "--json"))
    assert (line["line"], line["stream"], line["text"]) == (4990, "stderr", "line 4990 Red")
    assert abs(line["time"] - NOW - 4.99) < 0.2
    assert told(capsys, "talks", "--tail", "1", "--csv")[0] == "line,stream,time,text"


def test_mistakes_are_answered(printed: Store, capsys: pytest.CaptureFixture[str]) -> None:
    add_run(printed, "silent")
    assert "printed nothing" in told(capsys, "silent", status=1)[0]
    assert "from 1 to 1" in told(capsys, "talks", "--process", "2", status=2)[0]
    assert "0 or more" in told(capsys, "talks", "--tail", "-1", status=2)[0]


def test_hostile_output_is_harmless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "talks", uid=UID)
    record = Record(str(store.console(UID)), "host-1-a")
    for text in HOSTILE:
        record.write(STDOUT, text.encode("utf-8", "surrogatepass") + b"\n", MS)
    record.close()
    for line in told(capsys, "talks"):
        assert_harmless(line)


def test_following_goes_on_until_the_run_has_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "talks", uid=UID, status="RUNNING")
    record = Record(str(store.console(UID)), "host-1-a")
    record.write(STDOUT, b"first\n", MS)
    record.flush()

    def train() -> None:
        for number in range(50):
            record.write(STDOUT, b"later %d\n" % number, MS)
            record.flush()
        record.close()
        with writing(store) as connection:
            runs.finish(connection, 1, "FINISHED", NOW)

    training = threading.Timer(0.1, train)
    training.start()
    assert told(capsys, "talks", "--follow") == ["first", *(f"later {number}" for number in range(50))]
    training.join()
