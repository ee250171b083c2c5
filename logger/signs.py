"""Signs that something goes wrong in a run, seen in what it logs: NaN and infinity, divergence, silence, a full disk.

Each watcher gives alerts as values of the columns of `alerts`; none asks the store. Metrics of the machine (`system/`)
are not watched.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.store.columns import Points
from logger.store.fields import SYSTEM_PREFIX

Sign = dict[str, Any]

_LOSS = re.compile(r"(loss(es)?|nll|perplexity|ppl|ce|r?mse|mae|err(or)?)$", re.IGNORECASE)

# A loss diverges when the mean of about this many points is so many times its least such mean, for as many points on.
WINDOW = 50
TIMES_BEST = 3.0


@dataclass
class _Loss:
    """The course of one loss: means of about `WINDOW` points."""

    seen: int = 0
    level: float = 0.0
    best: float = math.inf
    above: int = 0
    """points since the level was last below the limit"""
    is_told: bool = False

    def add(self, mean: float, count: int) -> bool:
        """Take the mean of some points; True when with them the loss has diverged, once until it recovers."""
        weight = min(1.0, count / min(self.seen + count, WINDOW))
        self.level += weight * (mean - self.level)
        self.seen += count
        if self.seen < WINDOW:
            return False
        self.best = min(self.best, self.level)
        # Of a loss that goes to zero or below, no multiple says anything.
        if self.best <= 0 or self.level <= TIMES_BEST * self.best:
            self.above, self.is_told = 0, False
            return False
        self.above += count
        if self.above < WINDOW or self.is_told:
            return False
        self.is_told = True
        return True


class MetricSigns:
    """Watches the metrics of one run as they are filed."""

    def __init__(self) -> None:
        self._not_finite: set[str] = set()
        self._losses: dict[str, _Loss] = {}

    def look(self, points: Mapping[str, Points]) -> Iterator[Sign]:
        """What the points of one filing say, by metric."""
        for key, column in points.items():
            if key.startswith(SYSTEM_PREFIX) or not len(column):
                continue
            total = sum(column.values)
            if not math.isfinite(total):
                if key not in self._not_finite:
                    yield from self._look_for_not_finite(key, column)
            elif _LOSS.search(key):
                loss = self._losses.setdefault(key, _Loss())
                if loss.add(total / len(column), len(column)):
                    yield _diverged(key, loss, column)

    def _look_for_not_finite(self, key: str, column: Points) -> Iterator[Sign]:
        for place, value in enumerate(column.values):
            if not math.isfinite(value):
                self._not_finite.add(key)
                what = "NaN" if math.isnan(value) else "infinite"
                yield {
                    "time": column.times[place] / 1000,
                    "level": "ERROR",
                    "title": f"{key} is {what}",
                    "text": f"for the first time at step {column.steps[place]}",
                    "step": column.steps[place],
                    "about": f"nan:{key}",
                }
                return


def _diverged(key: str, loss: _Loss, column: Points) -> Sign:
    return {
        "time": column.times[-1] / 1000,
        "level": "WARN",
        "title": f"{key} diverges",
        "text": f"the mean of its last {WINDOW} points is {loss.level:.4g}, {loss.level / loss.best:.1f} times"
        f" its least, {loss.best:.4g}",
        "step": column.steps[-1],
        "about": f"divergence:{key}",
    }


# A run is silent when it has logged nothing for so many times the longest pause it has made before, and for two
# minutes; it must have made some pauses, so that its rhythm is known.
TIMES_LONGEST = 5.0
LEAST_SILENCE = 120.0
KNOWN_AFTER = 10


class Silence:
    """Watches over the rhythm in which a process logs."""

    def __init__(self, now: float) -> None:
        """Times are monotonic seconds."""
        self._last = now
        self._longest = 0.0
        self._pauses = 0
        self._is_told = False

    def heard(self, now: float) -> None:
        """Something was logged."""
        self._longest = max(self._longest, now - self._last)
        self._pauses += 1
        self._last = now
        self._is_told = False

    def look(self, now: float) -> Sign | None:
        silent = now - self._last
        limit = max(LEAST_SILENCE, TIMES_LONGEST * self._longest)
        if self._is_told or self._pauses < KNOWN_AFTER or silent < limit:
            return None
        self._is_told = True
        return {
            "level": "WARN",
            "title": "no news",
            "text": f"it has logged nothing for {_span(silent)}; its longest pause before was {_span(self._longest)}",
        }


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


# The disk is nearly full when both less than this is free and less than this part of it.
LEAST_FREE_BYTES = 1024**3
LEAST_FREE_PART = 0.05


class DiskSpace:
    """Watches over the disk of a store."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._is_told = False

    def look(self) -> Sign | None:
        try:
            found = os.statvfs(self._directory)
        except OSError:
            return None
        free, total = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
        if not total or free >= LEAST_FREE_BYTES or free >= LEAST_FREE_PART * total:
            self._is_told = False
            return None
        if self._is_told:
            return None
        self._is_told = True
        return {
            "level": "ERROR",
            "title": "the disk is nearly full",
            "text": f"{free // 2**20} MB of {total // 2**20} MB are free where {self._directory} lies",
        }


class ProcessSigns:
    """Watches a process that logs, and the disk it logs to."""

    def __init__(self, directory: Path, now: float) -> None:
        """`directory`: the store's. Times are monotonic seconds."""
        self._silence = Silence(now)
        self._disk = DiskSpace(directory)

    def look(self, now: float, *, has_logged: bool) -> list[Sign]:
        """What there is to tell. `has_logged`: whether it has logged a metric since the last look."""
        if has_logged:
            self._silence.heard(now)
        return [sign for sign in (self._silence.look(now), self._disk.look()) if sign is not None]
