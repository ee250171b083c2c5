"""What keeping a large file costs, beside `cp`, which does not hash what it copies."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Iterator

import logger
from tests.benchmarks.measuring import Result, scratch, seconds

_BYTES = 2 * 1024**3
_BLOCK = 16 * 1024 * 1024
# Few, since each moves gigabytes.
_REPEATS = 3


def copying() -> Iterator[Result]:
    """A file of 2 GB, kept as an artifact, against `cp` and against `cp` and `sha256sum`, with a warm cache."""
    kept, copied, hashed = [], [], []
    with scratch() as directory, logger.start_run("e", console=False, log_system_metrics=False) as run:
        source = directory / "model.bin"
        with source.open("wb") as file:
            for _ in range(_BYTES // _BLOCK):
                file.write(os.urandom(_BLOCK))
        target = directory / "copy"
        for number in range(_REPEATS):
            kept.append(seconds(lambda number=number: run.log_artifact(source, f"copy-{number}")))  # type: ignore[misc]
            (run.store.artifacts / run.id / f"copy-{number}" / "model.bin").unlink()
            copied.append(seconds(lambda: subprocess.run(["cp", source, target], check=True)))
            hashed.append(
                seconds(lambda: subprocess.run(["sha256sum", target], check=True, capture_output=True))
            )
            target.unlink()
    value, limit = statistics.median(kept), statistics.median(copied)
    yield Result("log_artifact of 2 GB, against cp", value, "s", limit)
    yield Result(
        "log_artifact of 2 GB, against cp and sha256sum",
        value,
        "s",
        limit + statistics.median(hashed),
        "<= 1.2 x",
    )
