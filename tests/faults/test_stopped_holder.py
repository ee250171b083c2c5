"""A process that holds the lease and is stopped: the others train on, none fails, all is there once it goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import logger
from logger.store import locate
from logger.store.connection import lease
from tests.faults.trainers import read_acknowledged, start
from tests.waiting import until

STOPS_WITHIN_A_FILING = """
import logger, os, signal, threading
from logger import store_link
opened = store_link.open_writer
def stopping(store):
    connection = opened(store)
    def trace(statement):
        if statement.startswith("COMMIT") and not stopped:
            stopped.append(True)
            os.kill(os.getpid(), signal.SIGSTOP)
    connection.set_trace_callback(trace)
    return connection
stopped = []
store_link.open_writer = stopping
run = logger.start_run("e", run_name="stopped")
for step in range(100):
    run.log({"a": step}, step=step)
    os.write(1, b".")
run.finish()
"""
TRAINS = """
import logger, os, time
run = logger.start_run("e", run_name=os.environ["RUN_NAME"])
for step in range(500):
    run.log({"a": step}, step=step)
    os.write(1, b".")
    time.sleep(0.001)
"""


def wait_until_stopped(pid: int) -> None:
    until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")


def test_others_train_on_while_the_holder_of_the_lease_is_stopped(tmp_path: Path) -> None:
    holder = start(STOPS_WITHIN_A_FILING, tmp_path)
    wait_until_stopped(holder.pid)
    others = [start(TRAINS, tmp_path, f"other-{number}") for number in range(3)]
    for other in others:
        assert read_acknowledged(other, 500) == 500
    os.kill(holder.pid, signal.SIGCONT)
    for process in (holder, *others):
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
    found = {run.name: run for run in logger.search_runs()}
    assert found["stopped"].history("a").values == list(map(float, range(100)))
    for number in range(3):
        assert found[f"other-{number}"].history("a").values == list(map(float, range(500)))
    assert {run.status for run in found.values()} == {"FINISHED"}


# Waits for the lease at its end as long as it may, which is shorter here.
TRAINS_IMPATIENTLY = f"""
from functools import partialmethod
from logger.filing_recorder import FilingRecorder
FilingRecorder.close = partialmethod(FilingRecorder.close, timeout=0.5)
FilingRecorder.drain = partialmethod(FilingRecorder.drain, timeout=0.5)
{TRAINS}"""


def test_a_run_that_ends_while_the_lease_is_taken_ends_soon_and_is_filed_later(tmp_path: Path) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    with lease(store):
        process = start(TRAINS_IMPATIENTLY, tmp_path)
        # Then it leaves its journal to the next one.
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
    [run] = logger.search_runs()
    assert (run.status, len(run.history("a").values)) == ("FINISHED", 500)


OUT_OF_MEMORY = """
import logger, os, resource
run = logger.start_run("e")
for step in range(500):
    run.log({"a": step}, step=step)
    os.write(1, b".")
logger.flush()
resource.setrlimit(resource.RLIMIT_AS, (limit := int(open("/proc/self/statm").read().split()[0]) * 4096 + 2**24, limit))
hoard = []
try:
    while True:
        hoard.append(bytearray(2**20))
except MemoryError:
    pass
for step in range(500, 1000):
    run.log({"a": step}, step=step)
    os.write(1, b".")
del hoard[:8]
run.finish()
"""


def test_a_process_out_of_memory_keeps_every_record_that_it_told_of(tmp_path: Path) -> None:
    process = start(OUT_OF_MEMORY, tmp_path)
    out, err = process.communicate(timeout=60)
    [run] = logger.search_runs()
    values = run.history("a").values
    assert values == list(map(float, range(len(values))))
    assert len(out) <= len(values) <= len(out) + 1, err.decode()
    # Where the interpreter itself finds no memory, that is the script's error; recording adds none.
    assert process.returncode == 0 or b"MemoryError" in err
