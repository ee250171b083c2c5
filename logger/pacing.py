"""When the filing thread of a process files, and how it gets the interpreter beside a loop that never leaves it.

Each write of a loop that logs gives up the interpreter's lock for a microsecond. That is too short for a thread that
waits for the lock, yet it is woken for it, at the loop's cost; and it starts to wait anew, so that it never has waited
for long enough to be given the lock. A filing would go on for half a second, a piece at a time. Therefore whoever logs
while filing starves sleeps once, for about as long as a filing takes.
"""

from __future__ import annotations

import sys
import time

_PAUSE_SECONDS = 0.1
# After a turn that starved, or waited for a slow disk: then each costs the loop half a millisecond or more.
_LONG_PAUSE_SECONDS = 0.25
# Filing that is so many milliseconds late starves. If a sleep was not enough, the next is half as long after it, then
# as long, twice as long ...
_LATE_MS = 8
_LATEST_MS = 32
_SLEEP_SECONDS = 0.0005
_NEVER = sys.maxsize


class Pace:
    """The rhythm of one filing thread."""

    def __init__(self) -> None:
        self.starves_at = _NEVER
        """epoch milliseconds: a turn of filing that is not at its end by then starves"""
        self._late_at = _NEVER
        """the same, whether or not somebody has given way since"""
        self._again_ms = _LATE_MS

    def give_way(self, now_ms: int) -> None:
        """Let the filing thread have the interpreter, for one who logs after `starves_at`."""
        self.starves_at = now_ms + self._again_ms
        self._again_ms = min(2 * self._again_ms, _LATEST_MS)
        time.sleep(_SLEEP_SECONDS)

    def pause(self) -> float:
        """How many seconds to wait after a turn, until the next."""
        now_ms = time.time() * 1000
        pause = _LONG_PAUSE_SECONDS if now_ms > self._late_at else _PAUSE_SECONDS
        self._again_ms = _LATE_MS // 2
        self.starves_at = self._late_at = int(now_ms + pause * 1000) + _LATE_MS
        return pause

    def stop(self) -> None:
        """No filing comes any more."""
        self.starves_at = _NEVER
