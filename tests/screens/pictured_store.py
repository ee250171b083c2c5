"""What pictures are taken of: the sample with something to see on every screen, and a machine that stands still."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from logger.artifacts import write_bytes
from logger.code_state import PATCH, STATE
from logger.console.record import STDERR, STDOUT, Record
from logger.gpus import Gpu, GpuProcess
from logger.machine import Machine
from logger.store import alerts, artifacts, registry, runs, series, stopping
from logger.store.connection import writing
from logger.store.locate import Store
from tests.fake_nvml import FakeNvml, install
from tests.sample import NOW, points, sample_store
from tui_tracker.model import clock
from tui_tracker.model.box import Box, BoxProcess, Owner

RUNNING, ENDED_BADLY = f"{0:032x}", f"{3:032x}"
# Where the viewer that is pictured runs, and where the runs do.
HERE, ELSEWHERE = "gpu-box", "gpu-box-2"
GIB = 1 << 30


def pictured_store(directory: Path) -> Store:
    """Made once, looked at by all pictures: nothing that is done to take them may change it."""
    store = sample_store(directory / "churn")
    _register_models(store)
    _keep_files(store)
    _keep_code(store)
    _print(store)
    with writing(store) as database:
        loads = [50 + 40 * math.sin(place / 5) for place in range(60)]
        ids = {uid: _run_id(database, uid) for uid in (RUNNING, ENDED_BADLY)}
        system = {
            "system/cpu_utilization_percentage": points(loads, every=10.0),
            "system/gpu_0_utilization_percentage": points(
                [min(load * 1.3, 100) for load in loads], every=10.0
            ),
            "system/system_memory_usage_percentage": points(
                [30 + place / 4 for place in range(60)], every=10.0
            ),
        }
        series.append(database, ids[RUNNING], system, {})
        for uid, level, title, text, step in (
            (ENDED_BADLY, "ERROR", "the run failed", "RuntimeError: CUDA out of memory", None),
            (RUNNING, "WARN", "train/loss is NaN", "", 41),
            (RUNNING, "INFO", "half way", "another hour or so", 25),
        ):
            told = {"time": NOW + 600, "level": level, "title": title, "text": text, "step": step}
            alerts.record(database, ids[uid], told)
        process = {"host": ELSEWHERE, "pid": 4242, "started": NOW, "user": "ada", "birth": "1"}
        stopping.add_process(database, ids[RUNNING], process)
        runs.touch(database, list(ids.values()), NOW + 60)
    return store


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is two hours after the newest run of the sample began, on a machine of that name and load, without GPUs."""
    monkeypatch.setattr(clock, "time", lambda: NOW + 7200)
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", HERE, "6.1", "1", "x86_64")))
    monkeypatch.setattr("tui_tracker.screens.system.BoxReader", _StillBox)
    # Once: every reading adds to what is drawn of the last minutes.
    monkeypatch.setattr("tui_tracker.screens.system._SECONDS", 3600.0)
    install(monkeypatch, FakeNvml(driver=False))


class _StillBox:
    """A machine that always reads the same."""

    def __init__(self, place: Path) -> None:
        pass

    def read(self, owners: Sequence[Owner]) -> Box:
        gpus = tuple(
            Gpu(index, "NVIDIA A100-SXM4-80GB", load, 60 * GIB, 80 * GIB, 250.0, 400.0, 64.0, 1410.0, (on,))
            for index, load, on in (
                (0, 87.0, GpuProcess(4242, 60 * GIB)),
                (1, 91.0, GpuProcess(4300, 60 * GIB)),
            )
        )
        rates = {"disk_read": 2e6, "disk_written": 3e7, "received": 5e4, "sent": 1e4}
        loads = (93.0, 45.0, 12.0, 7.0, 3.0, 99.0, 50.0, 61.0)
        machine = Machine(loads, 41 * GIB, 64 * GIB, 300 * GIB, 1000 * GIB, rates, gpus)
        run = Owner(1, "run-00", 4242, NOW)
        return Box(
            machine,
            (
                BoxProcess(4242, "ada", "python train.py --lr 1e-3", 312.0, 9 * GIB, (0,), 60 * GIB, run),
                BoxProcess(
                    4300, "bob", "python -m sweep.worker --queue images", 98.0, 4 * GIB, (1,), 60 * GIB, None
                ),
                BoxProcess(901, "root", "dockerd", 1.5, GIB // 8, (), 0, None),
                BoxProcess(1, "root", "systemd", 0.0, GIB // 64, (), 0, None),
            ),
        )

    def close(self) -> None:
        pass


def _run_id(database: sqlite3.Connection, uid: str) -> int:
    (run_id,) = database.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
    return int(run_id)


def _register_models(store: Store) -> None:
    """Three versions of a model: the second in Production, which was the first's before; and another model."""
    with writing(store) as database:
        for number, uid in enumerate((f"{place:032x}" for place in (3, 2, 1)), start=1):
            values = write_bytes(store, uid, b"weights" * number, "model.pkl", None)
            artifacts.record(database, _run_id(database, uid), {**values, "created": NOW})
            registry.register_version(
                database,
                "churn-clf",
                run_uid=uid,
                path="model.pkl",
                sha256="0123456789abcdef" * 4,
                size=1_500_000,
                user="ada",
            )
            registry.set_tag(database, "churn-clf", "data", f"week {39 + number}", version=number, user="ada")
        registry.register_version(
            database, "images-clf", run_uid=f"{1000:032x}", path="model.pkl", user="ada"
        )
        for number, reason in ((1, "the first"), (2, "better on val/loss")):
            registry.transition(
                database,
                "churn-clf",
                number,
                registry.PRODUCTION,
                archive_existing=True,
                reason=reason,
                user="bob",
            )
        registry.set_alias(database, "churn-clf", "champion", 2, user="bob")
        database.execute("DROP TRIGGER registry_events_not_changed")
        database.execute("UPDATE registry_events SET time = ? + 60 * id, host = ?", (NOW, HERE))
        database.execute("UPDATE model_versions SET created = ? + 60 * version", (NOW,))


def _keep_files(store: Store) -> None:
    files = {
        "config/model.json": (
            b'{"columns": ["layer", "width"], "data": [["hidden", 64], ["output", 10]]}',
            None,
        ),
        "samples/00000100.csv": (b"id,label,score\n1,cat,0.97\n2,dog,0.88\n", 100),
        "train.py": (
            b'"""Trains."""\n\nimport logger\n\n\ndef main() -> None:\n    logger.log({"loss": 0.5})\n',
            None,
        ),
    }
    unfinished = {"path": "weights.bin", "size": 41_000_000, "sha256": "", "kind": "", "step": None}
    with writing(store) as database:
        run_id = _run_id(database, RUNNING)
        for path, (content, step) in files.items():
            values = write_bytes(store, RUNNING, content, path, step)
            artifacts.record(database, run_id, {**values, "created": NOW})
        artifacts.record(database, run_id, {**unfinished, "created": NOW, "state": "incomplete"})


def _keep_code(store: Store) -> None:
    state = {
        "version": 1,
        "command": ["python", "train.py", "--lr", "1e-3"],
        "directory": "/home/ada/churn",
        "git": {
            "root": "/home/ada/churn",
            "commit": "c0ffee" * 6 + "c0ff",
            "branch": "wider",
            "remote": "git@example.org:ada/churn.git",
            "directory": ".",
        },
        "changed": True,
        "python": "3.11.9",
        "executable": "/home/ada/churn/.venv/bin/python",
        "platform": "Linux-6.1-x86_64",
        "packages": {"numpy": "1.26.4", "scikit-learn": "1.5.0", "torch": "2.4.0"},
        "files": ["notes.txt"],
        "problems": [],
    }
    patch = (
        b"diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -10,4 +10,4 @@ def main() -> None:\n"
        b"     model = build(depth)\n-    rate = 1e-2\n+    rate = 1e-3\n     for step in range(steps):\n"
    )
    with writing(store) as database:
        run_id = _run_id(database, RUNNING)
        for path, content in ((STATE, json.dumps(state).encode()), (PATCH, patch)):
            values = write_bytes(store, RUNNING, content, path, None)
            artifacts.record(database, run_id, {**values, "created": NOW})


def _print(store: Store) -> None:
    for uid, last in (
        (RUNNING, b"step 49  loss 0.112\n"),
        (ENDED_BADLY, b"RuntimeError: CUDA out of memory\n"),
    ):
        record = Record(str(store.console(uid)), f"{ELSEWHERE}-4242-a")
        lines = b"".join(b"step %d  loss %.3f\n" % (step, 2 / (step + 1)) for step in range(0, 49, 7))
        record.write(STDOUT, b"\x1b[1mTraining\x1b[0m on 2 GPUs\n" + lines, int((NOW + 5) * 1000))
        record.write(STDERR, b"\x1b[33mwarning\x1b[0m: the learning rate is high\n", int((NOW + 20) * 1000))
        record.write(STDERR if uid == ENDED_BADLY else STDOUT, last, int((NOW + 55) * 1000))
        record.close()
