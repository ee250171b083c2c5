"""Which process: a number is given again to another one, the instant at which a process began is not.

The birth of a process is text that only equality is asked of. On Linux it holds the start of the machine, the namespace
of process numbers and the tick at which the process began; elsewhere what `ps` says.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# The 22nd field of /proc/PID/stat, counted from after the name, which may hold anything.
_STARTED = 22 - 3


def birth(pid: int) -> str:
    """The birth of a process of this machine; empty where there is none, or it is not to be known."""
    if sys.platform != "linux":
        return _told_by_ps(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        # A zombie has ended; only its parent has not asked yet.
        if fields[0] in ("Z", "X"):
            return ""
        return f"{_BOOT_ID.read_text().strip()} {_namespace()} {fields[_STARTED]}"
    except (OSError, IndexError):
        return ""


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _told_by_ps(pid: int) -> str:
    try:
        told = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        ).stdout.split(maxsplit=1)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if len(told) < 2 or told[0].startswith("Z") else told[1].strip()


def owner(pid: int) -> int | None:
    """The numeric id of the user whose process it is; None where that is not to be known."""
    try:
        if sys.platform == "linux":
            return Path(f"/proc/{pid}").stat().st_uid
        told = subprocess.run(
            ["ps", "-o", "uid=", "-p", str(pid)], capture_output=True, text=True, timeout=5, check=False
        )
        return int(told.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
