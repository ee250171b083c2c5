"""Real deaths of real processes: what a call had recorded is there afterwards, once, in order, without a repair."""

from __future__ import annotations

import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import logger
from logger.orphans import collect_orphans
from logger.store import locate
from logger.store.connection import lease, open_reader
from tests.faults.soak import soak
from tests.faults.trainers import LOGS_FOR_EVER, kill, read_acknowledged, start
from tests.waiting import until


@pytest.mark.parametrize("number", range(12))
def test_sigkill_at_a_random_instant_loses_nothing(number: int, tmp_path: Path) -> None:
    generator = random.Random(number)
    process = start(LOGS_FOR_EVER, tmp_path)
    told = read_acknowledged(process, generator.choice([1, 50, 500, 5000]) + generator.randrange(100))
    told += kill(process)
    [run] = logger.search_runs()
    history = run.history("a")
    assert run.status == "LOST"
    # The call under way at the instant of the kill may be recorded too.
    assert told <= len(history.values) <= told + 1
    assert history.values == list(map(float, range(len(history.values))))
    assert run.history("b").steps == history.steps
    assert not list((tmp_path / ".tracker" / "journal").iterdir())


def test_many_kills_of_processes_that_share_a_store(tmp_path: Path) -> None:
    told = {}
    for wave in range(3):
        names = [f"victim-{wave}-{place}" for place in range(4)]
        processes = {name: start(LOGS_FOR_EVER, tmp_path, name) for name in names}
        for name, process in processes.items():
            told[name] = read_acknowledged(process, 200)
        for name, process in processes.items():
            told[name] += kill(process)
    found = {run.name: run for run in logger.search_runs()}
    assert found.keys() == told.keys()
    for name, run in found.items():
        values = run.history("a").values
        assert values == list(map(float, range(len(values))))
        assert told[name] <= len(values) <= told[name] + 1
        assert run.status == "LOST"


def run_script(script: str, directory: Path) -> subprocess.CompletedProcess[bytes]:
    process = start(script, directory)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(script, process.returncode, out, err)


def only_run() -> logger.LoggedRun:
    [run] = logger.search_runs()
    return run


def test_normal_exit_without_finish_is_finished(tmp_path: Path) -> None:
    assert run_script("import logger; logger.start_run('e').log({'a': 1})", tmp_path).returncode == 0
    assert (only_run().status, only_run().history("a").values) == ("FINISHED", [1.0])
    assert not list((tmp_path / ".tracker" / "journal").iterdir())


def test_an_unhandled_exception_is_failed(tmp_path: Path) -> None:
    result = run_script("import logger; logger.start_run('e').log({'a': 1}); 1 / 0", tmp_path)
    assert b"ZeroDivisionError" in result.stderr
    assert only_run().status == "FAILED"


def test_os_exit_is_lost_and_loses_nothing(tmp_path: Path) -> None:
    run_script("import logger, os; logger.start_run('e').log({'a': 1}); os._exit(3)", tmp_path)
    assert (only_run().status, only_run().history("a").values) == ("LOST", [1.0])


SIGTERM_SCRIPT = """
import logger, os, signal, sys, time
{handler}
run = logger.start_run("e")
run.log({{"a": 1}})
os.write(1, b".")
while True:
    time.sleep(0.01)
"""


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        ("", -signal.SIGTERM),
        ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))", 7),
    ],
    ids=["default", "handler of the script's"],
)
def test_sigterm_is_killed_and_ends_the_process_as_it_would_have(
    handler: str, code: int, tmp_path: Path
) -> None:
    process = start(SIGTERM_SCRIPT.format(handler=handler), tmp_path)
    read_acknowledged(process, 1)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == code
    assert (only_run().status, only_run().history("a").values) == ("KILLED", [1.0])


def test_ctrl_c_is_killed(tmp_path: Path) -> None:
    process = start(SIGTERM_SCRIPT.format(handler=""), tmp_path)
    read_acknowledged(process, 1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert only_run().status == "KILLED"


FORKS = """
import logger, os
run = logger.start_run("e")
run.log({"parent": 0})
children = []
for number in range(3):
    pid = os.fork()
    if pid == 0:
        for step in range(50):
            run.log({f"child-{number}": step}, step=step)
        os._exit(0)
    children.append(pid)
for step in range(1, 50):
    run.log({"parent": step})
for pid in children:
    os.waitpid(pid, 0)
run.finish()
"""


def test_forked_children_log_to_their_parents_run(tmp_path: Path) -> None:
    result = run_script(FORKS, tmp_path)
    assert result.returncode == 0, result.stderr.decode()
    run = only_run()
    assert run.status == "FINISHED"
    assert run.history("parent").values == list(map(float, range(50)))
    for number in range(3):
        assert run.history(f"child-{number}").values == list(map(float, range(50)))


POOL = """
import logger, multiprocessing
def work(number):
    logger.active_run().log({"squares": number * number}, step=number)
    return number
if __name__ == "__main__":
    with logger.start_run("e") as run:
        with multiprocessing.get_context("fork").Pool(3) as pool:
            pool.map(work, range(60))
"""


def test_a_pool_of_workers_logs_to_the_active_run(tmp_path: Path) -> None:
    result = run_script(POOL, tmp_path)
    assert result.returncode == 0, result.stderr.decode()
    history = only_run().history("squares")
    assert sorted(history.steps) == list(range(60))
    assert only_run().status == "FINISHED"


def test_many_processes_start_at_once_on_a_missing_store(tmp_path: Path) -> None:
    script = (
        "import logger\nwith logger.start_run('e') as r:\n    r.log({'a': 1})\nimport os; os.write(1, b'.')"
    )
    processes = [start(script, tmp_path, TRACKER_STORE=str(tmp_path / ".tracker")) for _ in range(12)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
        assert not err
    found = logger.search_runs()
    assert len(found) == 12
    assert {run.status for run in found} == {"FINISHED"}
    assert all(run.history("a").values == [1.0] for run in found)


def test_ranks_log_to_one_run(tmp_path: Path) -> None:
    with logger.start_run("e") as run:
        logger.flush()
        script = (
            f"import logger\nrun = logger.start_run(run_id={run.id!r})\n"
            "import os\nname = 'rank-' + os.environ['RUN_NAME']\n"
            "for step in range(200): run.log({name: step, 'shared': step}, step=step)\nrun.finish()"
        )
        processes = [start(script, tmp_path, str(rank)) for rank in range(4)]
        for process in processes:
            _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err.decode()
        assert logger.get_run(run.id).status == "RUNNING"
    back = only_run()
    assert back.status == "FINISHED"
    assert len(back.history("shared").values) == 800
    assert back.history("rank-3").values == list(map(float, range(200)))


def test_a_busy_lease_stalls_nobody_and_what_waits_is_filed_later(tmp_path: Path) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    with lease(store):
        process = start(LOGS_FOR_EVER, tmp_path)
        told = read_acknowledged(process, 3000)
        told += kill(process)
        assert collect_orphans(store) == 0
    assert collect_orphans(store) == 1
    assert told <= len(only_run().history("a").values) <= told + 1


def test_a_store_that_cannot_be_filed_into_costs_a_warning_and_no_record(tmp_path: Path) -> None:
    store = locate.for_writing(tmp_path / ".tracker")
    store.database.write_text("this is no database, and longer than its header would be" * 100)
    script = "import logger\nwith logger.start_run('e') as r:\n    for i in range(100): r.log({'a': i})"
    result = run_script(script, tmp_path)
    assert result.returncode == 0
    assert result.stderr.count(b"RuntimeWarning") == 1
    assert b"training goes on" in result.stderr
    store.database.unlink()
    assert only_run().history("a").values == list(map(float, range(100)))
    assert only_run().status == "FINISHED"


def test_a_database_that_is_deleted_under_a_run_gets_what_the_journal_holds(tmp_path: Path) -> None:
    run = logger.start_run("e")
    run.log({"a": 1})
    logger.flush()
    store = run.store
    for path in store.directory.glob("tracker.db*"):
        path.unlink()
    run.log({"a": 2})
    run.finish()
    assert only_run().history("a").values == [1.0, 2.0]
    with closing(open_reader(store)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_long_journal_is_replaced_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logger.filing_recorder._ROTATE_BYTES", 10_000)
    run = logger.start_run("e")
    names = {run._recorder.journal.name}
    step = 0
    while len(names) < 6:
        # As fast as can be, so that much is unfiled when the journal is long enough to be replaced; then a pause.
        for _ in range(1000):
            run.log({"a": step}, step=step)
            step += 1
        before = run._recorder.journal.name
        until(lambda before=before: run._recorder.journal.name != before)
        names.add(run._recorder.journal.name)
    run.log({"a": step}, step=step)
    run.finish()
    assert run.history("a").values == list(map(float, range(step + 1)))
    assert {path.name for path in run.store.journals.iterdir()} <= {run._recorder.journal.name}
    assert logger.get_run(run.id).status == "FINISHED"


def test_a_record_after_a_long_journal_is_filed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logger.filing_recorder._ROTATE_BYTES", 10_000)
    run = logger.start_run("e")
    first = run._recorder.journal.name
    for step in range(1000):
        run.log({"a": step}, step=step)
    until(lambda: run._recorder.journal.name != first)
    run.log({"b": 1.0})
    with closing(open_reader(run.store)) as reader:
        until(lambda: reader.execute("SELECT 1 FROM series WHERE key = 'b'").fetchone())
    run.finish()


def test_waiting_for_what_was_logged_ends_where_the_journal_is_replaced_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = logger.start_run("e")
    for step in range(100):
        run.log({"a": step}, step=step)
    logger.flush()
    recorder = run._recorder
    recorder._stop.set()
    assert recorder._thread is not None
    recorder._thread.join()
    monkeypatch.setattr("logger.filing_recorder._ROTATE_BYTES", 1000)
    turn, first = recorder._filing_turn, recorder.journal

    @contextmanager
    def late_turn(timeout: float) -> Iterator[bool]:
        with turn(timeout) as has_turn:
            recorder._rotate_if_long()
            yield has_turn

    monkeypatch.setattr(recorder, "_filing_turn", late_turn)
    assert recorder.drain(timeout=1.0)
    assert recorder.journal is not first


LOGS_AT_EXIT = """
import atexit
atexit.register(lambda: run.log({"late": 1}))
import logger
run = logger.start_run("e")
run.log({"a": 1})
"""


def test_what_an_exit_handler_logs_after_everything_is_recorded_too(tmp_path: Path) -> None:
    result = run_script(LOGS_AT_EXIT, tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    assert only_run().history("late").values == [1.0]
    assert only_run().status == "FINISHED"


BLOCKED = """
import logger, os, sys
from pathlib import Path
with logger.start_run("e", params={"lr": 1}) as run:
    for step in range(100):
        run.log({"a": step})
    if sys.argv[1:] != ["for ever"]:
        Path(os.environ["TRACKER_STORE"]).parent.unlink()
        run.log({"a": 100})
"""


@pytest.mark.parametrize("cause_goes", [True, False])
def test_a_store_that_cannot_be_made_costs_a_warning_and_is_made_when_it_can(
    cause_goes: bool, tmp_path: Path
) -> None:
    # A file in the place of a directory: not even root can make the store below it.
    place = tmp_path / "file" / "store"
    place.parent.write_text("in the way")
    script = BLOCKED if cause_goes else BLOCKED.replace("sys.argv[1:]", "['for ever']")
    process = start(script, tmp_path, TRACKER_STORE=str(place))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert err.count(b"RuntimeWarning") == 1
    assert b"training goes on" in err
    if cause_goes:
        [run] = logger.search_runs(store=place)
        assert run.history("a").values == list(map(float, range(101)))
        assert run.status == "FINISHED"


def test_trainers_and_collectors_killed_at_random_leave_every_record_once(tmp_path: Path) -> None:
    tally = soak(12, tmp_path, seed=1)
    assert (tally.kills, tally.lost, tally.repeated) == (12, 0, 0)
    assert tally.untold <= tally.kills
