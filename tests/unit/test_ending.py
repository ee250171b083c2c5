"""A run that did not finish explains itself: why, its last output, its last values, the last load of its machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import logger
from logger.console.record import STDERR, STDOUT, Record
from logger.identity import birth
from logger.opening import reading
from logger.orphans import collect_orphans
from logger.store import connection, runs, stopping
from logger.store.locate import Store, for_writing
from tests.command_line import caller
from tests.sample import NOW, add_run
from tui_tracker.model.ending import Ending
from tui_tracker.model.run_sheet import read_sheet

_KILLED = """
import os, signal, sys, logger
with logger.start_run("e", store=sys.argv[1]) as run:
    for step in range(5):
        run.log({"train/loss": 1 / (step + 1)}, step=step)
    print("reading shard 7 of 9", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _ending(store: Store, uid: str) -> Ending | None:
    with reading(store) as (_, reader):
        sheet = read_sheet(reader, store, runs.find(reader, uid).id)
    assert sheet is not None
    return sheet.ending


def _printed(store: Store, uid: str, name: str, *lines: tuple[int, bytes], at: float) -> None:
    directory = store.console(uid)
    directory.mkdir(parents=True, exist_ok=True)
    record = Record(str(directory), name)
    for stream, text in lines:
        record.write(stream, text + b"\n", int(at * 1000))
    record.close()


def test_a_process_that_was_killed_left_its_last_words(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path / ".tracker")], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    store = for_writing(tmp_path / ".tracker")
    collect_orphans(store)
    [run] = logger.search_runs(store=store)
    ending = _ending(store, run.id)
    assert ending is not None
    assert "gone without a word" in ending.reasons[0]
    assert [line.text for line in ending.output] == [b"reading shard 7 of 9"]
    assert [(metric.key, metric.last_step) for metric in ending.metrics] == [("train/loss", 4)]


def test_runs_that_go_on_or_ended_well_have_nothing_to_explain(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for status in (runs.RUNNING, runs.FINISHED):
        assert _ending(store, add_run(store, status, status=status)) is None


def test_the_last_load_says_what_was_near_its_limit(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    load = {
        "system/cpu_utilization_percentage": [3.0, 40.0],
        "system/system_memory_usage_percentage": [50.0, 98.7],
        "system/system_memory_usage_megabytes": [1000.0, 31_500.0],
        "system/disk_available_megabytes": [5000.0, 120.0],
        "system/gpu_1_utilization_percentage": [99.0, 87.0],
    }
    ending = _ending(store, add_run(store, "a", status=runs.LOST, metrics=load))
    assert ending is not None
    assert any("99% full" in reason and "memory" in reason for reason in ending.reasons)
    assert any("120 MB were left" in reason for reason in ending.reasons)
    assert dict(ending.load) == {
        "CPU": "40%",
        "memory": "99% (32 GB)",
        "disk": "120 MB free",
        "GPU 1": "87%",
    }
    assert ending.load_time == NOW + 30
    assert ending.metrics == ()


def test_a_restart_of_its_machine_is_told(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    uid = add_run(store, "a", status=runs.LOST)
    boot, rest = (birth(os.getpid()) or "none here 1").split(maxsplit=1)
    process = {
        "host": os.uname().nodename,
        "pid": 7,
        "started": NOW,
        "user": "ada",
        "birth": f"{boot[:-1]}x {rest}",
    }
    with connection.writing(store) as database:
        stopping.add_process(database, runs.find(database, uid).id, process)
    ending = _ending(store, uid)
    assert ending is not None
    assert "gpu-box has been restarted since" in ending.reasons


def test_who_stopped_it_is_told(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    uid = add_run(store, "a", status=runs.KILLED)
    with connection.writing(store) as database:
        stopping.request(database, runs.find(database, uid).id, "grace", "TERM")
    ending = _ending(store, uid)
    assert ending is not None
    assert ending.reasons == ("sent SIGTERM by grace from the viewer",)


def test_the_output_is_of_the_process_that_printed_last(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    uid = add_run(store, "a", status=runs.FAILED)
    _printed(store, uid, "host-1-a", (STDOUT, b"rank 0 waits"), at=NOW + 5)
    traceback = [(STDERR, b"line %d" % number) for number in range(30)]
    _printed(
        store, uid, "host-2-b", *traceback, (STDERR, b"ValueError: no labels"), (STDERR, b""), at=NOW + 9
    )
    ending = _ending(store, uid)
    assert ending is not None
    assert [line.text for line in ending.output][-2:] == [b"line 29", b"ValueError: no labels"]
    assert len(ending.output) == 10


def test_the_command_line_explains_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = for_writing(tmp_path / ".tracker")
    uid = add_run(store, "a", status=runs.LOST, metrics={"system/cpu_utilization_percentage": [40.0]})
    _printed(store, uid, "host-1-a", (STDERR, b"\x1b[2JCUDA error: out of memory"), at=NOW + 5)
    shown = caller(capsys)("--store", str(store.directory), "show", "a")
    assert "gone without a word" in shown.output
    assert "CUDA error: out of memory" in shown.output
    assert "\x1b" not in shown.output
