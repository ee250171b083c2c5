"""Alerts and requests to stop, from a script to the store and back."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import identity
from logger.store import alerts, locate, runs, stopping
from logger.store.alerts import Alert
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from tests.waiting import until


def all_alerts() -> list[Alert]:
    store = locate.find()
    assert store is not None
    with closing(open_reader(store)) as connection:
        return alerts.latest(connection, 100)


def stored(run: logger.Run) -> runs.StoredRun:
    with closing(open_reader(run.store)) as connection:
        found = runs.by_uid(connection, run.id)
    assert found is not None
    return found


def test_a_script_alerts() -> None:
    with logger.start_run("e") as run:
        run.alert("accuracy is poor", "below 0.1 after an epoch", level="warning", step=7)
        logger.alert("second", level="info")
        for title, level in (("", "WARN"), ("x", "LOUD")):
            with pytest.raises(ValueError):
                run.alert(title, level=level)
    second, first = all_alerts()
    assert (first.title, first.text, first.level, first.step, first.run_uid) == (
        "accuracy is poor",
        "below 0.1 after an epoch",
        "WARN",
        7,
        run.id,
    )
    assert (second.title, second.level, second.step) == ("second", "INFO", None)


def test_what_is_seen_in_metrics_is_told_once_also_after_a_resume() -> None:
    for _ in range(2):
        with logger.start_run("e", run_id=all_alerts()[0].run_uid if locate.find() else None) as run:
            run.log({"loss": 1.0, "acc": math.inf})
            run.log({"loss": math.nan})
    assert sorted(alert.about for alert in all_alerts()) == ["nan:acc", "nan:loss"]


def test_a_failure_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError), logger.start_run("e"):
        raise ValueError("of the script, with token=hunter22hunter22\nand more")
    [alert] = all_alerts()
    assert (alert.title, alert.level) == ("failed", "ERROR")
    assert alert.text == "ValueError: of the script, with token=***"
    script = "import logger\nlogger.start_run('e')\n1 / 0"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert all_alerts()[0].text == "ZeroDivisionError: division by zero"


def test_a_run_that_is_lost_is_told(tmp_path: Path) -> None:
    script = "import logger, os\nlogger.start_run('e').log({'a': 1})\nos._exit(1)"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
    [run] = logger.search_runs()
    [alert] = all_alerts()
    assert (run.status, alert.title, alert.run_uid) == ("LOST", "lost", run.id)


def test_a_run_hears_that_it_is_to_stop() -> None:
    with logger.start_run("e") as run:
        assert not logger.should_stop()
        run.log({"a": 1})
        logger.flush()
        for wanted in (True, False):
            with writing(run.store) as connection:
                if wanted:
                    stopping.request(connection, stored(run).id, "ada")
                else:
                    stopping.withdraw(connection, stored(run).id)
            until(lambda wanted=wanted: run.should_stop is wanted)
        assert not logger.should_stop()
    assert stored(run).status == "FINISHED"
    assert not logger.should_stop()


def test_a_request_is_over_when_the_run_is_resumed(store: Store) -> None:
    with logger.start_run("e", store=store) as run:
        pass
    with writing(store) as connection:
        stopping.request(connection, stored(run).id, "ada", "KILL")
    with logger.start_run(run_id=run.id, store=store) as again:
        logger.flush()
        assert not again.should_stop
    with closing(open_reader(store)) as connection:
        assert stopping.requested(connection, stored(run).id) is None


def test_a_run_knows_its_processes() -> None:
    with logger.start_run("e") as run:
        logger.flush()
        with closing(open_reader(run.store)) as connection:
            [process] = stopping.processes(connection, stored(run).id)
    assert (process.pid, process.host) == (os.getpid(), os.uname().nodename)
    assert process.birth == identity.birth(os.getpid()) != ""
    assert identity.owner(os.getpid()) == os.getuid()
    child = subprocess.Popen(["true"])
    while identity.birth(child.pid):
        assert child.returncode is None
    child.wait()
    assert identity.birth(child.pid) == ""
    assert identity.birth(1) != process.birth


def test_a_run_that_was_sent_a_signal_is_killed_not_lost(tmp_path: Path) -> None:
    script = "import logger, time\nrun = logger.start_run('e')\nlogger.flush()\nprint('up', flush=True)\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline()
    store = locate.find(tmp_path)
    assert store is not None
    [found] = logger.search_runs()
    with writing(store) as connection:
        stopping.request(connection, runs.find(connection, found.id).id, "ada", "KILL")
    process.kill()
    process.communicate()
    [found] = logger.search_runs()
    assert found.status == "KILLED"
    assert [alert.title for alert in all_alerts()] == []
