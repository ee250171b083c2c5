"""Stretches of the logger's own work that a signal handler must not cut into.

A Python handler runs in the main thread, between any two of its steps. One that ends the process files everything
first, for which it needs the locks that the main thread may hold at that moment; it would wait for itself.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_SOON = 0.01


class Undisturbed:
    """A context, re-entrant: what asks to run within it runs when it is left. Threads other than the main one pass."""

    def __init__(self) -> None:
        self._depth = 0
        self._asked: Callable[[], None] | None = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if threading.current_thread() is threading.main_thread():
            self._depth -= 1
            if not self._depth and self._asked is not None:
                asked, self._asked = self._asked, None
                asked()

    def later(self, action: Callable[[], None]) -> bool:
        """Have `action` run at the end of the stretch; False when there is none, or one waits already."""
        if not self._depth or self._asked is not None:
            return False
        self._asked = action
        return True

    def forget(self) -> None:
        """In a forked child: nobody has asked, and no stretch is under way."""
        self._depth, self._asked = 0, None


def _interrupt_soon() -> None:
    time.sleep(_SOON)
    os.kill(os.getpid(), signal.SIGINT)


undisturbed = Undisturbed()


class InterruptsHeld:
    """From `hold` to `release` a Ctrl-C raises nothing; it does soon after the release."""

    def __init__(self) -> None:
        self._handler: Any = None
        self._came = False

    def hold(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._came = False
        try:
            self._install()
        except KeyboardInterrupt:
            self._install()
            self._came = True

    def _install(self) -> None:
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler) and handler != self._notice:
            self._handler = handler
            signal.signal(signal.SIGINT, self._notice)

    def release(self, *, forget: bool = False) -> None:
        if self._handler is None or threading.current_thread() is not threading.main_thread():
            return
        handler, self._handler = self._handler, None
        try:
            signal.signal(signal.SIGINT, handler)
        except KeyboardInterrupt:
            self._came = True
        if self._came and not forget:
            # An exception out of a hook of the interpreter's is swallowed: raise it when the hook has returned.
            threading.Thread(target=_interrupt_soon, daemon=True).start()

    def _notice(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._came = True
