"""Compiles `disk.c`, and starts processes upon it. Where there is no C compiler, or no Linux, the tests are skipped."""

from __future__ import annotations

import errno
import functools
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.trainers import start

_HEAD = struct.Struct("<cI")
_NUMBERS = struct.Struct("<qqq")
# Kinds of operation in a log.
WRITE, TRUNCATE, SYNC, CREATE, RENAME, UNLINK, MKDIR = "wtscrum"


@functools.cache
def library() -> Path:
    """The compiled shim."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("the shim that makes a disk fail needs a C compiler and Linux")
    built = Path(tempfile.mkdtemp(prefix="tracker-shim-")) / "disk.so"
    source = Path(__file__).with_name("disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", built, source, "-ldl"], check=True)
    return built


@dataclass(frozen=True)
class FaultyDisk:
    """What the shim is told, by files beside the store."""

    root: Path

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def clock(self) -> Path:
        return self.root / "clock"

    def start(self, script: str, directory: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Run a script on this disk, in `directory`, whose store is what counts."""
        return start(
            script,
            directory,
            LD_PRELOAD=str(library()),
            FAULT_ROOT=str(directory / ".tracker"),
            FAULT_CONTROL=str(self.control),
            FAULT_CLOCK=str(self.clock),
            **environment,
        )

    def fail(self, error: str, *parts: str) -> None:
        """From here on, operations on paths that contain any of the parts fail."""
        lines = "".join(f"{getattr(errno, error)} {part}\n" for part in parts)
        fresh = self.root / "control.new"
        fresh.write_text(lines)
        fresh.replace(self.control)

    def heal(self) -> None:
        self.control.unlink(missing_ok=True)


@dataclass(frozen=True)
class Operation:
    """One thing that was done to a disk."""

    kind: str
    path: str
    time: float
    """seconds of the monotonic clock"""
    offset: int
    data: bytes
    """what was written; of a RENAME, the path before"""
    length: int
    """of a TRUNCATE, the length after"""


def operations(log: Path) -> Iterator[Operation]:
    """What a process did, in order."""
    data = log.read_bytes()
    place = 0
    while place < len(data):
        kind, named = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        path = os.fsdecode(data[place : place + named])
        place += named
        time, offset, length = _NUMBERS.unpack_from(data, place)
        place += _NUMBERS.size
        body = b""
        if kind in (b"w", b"r"):
            body = data[place : place + length]
            place += length
        yield Operation(kind.decode(), path, time / 1e6, offset, body, length)
