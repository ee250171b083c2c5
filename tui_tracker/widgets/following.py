"""Following the store: what changed is read while it goes on changing, never faster than it can be read.

Rows follow at once. What costs more (counts, order, names in use) follows at intervals.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

# What costs a second of a core comes at most every ten.
_REST = 10.0


class Throttle:
    """Calls `action` when asked to, at most every `seconds`; the last request is never lost."""

    def __init__(self, owner: Widget, seconds: float, action: Callable[[], object]) -> None:
        self.seconds = seconds
        """may be changed at any time; the next call is reckoned by it"""
        self._owner = owner
        self._action = action
        self._timer: Timer | None = None
        self._last = -math.inf

    def took(self, seconds: float, least: float) -> None:
        """What an action asks for took so much of a core: go on so often that it stays a small part of one."""
        self.seconds = max(least, seconds * _REST)

    @property
    def waits(self) -> bool:
        """Whether a request has not been followed yet."""
        return self._timer is not None

    def request(self) -> None:
        """Call it now, or as soon as the time since the last call allows."""
        if self._timer is not None:
            return
        wait = self._last + self.seconds - time.monotonic()
        if wait <= 0:
            self._act()
        else:
            self._timer = self._owner.set_timer(wait, self._act)

    def _act(self) -> None:
        self._timer = None
        self._last = time.monotonic()
        self._action()


class Pending:
    """The runs that have changed and have not been read again yet."""

    def __init__(self, read: Callable[[frozenset[int]], None]) -> None:
        self._read = read
        self._run_ids: frozenset[int] = frozenset()
        self._reading = False

    def add(self, run_ids: frozenset[int]) -> None:
        """Read these, after what is being read."""
        self._run_ids |= run_ids
        self._go_on()

    def done(self) -> None:
        """The last reading has ended, well or not."""
        self._reading = False
        self._go_on()

    def _go_on(self) -> None:
        if self._run_ids and not self._reading:
            self._reading = True
            run_ids, self._run_ids = self._run_ids, frozenset()
            self._read(run_ids)
