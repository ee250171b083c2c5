"""The app beside a process that trains: what is logged appears, what is killed is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.terminal import PROJECT, clean_environment, terminal
from tests.sample import sample_store

VIEWER = (sys.executable, "-m", "tui_tracker.cli")


class Trainer:
    """A real process that logs to the store of its directory, a step at a time."""

    def __init__(self, directory: Path, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROJECT / "tests" / "e2e" / "trainer.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=directory,
            env=clean_environment(directory),
            text=True,
        )

    def step(self) -> None:
        """Log the next step, and return when `log` has."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline()


@contextmanager
def trainer(directory: Path, name: str) -> Iterator[Trainer]:
    started = Trainer(directory, name)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


def test_new_runs_and_points_appear_and_a_killed_trainer_is_lost(tmp_path: Path) -> None:
    sample_store(tmp_path)
    with terminal(VIEWER, columns=180, rows=45, directory=tmp_path) as opened:
        opened.wait_for("run-00")
        with trainer(tmp_path, "brand-new") as training:
            training.step()
            opened.wait_for("brand-new", "1000")
            for _ in range(7):
                training.step()
            opened.wait_for("1007")
            training.process.send_signal(signal.SIGKILL)
            training.process.wait()
            opened.wait_until(
                lambda: any("brand-new" in line and "lost" in line for line in opened.screen.display),
                "the run to be lost",
            )
        opened.send("q")
        assert opened.wait_for_exit() == 0
