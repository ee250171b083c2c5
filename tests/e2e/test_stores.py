"""The app on stores that it may not write to or read, and that are replaced or deleted while it shows them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from logger.store.locate import Store
from tests.e2e.terminal import Terminal, terminal
from tests.sample import NOW, add_run, sample_store

VIEWER = (sys.executable, "-m", "tui_tracker")


def unprivileged(command: Sequence[str]) -> tuple[str, ...]:
    """The command as somebody whom file permissions bind: root gives up its capabilities."""
    if os.geteuid() != 0:
        return tuple(command)
    if shutil.which("setpriv") is None:
        pytest.skip("root may read and write everything, and there is no setpriv to give that up")
    return ("setpriv", "--bounding-set=-all", "--inh-caps=-all", *command)


@contextmanager
def permissions(path: Path, mode: int) -> Iterator[None]:
    """These permissions for the length of the block."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def quit_cleanly(opened: Terminal) -> None:
    opened.send("q")
    assert opened.wait_for_exit() == 0
    assert opened.is_restored() and "Traceback" not in opened.text()


def test_a_directory_that_cannot_be_written_to_is_shown(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with permissions(store.directory, 0o500), permissions(store.journals, 0o500):
        with terminal(unprivileged(VIEWER), directory=tmp_path) as opened:
            opened.wait_for("run-00", "run-11", " step", absent=["annot", "Error"])
            quit_cleanly(opened)
        with terminal(unprivileged((*VIEWER, "ls")), directory=tmp_path) as opened:
            assert opened.wait_for_exit() == 0 and "run-11" in opened.text()


def test_a_database_of_somebody_else_is_refused_in_one_sentence(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with permissions(store.database, 0):
        with terminal(unprivileged((*VIEWER, "ls")), directory=tmp_path) as opened:
            assert opened.wait_for_exit() == 1
            assert "cannot read" in opened.text() and "Traceback" not in opened.text()
        with terminal(unprivileged(VIEWER), directory=tmp_path) as opened:
            opened.wait_for("cannot read")
            quit_cleanly(opened)


def test_a_database_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    other = sample_store(tmp_path / "other", count=1)
    add_run(other, "from-elsewhere", started=NOW + 60)
    with terminal(VIEWER, directory=tmp_path) as opened:
        opened.wait_for("run-00", "run-11")
        other.database.replace(store.database)
        opened.wait_for("from-elsewhere", "run-00", "4 runs", absent=["run-11"])
        quit_cleanly(opened)


def test_a_database_that_is_deleted_is_told_of_and_a_new_one_shown(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with terminal(VIEWER, directory=tmp_path) as opened:
        opened.wait_for("run-00", "run-11")
        for path in store.directory.glob("tracker.db*"):
            path.unlink()
        opened.wait_for("there is no database in")
        add_run(store, "a-new-beginning", started=NOW)
        opened.wait_for("a-new-beginning", absent=["run-11"])
        quit_cleanly(opened)


def test_a_store_that_is_deleted_whole_is_told_of_and_a_new_one_shown(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with terminal(VIEWER, directory=tmp_path) as opened:
        opened.wait_for("run-00", "run-11")
        shutil.rmtree(store.directory)
        opened.wait_for("there is no database in")
        again: Store = sample_store(tmp_path, count=1)
        assert again == store
        opened.wait_for("run-00", absent=["run-11"])
        quit_cleanly(opened)


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    store = sample_store(tmp_path, count=1)
    store.database.write_bytes(os.urandom(4096))
    with terminal((*VIEWER, "ls"), directory=tmp_path) as opened:
        assert opened.wait_for_exit() == 1
        assert "not a database" in opened.text() and "Traceback" not in opened.text()
    with terminal(VIEWER, directory=tmp_path) as opened:
        opened.wait_for("cannot read", "The store")
        assert opened.text().count("The store") == 1, "it is said once, whoever asked"
        quit_cleanly(opened)
