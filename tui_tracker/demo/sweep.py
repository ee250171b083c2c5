"""Runs the trainings of a sweep in processes of their own, several at a time, and stops those it started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from logger.store.locate import ENVIRONMENT_VARIABLE, Store
from tui_tracker.demo.plan import Configuration

# A process that was asked to end has so long to write down how it ended.
_GRACE_SECONDS = 10.0
# Several trainings share the machine: none may take all of its cores for a small matrix.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Outcome:
    """How one training ended."""

    configuration: Configuration
    status: int
    """of the process; negative: the signal that ended it"""
    complaint: str
    """the last line it wrote to standard error"""


class Sweep:
    """The trainings, while they run, each watched by a thread; `stop` and `wait` may be called from any."""

    def __init__(
        self,
        store: Store,
        configurations: Sequence[Configuration],
        *,
        workers: int,
        options: Sequence[str] = (),
        tell: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        """`options`: further arguments of every training; `tell` hears of each end, from some thread."""
        self.total = len(configurations)
        self._waiting = deque(configurations)
        self._command = [sys.executable, "-m", "tui_tracker.demo.train", *options]
        self._environment = {**os.environ, **_ONE_THREAD, ENVIRONMENT_VARIABLE: str(store.directory)}
        self._tell = tell
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._stopping = False
        self.outcomes: list[Outcome] = []
        """in the order in which they ended, without those that `stop` ended"""
        self._threads = [
            threading.Thread(target=self._work, name=f"demo worker {number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all trainings have ended; whether they have."""
        for thread in self._threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> int:
        """End the trainings that run and start no more; returns how many were ended or not begun."""
        with self._lock:
            self._stopping = True
            unfinished = len(self._processes) + len(self._waiting)
            self._waiting.clear()
            for process in self._processes:
                process.terminate()
        if not self.wait(_GRACE_SECONDS):
            with self._lock:
                for process in self._processes:
                    process.kill()
            self.wait(_GRACE_SECONDS)
        return unfinished

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                configuration = self._waiting.popleft()
                process = self._spawn(configuration)
                self._processes.add(process)
            _, complaints = process.communicate()
            with self._lock:
                self._processes.discard(process)
                if self._stopping:
                    return
                last_line = complaints.strip().rpartition("\n")[2]
                outcome = Outcome(configuration, process.returncode, last_line)
                self.outcomes.append(outcome)
            self._tell(outcome)

    def _spawn(self, configuration: Configuration) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._command, *configuration.arguments()],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            # Out of the terminal's process group: Ctrl-C is for the demo, which then stops them one by one.
            start_new_session=True,
        )
