"""Running the commands that a gates file wants run after a promotion.

A command is started as it stands in the file, without a shell; what it must know is in its environment:
TRACKER_MODEL, TRACKER_VERSION, TRACKER_STAGE, TRACKER_URI (models:/NAME/VERSION), TRACKER_PATH (the artifact, empty
where there is none), TRACKER_FORMER (the version that held the stage before, empty for none), TRACKER_ACTION
(stage or roll-back), TRACKER_REASON and TRACKER_STORE.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from logger.store.registry.gates_file import Hook

# So much of the end of what a command wrote is kept.
_OUTPUT_BYTES = 4000


@dataclass(frozen=True)
class HookOutcome:
    """What became of a command."""

    command: tuple[str, ...]
    status: int | None
    """its exit status, negative for a signal; None where it did not start, or was ended for taking too long"""
    problem: str
    """why there is no status; "" where there is one"""
    output: str
    """the end of what it wrote to its output and its errors"""
    seconds: float

    @property
    def succeeded(self) -> bool:
        return self.status == 0

    @property
    def line(self) -> str:
        """One line for a person."""
        said = self.problem or ("succeeded" if self.succeeded else f"failed with exit status {self.status}")
        return f"{shlex.join(self.command)}: {said} after {self.seconds:.1f} s"


def run_hook(hook: Hook, directory: Path, values: Mapping[str, str]) -> HookOutcome:
    """Run a command in a directory with `values` added to the environment; never raises for what it does."""
    environment = {**os.environ, **{name: text.replace("\0", "�") for name, text in values.items()}}
    began = time.monotonic()
    with tempfile.TemporaryFile() as written:
        try:
            process = subprocess.Popen(
                hook.command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                # A group of its own, so that what it started can be ended with it.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return HookOutcome(hook.command, None, f"did not start ({reason})", "", 0.0)
        problem = ""
        status: int | None = None
        try:
            status = process.wait(hook.timeout)
        except subprocess.TimeoutExpired:
            problem = f"was ended, since it took longer than {hook.timeout:g} s,"
        finally:
            if status is None:
                _end(process)
        return HookOutcome(hook.command, status, problem, _tail(written), time.monotonic() - began)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _OUTPUT_BYTES))
    return file.read().decode("utf-8", "replace").strip()
