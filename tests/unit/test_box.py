"""Which run a process belongs to, and in which order processes are shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import logger
from logger.machine import Machine
from logger.opening import reading
from tests.fake_nvml import FakeNvml, install
from tui_tracker.model.box import Box, BoxProcess, BoxReader, Owner, ProcessOrder, owned_by, owners

RUN = Owner(1, "brave-otter", pid=10, started=100.0)


def test_children_and_grandchildren_belong_to_the_run_of_their_ancestor() -> None:
    parents = {1: 0, 10: 1, 11: 10, 12: 11, 20: 1}
    born = dict.fromkeys(parents, 50.0)
    assert owned_by([RUN], parents, born) == {10: RUN, 11: RUN, 12: RUN}


def test_a_run_within_a_run_owns_its_own_processes() -> None:
    inner = Owner(2, "inner", pid=11, started=120.0)
    parents = {10: 1, 11: 10, 12: 11}
    assert owned_by([RUN, inner], parents, dict.fromkeys(parents, 50.0)) == {10: RUN, 11: inner, 12: inner}


def test_a_number_that_is_used_again_belongs_to_no_run() -> None:
    assert owned_by([RUN], {10: 1}, {10: 200.0}) == {}


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)))
def test_processes_that_call_each_other_their_parents_end_the_search(parents: dict[int, int]) -> None:
    found = owned_by([RUN, Owner(3, "x", 5, 1.0)], parents, dict.fromkeys(parents, 0.0))
    assert found.keys() <= parents.keys()


@pytest.fixture
def child() -> Iterator[int]:
    """A process of ours that waits."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.communicate(b"\n")


def test_this_machines_processes_are_found_with_their_runs_and_gpus(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, child: int
) -> None:
    install(monkeypatch, FakeNvml(pids=(child,)))
    here = Owner(7, "here", os.getpid(), 1e12)
    with closing(BoxReader(tmp_path)) as reader:
        box = reader.read([here])
    found = {process.pid: process for process in box.processes}
    assert found[os.getpid()].run == found[child].run == here
    assert found[child].gpus == (0,) and found[child].gpu_memory > 0
    assert "-c input()" in found[child].command
    assert box.runs_on(box.machine.gpus[0]) == ["here"]
    assert box.runs_on(box.machine.gpus[1]) == []


_RANK = """
import sys, logger
with logger.start_run(run_id=sys.argv[2], store=sys.argv[1]) as run:
    run.log({"rank/loss": 1.0})
    print("ready", flush=True)
    sys.stdin.read(1)
"""


def test_a_process_that_joined_a_run_is_the_runs_too(tmp_path: Path) -> None:
    with logger.start_run("e", store=tmp_path / ".tracker", console=False) as run:
        command = [sys.executable, "-c", _RANK, str(tmp_path / ".tracker"), run.id]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as rank:
            assert rank.stdout is not None and rank.stdout.readline() == b"ready\n"

            def found() -> set[int]:
                if not run.store.database.exists():
                    return set()
                with reading(run.store) as (_, reader):
                    return {owner.pid for owner in owners(reader) if owner.name == run.name}

            deadline = time.monotonic() + 20
            while rank.pid not in found() and time.monotonic() < deadline:
                pass
            assert found() == {os.getpid(), rank.pid}
            rank.communicate(b"x")


def _process(pid: int, **values: object) -> BoxProcess:
    given = {"user": "", "command": "", "cpu": 0.0, "memory": 1, "gpus": (), "gpu_memory": 0, "run": None}
    return BoxProcess(pid, **{**given, **values})  # type: ignore[arg-type]


def test_runs_come_first_then_gpus_then_by_the_key() -> None:
    processes = [
        _process(1, cpu=90.0),
        _process(2, memory=9),
        _process(3, gpus=(0,)),
        _process(4, run=RUN),
        _process(5, memory=0),
    ]
    machine = Machine((), 0, 0, 0, 0, {}, ())
    order = ProcessOrder()
    shown = Box(machine, tuple(processes)).processes
    assert [one.pid for one in order.apply(shown, 9)] == [4, 3, 1, 2]
    assert [one.pid for one in order.next_key().apply(shown, 3)] == [4, 3, 2]
    assert [one.pid for one in ProcessOrder(only_known=True).apply(shown, 9)] == [4, 3]
    assert order.next_key().next_key().next_key() == order
