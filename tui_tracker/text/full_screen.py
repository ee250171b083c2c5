"""Whether the app can be opened where the command line runs."""

from __future__ import annotations

import sys

from tui_tracker.model.terminal import is_dumb
from tui_tracker.text.command import UsageError


def require_terminal(instead: str) -> None:
    """Return where a full-screen app can be shown. Raises UsageError, which names what works `instead`."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"the app needs a terminal: {instead}")
    if is_dumb():
        raise UsageError(f"the app needs more than a dumb terminal (TERM=dumb): {instead}")
