"""The ten main journeys, each key by key in a real terminal, as somebody takes them who has read the footer only."""

from __future__ import annotations

import base64
import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from logger.store.locate import for_writing
from tests.e2e.terminal import DOWN, ENTER, SPACE, Terminal, clean_environment, terminal
from tests.sample import add_run
from tests.screens.pictured_store import pictured_store
from tests.waiting import until

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
TAB, SAVE, LEFT, RIGHT = "\t", "\x13", "\x1b[D", "\x1b[C"

TRAINING = """
import logger, sys
with logger.start_run("live", run_name="otter", params={"lr": 0.1}) as run:
    for step in range(1_000_000):
        run.log({"loss": 1 / (step + 1)}, step=step)
        if run.should_stop:
            print("was asked to stop", flush=True)
            break
        if sys.stdin.readline() == "":
            break
"""


@contextmanager
def viewer(directory: Path, *shown: str) -> Iterator[Terminal]:
    with terminal(VIEWER, columns=160, rows=45, directory=directory) as opened:
        opened.wait_for(*shown)
        yield opened


@contextmanager
def training(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A script that logs a value for each line it is sent, until it is asked to stop."""
    script = directory / "train.py"
    script.write_text(TRAINING)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=directory,
        env=clean_environment(directory),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        # What it did not read any more is of no use to anybody.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def log(process: subprocess.Popen[str], values: int = 1) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n" * values)
    process.stdin.flush()


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether it has ended; it is given another step to notice that it is to."""
    with contextlib.suppress(BrokenPipeError):
        log(process)
    return process.poll() is not None


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    """Where runs, models, files, code and output have been recorded."""
    return pictured_store(tmp_path).directory.parent


def test_1_watch_a_training_live(tmp_path: Path) -> None:
    with training(tmp_path) as process:
        log(process)
        until((tmp_path / ".tracker" / "tracker.db").exists, "a store")
        with viewer(tmp_path, "otter", "running") as opened:
            log(process, 9)
            opened.wait_for("0.0909")
            assert process.stdin is not None
            process.stdin.close()
            opened.wait_for("finished", absent=["1 running"])


def test_2_which_hyperparameters_gave_us_92_percent_last_month(tmp_path: Path) -> None:
    """The whole question takes 32 keys with Tab, of which a newcomer sees every one offered below the line."""
    store = for_writing(tmp_path / ".tracker")
    for place, accuracy in enumerate((0.81, 0.93, 0.88, 0.95)):
        add_run(
            store,
            ("plain", "wide", "deep", "old")[place],
            started=time.time() - 86_400 * (2 if place < 3 else 45),
            params={"lr": f"0.0{place + 1}", "depth": str(2 + place)},
            metrics={"val/acc": [0.5, accuracy]},
        )
    with viewer(tmp_path, "wide", "plain", "old") as opened:
        keys = 0

        def press(text: str, *shown: str) -> None:
            nonlocal keys
            keys += len(text)
            opened.send(text)
            opened.wait_for(*shown)

        press("/", "keep the filter")
        press("val", "tab val/acc")
        press(TAB, "/  val/acc")
        press(">=.92 and start", "tab started")
        press(TAB, ".92 and started")
        press("> 30d", "tab 30d ago")
        press(TAB, "started > 30d ago", "1 of 4")
        press(ENTER, "wide")
        press(ENTER, "depth", "0.02", "Params")
    assert keys <= 32


def test_3_sort_and_choose_columns(churn: Path) -> None:
    with viewer(churn, "run-00", "depth") as opened:
        header = next(line for line in opened.text().splitlines() if "duration" in line)
        to_accuracy = len(header[header.index("run ") : header.index("val/acc")].split())
        opened.send(RIGHT * to_accuracy + "s")
        opened.wait_for("val/acc▼")
        opened.send("s")
        opened.wait_for("val/acc▲")
        opened.send("m")
        opened.wait_for("Columns")
        opened.send("depth")
        opened.wait_for("depth", absent=["the run's name"])
        opened.send(SPACE + ENTER)
        opened.wait_for("optimizer", absent=["depth"])


def test_4_read_a_curve_zoomed_smoothed_and_at_a_step(churn: Path) -> None:
    with viewer(churn, "run-00", "train/loss", "charts 1-") as opened:
        opened.send("Z")
        opened.wait_for("train/loss", absent=["duration"])
        opened.send("z")
        opened.wait_for("chart 1 of")
        opened.send("+")
        opened.wait_for("smooth")
        opened.send(".")
        opened.wait_for("value", "smoothed", "time")
        before = opened.text()
        opened.send("}")
        opened.wait_until(lambda: opened.text() != before, "a curve that is zoomed")
        opened.send("0")
        opened.wait_for("train", absent=["smoothed"])


def test_5_compare_runs_and_copy_the_table(churn: Path) -> None:
    with viewer(churn, "run-00", "run-01") as opened:
        opened.send(SPACE)
        opened.send(DOWN)
        opened.send(SPACE)
        opened.send("c")
        opened.wait_for("Comparison of 2 runs", "baseline")
        opened.send("c")
        opened.wait_for("table, Markdown")
        opened.send(ENTER)
        opened.wait_until(lambda: b"\x1b]52;c;" in opened.output, "OSC 52")
        found = re.search(rb"\x1b\]52;c;([^\x07]*)\x07", bytes(opened.output))
        assert found is not None
        copied = base64.b64decode(found[1]).decode()
        assert "| run-00 | run-01 |" in copied and "lr" in copied


def test_6_write_a_note_and_tags_and_take_them_back(churn: Path) -> None:
    with viewer(churn, "run-00") as opened:
        opened.send(DOWN)
        opened.send("n")
        opened.wait_for("Note on run-01")
        opened.send("warm restarts help" + SAVE)
        opened.wait_for("Wrote the note")
        opened.send("T")
        opened.wait_for("Tags of run-01")
        opened.send(ENTER + "seen = yes" + SAVE)
        opened.wait_for("tag", absent=["Tags of run-01"])
        opened.send(ENTER)
        opened.wait_for("warm restarts help", "seen")
        opened.send("u")
        opened.wait_for("warm restarts help", absent=["seen  "])
        opened.send("u")
        opened.wait_for("Params", absent=["warm restarts help"])


def test_7_promote_a_model_and_roll_it_back(churn: Path) -> None:
    with viewer(churn, "run-00", "churn-clf") as opened:
        opened.send("2")
        opened.wait_for("Production", "champion")
        opened.send(LEFT)
        opened.send(LEFT)
        opened.wait_for("v3 None")
        opened.send("p")
        opened.wait_for("Promote churn-clf v3", "v3 becomes Production", "better")
        opened.send(ENTER)
        opened.send("better on all three")
        opened.wait_for("better on all three")
        opened.send(SAVE)
        opened.wait_for("v3 Production", absent=["Promote churn-clf v3"])
        opened.send("r")
        opened.wait_for("Roll back Production of churn-clf", "v2 becomes Production")
        opened.send("it was slower" + SAVE)
        opened.wait_for("v3 Archived", absent=["Roll back Production of"])


def test_8_look_into_the_files_of_a_run(churn: Path) -> None:
    with viewer(churn, "run-00") as opened:
        opened.send(ENTER)
        opened.wait_for("1 Overview", "5 Artifacts")
        opened.send("5")
        opened.wait_for("train.py", "weights.bin", "incomplete")
        opened.send("G")
        opened.send("k")
        opened.wait_for("def main", "logger.log")
        opened.send("v")
        opened.wait_for("5 hashed: they are what was logged")


def test_9_find_a_line_in_what_was_printed(churn: Path) -> None:
    with viewer(churn, "run-00") as opened:
        opened.send(ENTER)
        opened.wait_for("4 Console")
        opened.send("4")
        opened.wait_for("Training on 2 GPUs", "following")
        opened.send("/")
        opened.send("learning rate" + ENTER)
        opened.wait_for("warning: the learning rate is high", absent=["following"])


def test_10_stop_a_training_and_see_how_to_reproduce_it(tmp_path: Path) -> None:
    with training(tmp_path) as process:
        log(process)
        until((tmp_path / ".tracker" / "tracker.db").exists, "a store")
        with viewer(tmp_path, "otter", "running") as opened:
            opened.send("X")
            opened.wait_for("Stop otter", "Ask to stop")
            opened.send(SAVE)
            opened.wait_for("asked to stop")
            until(lambda: ended(process), "the end of the training")
            opened.wait_for("finished")
            opened.send(ENTER)
            opened.wait_for("6 Code")
            opened.send("6")
            opened.wait_for("tracker-tui reproduce", "train.py")
