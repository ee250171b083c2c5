"""Stores, journals and databases that somebody deletes or moves under those who use them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import orphans
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.faults.trainers import LOGS_FOR_EVER, kill, read_acknowledged, start

DELETED_UNDER_IT = """
import logger, os, sys
run = logger.start_run("e", run_name="survivor", params={"lr": 1})
for step in range(100):
    run.log({"a": step}, step=step)
logger.flush()
run.log_text("gone with the store", "early.txt")
os.write(1, b".")
sys.stdin.readline()
for step in range(100, 200):
    run.log({"a": step}, step=step)
run.log_text("kept", "late.txt")
run.finish()
"""


def pausing(directory: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", DELETED_UNDER_IT],
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    read_acknowledged(process, 1)
    return process


@pytest.mark.parametrize("what", ["store", "journals", "journal and database", "database"])
def test_what_is_deleted_under_a_live_run_is_made_again_with_all_the_journal_held(
    what: str, tmp_path: Path
) -> None:
    process = pausing(tmp_path)
    store = Store(tmp_path / ".tracker")
    if what == "store":
        # The run makes parts of it again while the rest is being deleted.
        shutil.rmtree(store.directory, ignore_errors=True)
    if "journal" in what:
        shutil.rmtree(store.journals)
    if "database" in what:
        for path in store.directory.glob("tracker.db*"):
            path.unlink()
    _, err = process.communicate(b"\n", timeout=30)
    assert process.returncode == 0, err.decode()
    assert err.count(b"RuntimeWarning") == (0 if what == "database" else 1), err.decode()
    assert b"Traceback" not in err
    [run] = logger.search_runs()
    assert (run.name, run.status) == ("survivor", "FINISHED")
    assert run.data.params == {"lr": "1"}
    assert run.history("a").values == list(map(float, range(200)))
    assert run.artifact("late.txt").read_text() == "kept"
    assert not any(store.journals.iterdir())
    with closing(open_reader(store)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_store_that_is_moved_keeps_what_a_live_run_logs_after_the_move(tmp_path: Path) -> None:
    process = pausing(tmp_path)
    (tmp_path / ".tracker").rename(tmp_path / "moved")
    _, err = process.communicate(b"\n", timeout=30)
    assert process.returncode == 0 and b"Traceback" not in err
    [run] = logger.search_runs(store=tmp_path / "moved")
    assert (run.status, run.history("a").values) == ("FINISHED", list(map(float, range(200))))


def has_been_filed_to(store: Store) -> bool:
    try:
        return bool(logger.search_runs(store=store))
    except logger.StoreError:
        return False


def test_a_run_whose_journal_is_deleted_after_its_death_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start(LOGS_FOR_EVER, tmp_path)
    store = Store(tmp_path / ".tracker")
    read_acknowledged(process, 1000)
    while not has_been_filed_to(store):
        pass
    kill(process)
    for path in store.journals.iterdir():
        path.unlink()
    monkeypatch.setattr(orphans, "_looked", {})
    [run] = logger.search_runs(store=store)
    assert run.status == "LOST"


def test_a_live_run_is_not_lost_to_those_who_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with logger.start_run("e") as run:
        run.log({"a": 1})
        logger.flush()
        monkeypatch.setattr(orphans, "_looked", {})
        assert logger.get_run(run.id).status == "RUNNING"


def test_a_store_that_is_deleted_after_its_runs_have_ended_stays_deleted(store: Store) -> None:
    with logger.start_run("e") as run:
        run.log({"a": 1})
    recorder = run._recorder
    shutil.rmtree(store.directory)
    recorder._restore_journal()
    assert not store.directory.exists()
    with logger.start_run("e") as again:
        again.log({"a": 2})
    assert [found.id for found in logger.search_runs()] == [again.id]
