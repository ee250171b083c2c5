"""How far long work has come, on one line of standard error, for as long as it takes; nothing without a terminal."""

from __future__ import annotations

import sys
import time

from tui_tracker.model.text import clean

_EVERY_SECONDS = 0.1
# Quick work shows nothing.
_FIRST_SECONDS = 0.5
_ERASE_LINE = "\r\x1b[K"


class Progress:
    """Shows what it is told; `clear` before anything else is printed."""

    def __init__(self) -> None:
        self._is_on = sys.stderr.isatty()
        self._next = time.monotonic() + _FIRST_SECONDS
        self._is_shown = False

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if self._is_on and now >= self._next:
            self._next = now + _EVERY_SECONDS
            self._is_shown = True
            sys.stderr.write(f"{_ERASE_LINE}{clean(text)} ...")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._is_shown = False
            sys.stderr.write(_ERASE_LINE)
            sys.stderr.flush()
