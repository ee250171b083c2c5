"""Waiting for what another thread or process does: for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

# Bounds a failure; the machine that runs the tests may be a busy one.
PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.01


def until(condition: Callable[[], object], what: str = "what was waited for") -> None:
    """Wait for a condition; fail when it does not come true in a time that only something broken takes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(_LOOK_SECONDS)
