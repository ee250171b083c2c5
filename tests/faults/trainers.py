"""Training scripts for fault tests, run in processes of their own, and what is known of them from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Tells on standard output, byte by byte, each log call that has returned: what was told must never be lost.
LOGS_FOR_EVER = """
import os, logger
run = logger.start_run("faults", run_name=os.environ["RUN_NAME"])
step = 0
while True:
    run.log({"a": step, "b": -step}, step=step)
    os.write(1, b".")
    step += 1
"""


def start(script: str, directory: Path, name: str = "victim", **environment: str) -> subprocess.Popen[bytes]:
    """A Python process that runs `script` in `directory`, on whose output the caller reads."""
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=directory,
        env={**os.environ, "RUN_NAME": name, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def read_acknowledged(process: subprocess.Popen[bytes], at_least: int) -> int:
    """Wait until so many calls have returned; returns how many have."""
    assert process.stdout is not None
    told = 0
    while told < at_least:
        block = process.stdout.read1(65536)
        assert block, process.stderr and process.stderr.read().decode()
        told += len(block)
    return told


def kill(process: subprocess.Popen[bytes]) -> int:
    """SIGKILL; returns how many more calls had returned by then."""
    process.kill()
    rest = process.stdout.read() if process.stdout else b""
    process.communicate()
    return len(rest)
