"""`tracker-tui doctor`: what it finds in stores that are well, and in stores in which something was spoiled."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import process
from logger.frames import frames
from logger.store import filesystem, health, schema
from logger.store.connection import lease, writing
from logger.store.locate import Store
from tests.sample import add_run, sample_store
from tui_tracker.cli import main
from tui_tracker.text.progress import Progress

ROOT = Path(__file__).parents[2]


@pytest.fixture
def well(store: Store) -> Store:
    """A store with runs and files, and nothing wrong with it."""
    with logger.start_run("churn", store=store.directory) as run:
        for step in range(3000):
            run.log({"loss": 1 / (step + 1), "acc": float("nan") if step % 7 == 0 else step}, step=step)
        run.log_text("some weights", "model/weights.txt")
    process.close_all("FINISHED")
    return store


def found(
    store: Store, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, list[tuple[str, str]]]:
    """What the doctor says: levels and texts by check; the exit status agrees with them."""
    capsys.readouterr()
    status = main(["--store", str(store.directory), "doctor", "--json", *options])
    told = capsys.readouterr()
    findings = json.loads(told.out)
    problems = sum(finding["level"] == "problem" for finding in findings)
    assert status == (1 if problems else 0)
    assert ("problem" in told.err) == bool(problems)
    answer: dict[str, list[tuple[str, str]]] = {}
    for finding in findings:
        answer.setdefault(finding["check"], []).append((finding["level"], finding["text"]))
    return answer


def problems(answer: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    return {check: text for check, said in answer.items() for level, text in said if level == "problem"}


def spoil(store: Store, sql: str) -> None:
    with closing(sqlite3.connect(store.database)) as connection:
        connection.execute(sql)
        connection.commit()


def test_a_store_that_is_well(well: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for options in ((), ("--full", "--hashes")):
        answer = found(well, capsys, *options)
        assert problems(answer) == {}
        assert answer["series"] == [("ok", "the summaries of 2 series agree with 6,000 points")]
    assert main(["--store", str(well.directory), "doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in ("ok", "done", "note") for line in lines)


SPOILED: dict[str, tuple[Callable[[Store], None], str, str]] = {
    "a summary": (
        lambda store: spoil(store, "UPDATE series SET max = 1e9 WHERE key = 'acc'"),
        "series",
        "metric acc of run .* says otherwise than its points: max",
    ),
    "points": (
        lambda store: spoil(store, "UPDATE chunks SET points = x'00'"),
        "series",
        "points of metric .* cannot be read",
    ),
    "a missing file": (
        lambda store: next(store.artifacts.rglob("weights.txt")).unlink(),
        "artifacts",
        "artifact model/weights.txt of run .* is missing",
    ),
    "a shortened file": (
        lambda store: next(store.artifacts.rglob("weights.txt")).write_text("some"),  # type: ignore[func-returns-value]
        "artifacts",
        "has 4 bytes, not the 12 that were logged",
    ),
    "other content": (
        lambda store: next(store.artifacts.rglob("weights.txt")).write_text("SOME WEIGHTS"),  # type: ignore[func-returns-value]
        "artifacts",
        "has another content than was logged",
    ),
    "a reference": (
        lambda store: spoil(store, "INSERT INTO tags (run_id, key, value) VALUES (99, 'a', 'b')"),
        "references",
        "1 row of tags refer to runs that are gone",
    ),
    "rights": (
        lambda store: store.database.chmod(0o666),
        "rights",
        "others may write to 1 file",
    ),
    "a foreign database": (
        lambda store: store.database.write_bytes(b"no database" * 1000),  # type: ignore[func-returns-value]
        "database",
        "tracker.db",
    ),
    "a newer version": (
        lambda store: spoil(store, f"PRAGMA user_version = {schema.VERSION + 1}"),
        "database",
        "upgrade",
    ),
    "a torn page": (
        lambda store: tear(store.database),
        "integrity",
        "the database is damaged",
    ),
}


def tear(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("name", SPOILED)
def test_what_was_spoiled_is_found(name: str, well: Store, capsys: pytest.CaptureFixture[str]) -> None:
    spoiling, check, words = SPOILED[name]
    found(well, capsys)
    spoiling(well)
    told = problems(found(well, capsys, "--hashes"))
    assert check in told
    assert re.search(words, told[check])


def test_files_that_nobody_recorded_are_told(well: Store, capsys: pytest.CaptureFixture[str]) -> None:
    (next(well.artifacts.iterdir()) / ".1-ab.partial").write_text("half")
    [(level, text)] = found(well, capsys)["leftovers"]
    assert level == "note"
    assert "1 file among the artifacts, 4 B" in text
    assert "gc --leftovers" in text


LOGS_AND_DIES = """
import logger, os, signal
run = logger.start_run("e")
for step in range(1000): run.log({"a": step}, step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_orphans_are_filed_and_damage_in_them_is_told(
    well: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with lease(well):
        environment = {**os.environ, "TRACKER_STORE": str(well.directory), "PYTHONPATH": str(ROOT)}
        died = subprocess.run([sys.executable, "-c", LOGS_AND_DIES], env=environment, check=False)
        assert died.returncode == -signal.SIGKILL
    [orphan] = well.journals.iterdir()
    whole = orphan.read_bytes()
    middle = list(frames(whole))[500][0]
    orphan.write_bytes(whole[: middle - 3] + b"\x00" + whole[middle - 2 :] + b"torn")
    answer = found(well, capsys)
    levels = [level for level, _ in answer["journals"]]
    assert levels == ["problem", "done"]
    assert "bytes in" in answer["journals"][0][1]
    assert answer["journals"][1] == ("done", "filed 1 journal of processes that are gone")
    answer = found(well, capsys)
    assert problems(answer) == {}
    assert answer["journals"][0][1].startswith("1 journal with damaged parts, kept")
    assert len(logger.search_runs("a >= 0", store=well)[0].history("a").values) == 999


def test_a_torn_tail_is_no_problem(well: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run = logger.start_run("e", store=well.directory)
    run.log({"a": 1})
    journal = run._recorder.journal
    copy = well.journals / "elsewhere-1-1-abc.journal"
    copy.write_bytes(journal.path.read_bytes()[:-4])
    answer = found(well, capsys)
    level, text = answer["journals"][0]
    assert level == "note"
    assert text.startswith("elsewhere-1-1-abc.journal ends in")
    assert problems(answer) == {}


def test_a_run_without_a_process_is_lost(well: Store, capsys: pytest.CaptureFixture[str]) -> None:
    add_run(well, "alone", status="RUNNING")
    living = logger.start_run("e", store=well.directory)
    living.log({"a": 1})
    logger.flush()
    told = [text for level, text in found(well, capsys)["writers"] if level == "problem"]
    assert told == ["run alone was running without a process: it is lost"]
    status = {run.name: run.status for run in logger.search_runs(store=well)}
    assert (status["alone"], status[living.name]) == ("LOST", "RUNNING")
    assert problems(found(well, capsys)) == {}


def test_writers_whose_journal_is_gone_are_let_go_of(well: Store) -> None:
    add_run(well, "left", status="RUNNING")
    spoil(well, "INSERT INTO writers SELECT id, 'gone.journal' FROM runs WHERE name = 'left'")
    with writing(well) as connection:
        [finding] = health.abandoned(connection, set())
        assert connection.execute("SELECT COUNT(*) FROM writers").fetchone() == (0,)
    assert finding.text == "1 journal that runs were written by are gone: let go of them"
    [run] = logger.search_runs("name = 'left'", store=well)
    assert run.status == "LOST"


def test_the_holder_of_the_lease_is_named(
    well: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logger.checkup._LEASE_SECONDS", 0.0)
    with lease(well):
        answer = found(well, capsys)
    [(level, text)] = answer["lease"]
    assert level == "problem"
    assert f"process {os.getpid()}" in text or "another process" in text
    # What can be looked at all the same is.
    assert "integrity" in answer


def test_an_old_store_is_brought_up_to_date(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(store.database)) as connection:
        connection.executescript(f"{schema.MIGRATIONS[0]} PRAGMA user_version = 1;")
        connection.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
        connection.execute("INSERT INTO _sqlite_migrations VALUES ('tui_tracker', '0001', '2026-01-01')")
        connection.commit()
    assert found(store, capsys)["schema"][0][0] == "done"
    assert found(store, capsys)["schema"] == [("ok", f"version {schema.VERSION}")]


def test_a_sample_is_said_to_be_one(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_store(store.directory.parent, 12)
    monkeypatch.setattr(health, "SAMPLE", 5)
    answer = found(store, capsys)
    assert answer["series"][0][1].endswith("taken by chance (--full reads all)")
    assert "summaries of 38 series" in found(store, capsys, "--full")["series"][0][1]


def test_the_kind_of_filesystem_is_told(
    well: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, "network")
    answer = found(well, capsys)
    assert answer["filesystem"][0][0] == "note"
    assert str(tmp_path / "cache") in answer["filesystem"][0][1]
    assert problems(answer) == {}
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, "nonsense")
    assert "neither local nor network" in problems(found(well, capsys))["filesystem"]


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = Progress()
    monkeypatch.setattr("tui_tracker.text.progress._FIRST_SECONDS", 0.0)
    quiet("a")
    quiet.clear()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown = Progress()
    shown("series \x1b[2J1 of 2")
    shown.clear()
    told = capsys.readouterr().err
    assert "1 of 2" in told
    assert "\x1b[2J" not in told
