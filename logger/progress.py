"""One line on standard error that says how far something long has come; nothing where that is no terminal."""

from __future__ import annotations

import contextlib
import sys
import time

# What is over sooner is not worth a line.
_QUIET_SECONDS = 1.0
_PAUSE_SECONDS = 0.25
_WIDEST = 60


class Progress:
    """Called with the number of bytes that are done; the line goes when the block ends."""

    def __init__(self, what: str, total: int) -> None:
        # A name of a file may be anything; only what is harmless goes to a terminal.
        self._what = "".join(character if character.isprintable() else "?" for character in what)[-_WIDEST:]
        self._total = total
        self._next = time.monotonic() + _QUIET_SECONDS
        self._shown = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write("\r" + " " * self._shown + "\r")

    def __call__(self, done: int) -> None:
        """So many bytes are done."""
        now = time.monotonic()
        if now < self._next or not _is_terminal():
            return
        self._next = now + _PAUSE_SECONDS
        share = min(done / self._total, 1.0) if self._total else 1.0
        text = f"{self._what}  {share:4.0%} of {self._total / 1e9:.1f} GB"
        self._write("\r" + text.ljust(self._shown))
        self._shown = len(text)

    def _write(self, text: str) -> None:
        # A terminal that is gone, or a stream of the script's own, must not end the copy.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text)
            sys.stderr.flush()


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False
