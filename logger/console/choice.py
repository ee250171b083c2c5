"""Whether a run's output is recorded, and how much of it: by what was asked, by the environment, by where it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from logger import notebook
from logger.console.record import DEFAULT_LIMIT

ENVIRONMENT_VARIABLE = "TRACKER_CONSOLE"
LIMIT_VARIABLE = "TRACKER_CONSOLE_LIMIT"
_OFF = ("0", "off", "no", "false")
# Programs that handle output themselves: within them the record is off unless it is asked for.
_HOSTS = ("_pytest", "idlelib")


def is_wanted(asked: bool | None) -> bool:
    """Whether to record: as asked for; else unless the environment says no or the surroundings forbid it."""
    said = os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower()
    if said in _OFF or asked is False:
        return False
    executable = Path(sys.executable or "").name
    if getattr(sys, "frozen", False) or not executable.startswith(("python", "pypy")):
        return False
    interactive = (hasattr(sys, "ps1") or sys.flags.interactive) and notebook.shell() is None
    return bool(asked) or not (interactive or any(host in sys.modules for host in _HOSTS))


def limit() -> int:
    """Bytes that the record of one process for one run may take."""
    try:
        return max(int(os.environ[LIMIT_VARIABLE]), 1)
    except (KeyError, ValueError):
        return DEFAULT_LIMIT
