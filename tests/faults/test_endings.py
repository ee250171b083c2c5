"""The ends that a process can have by a signal: wherever it strikes, the process ends soon, and all is recorded."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import logger
from logger.store.connection import transaction
from tests.faults.trainers import read_acknowledged, start

# Each tells of a record that was made, then is somewhere else in the logger.
LOGS = "run.log({'a': step}, step=step); os.write(1, b'.')"
FLUSHES = f"{LOGS}; logger.flush()"
FORKS = f"{LOGS}; pid = os.fork(); pid or os._exit(0); os.waitpid(pid, 0)"
LOOP = """
import faulthandler; faulthandler.enable()
import itertools, logger, os
run = logger.start_run("e")
for step in itertools.count():
    {body}
"""


def end_at_a_random_instant(
    process: subprocess.Popen[bytes], number: signal.Signals, generator: random.Random
) -> int:
    """Send the signal; returns how many records the process told of before it ended, which must be soon."""
    told = read_acknowledged(process, generator.randrange(1, 200))
    time.sleep(generator.random() * 0.1)
    process.send_signal(number)
    deadline = time.monotonic() + 30
    while True:
        try:
            out, err = process.communicate(timeout=1)
            break
        except subprocess.TimeoutExpired as late:
            # An interrupt within one of the interpreter's own hooks around a fork is lost; any other must do.
            if number == signal.SIGINT and b"Exception ignored" in (late.stderr or b""):
                process.send_signal(number)
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGABRT)
                raise AssertionError(process.communicate()[1].decode()) from late
    # Python itself ends a `-c` script by either, after a KeyboardInterrupt.
    assert process.returncode in ((-number, 1) if number == signal.SIGINT else (-number,)), err.decode()
    if number == signal.SIGTERM:
        assert err == b""
    return told + len(out)


@pytest.mark.parametrize("body", [LOGS, FLUSHES, FORKS], ids=["logging", "flushing", "forking"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_a_random_instant_ends_the_process_and_the_run(
    number: signal.Signals, body: str, tmp_path: Path
) -> None:
    generator = random.Random(body)
    told: dict[str, int] = {}
    for attempt in range(4):
        place = tmp_path / str(attempt)
        place.mkdir()
        processes = {f"{attempt}-{each}": start(LOOP.format(body=body), place) for each in range(2)}
        for name, process in processes.items():
            told[name] = end_at_a_random_instant(process, number, generator)
        runs = logger.search_runs(store=place)
        assert {run.status for run in runs} == {"KILLED"}
        recorded = sorted(len(run.history("a").values) for run in runs)
        for count, expected in zip(recorded, sorted(told[name] for name in processes), strict=True):
            assert expected <= count <= expected + 1


CTRL_C_TWICE = """
import logger, os, time
with logger.start_run("e") as run:
    run.log({"a": 1})
    # The end of the run must wait for its filing, so that the second signal comes while it does.
    os.write(1, b".")
    time.sleep(60)
"""


def test_ctrl_c_twice_is_killed_and_loses_nothing(tmp_path: Path) -> None:
    process = start(CTRL_C_TWICE, tmp_path)
    read_acknowledged(process, 1)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    process.communicate(timeout=60)
    [run] = logger.search_runs()
    assert (run.status, run.history("a").values) == ("KILLED", [1.0])


def test_ctrl_c_twice_while_another_process_has_the_lease(tmp_path: Path) -> None:
    from logger.store import locate
    from logger.store.connection import lease

    store = locate.for_writing(tmp_path / ".tracker")
    with lease(store):
        process = start(CTRL_C_TWICE, tmp_path)
        read_acknowledged(process, 1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    [run] = logger.search_runs()
    assert (run.status, run.history("a").values) == ("KILLED", [1.0])


INTERRUPTED = """
import logger, os, signal, sys, threading, time
run = logger.start_run("e")
run.log({"a": -1}, step=-1)
told, step, is_over, may_raise = [-1.0], 0, [], False

def raise_in_loop(number, frame):  # anywhere in the logger's work, and nowhere outside of the loop's `try`
    global may_raise
    if may_raise:
        may_raise = False
        raise KeyboardInterrupt
signal.signal(signal.SIGINT, raise_in_loop)

def interrupt():
    while len(told) < 2:
        time.sleep(0.001)
    for _ in range(300):
        time.sleep(0.002)
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    is_over.append(True)
threading.Thread(target=interrupt).start()
while not is_over:
    try:
        may_raise = True
        step += 1
        run.log({"a": step}, step=step)
        told.append(float(step))
        if step % 10 == 0:
            logger.flush()
        may_raise = False
    except KeyboardInterrupt:
        pass
run.finish()
values = run.history("a").values
missing = set(told) - set(values)
assert not missing, missing
assert values == sorted(set(values)), "repeated or out of order"
"""


@pytest.mark.parametrize("attempt", range(2))
def test_a_script_that_survives_any_number_of_interrupts_has_every_record_once(
    attempt: int, tmp_path: Path
) -> None:
    process = start(INTERRUPTED, tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    [run] = logger.search_runs()
    assert run.status == "FINISHED"


def test_an_interrupt_between_a_commit_and_its_being_noticed_files_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = logger.start_run("e")
    run.log({"a": 1})
    logger.flush()

    @contextlib.contextmanager
    def interrupted(connection: sqlite3.Connection) -> Iterator[None]:
        with transaction(connection):
            yield
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt

    monkeypatch.setattr("logger.filing.transaction", interrupted)
    recorder = run._recorder
    recorder._stop.set()
    recorder._thread.join()
    run.log({"a": 2})
    with pytest.raises(KeyboardInterrupt):
        logger.flush()
    monkeypatch.undo()
    run.log({"a": 3})
    run.finish()
    assert run.history("a").values == [1.0, 2.0, 3.0]


def test_an_exception_in_the_block_is_failed_and_comes_through(tmp_path: Path) -> None:
    script = "import logger\nwith logger.start_run('e') as run:\n    run.log({'a': 1})\n    raise OSError(5, 'mine')"
    process = start(script, tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err.endswith(b"OSError: [Errno 5] mine\n")
    [run] = logger.search_runs()
    assert (run.status, run.history("a").values) == ("FAILED", [1.0])


THREAD_LOGS_AT_EXIT = """
import itertools, logger, os, threading, time
run = logger.start_run("e")
def work():
    for step in itertools.count():
        run.log({"a": step}, step=step)
        os.write(1, b".")
threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
"""


@pytest.mark.parametrize("attempt", range(4))
def test_what_a_thread_logs_while_the_interpreter_ends_is_recorded(attempt: int, tmp_path: Path) -> None:
    process = start(THREAD_LOGS_AT_EXIT, tmp_path)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    [run] = logger.search_runs()
    values = run.history("a").values
    assert values == list(map(float, range(len(values))))
    assert len(out) <= len(values) <= len(out) + 1
    assert run.status == "FINISHED"
