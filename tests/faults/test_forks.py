"""Forks at any moment: what a child inherits never keeps a lock that its parent has given up."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import logger
from logger.orphans import collect_orphans, orphans
from logger.store.connection import lease, open_writer
from logger.store.locate import Store
from tests.faults.trainers import LOGS_FOR_EVER, kill, read_acknowledged, start


@contextlib.contextmanager
def idle_child() -> Iterator[None]:
    """A forked process that does nothing, as a worker that waits for its first batch."""
    ours, its = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        its.send(b".")
        its.recv(1)
        os._exit(0)
    its.close()
    ours.recv(1)
    try:
        yield
    finally:
        ours.close()
        os.waitpid(child, 0)


@contextlib.contextmanager
def forked_while(holding: contextlib.AbstractContextManager[object]) -> Iterator[None]:
    """A child forked while another thread of this process is inside `holding`, which it leaves afterwards."""
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with holding:
            inside.set()
            leave.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    with idle_child():
        leave.set()
        thread.join()
        yield


def test_a_child_forked_during_an_edit_does_not_keep_the_lease(store: Store) -> None:
    with forked_while(lease(store)), lease(store):
        pass


@contextlib.contextmanager
def one_orphan_held(store: Store) -> Iterator[None]:
    found = orphans(store)
    next(found)
    yield
    found.close()


def test_a_child_forked_while_an_orphan_is_filed_does_not_keep_the_orphan(
    store: Store, tmp_path: Path
) -> None:
    process = start(LOGS_FOR_EVER, tmp_path)
    # Held, so that the trainer files nothing and its journal stays.
    with lease(store):
        read_acknowledged(process, 10)
        kill(process)
    with forked_while(one_orphan_held(store)):
        assert collect_orphans(store) == 1


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_fork_around_a_filing_loses_nothing_on_either_side(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = logger.start_run("e")
    run.log({"parent": 0}, step=0)
    if moment == "after":
        logger.flush()
    in_transaction, forked = threading.Event(), threading.Event()
    if moment == "during":

        def slow_writer(store: Store):  # type: ignore[no-untyped-def]
            connection = open_writer(store)

            def trace(statement: str) -> None:
                if statement.startswith("COMMIT"):
                    in_transaction.set()
                    forked.wait(0.2)  # the fork itself waits for the commit

            connection.set_trace_callback(trace)
            return connection

        monkeypatch.setattr("logger.store_link.open_writer", slow_writer)
        assert in_transaction.wait(10)
    child = os.fork()
    if child == 0:
        for step in range(20):
            run.log({"child": step}, step=step)
        os._exit(0)
    forked.set()
    run.log({"parent": 1}, step=1)
    os.waitpid(child, 0)
    run.finish()
    assert run.history("parent").values == [0.0, 1.0]
    assert run.history("child").values == list(map(float, range(20)))


def test_a_lock_of_the_parents_journal_survives_its_child(tmp_path: Path) -> None:
    run = logger.start_run("e")
    run.log({"a": 1})
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    [path] = (tmp_path / ".tracker" / "journal").iterdir()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
