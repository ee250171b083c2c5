"""How runs get on: how far they are, and how fast they were lately.

What is measured of the machine (`system/`) says nothing of it: it goes on while a training script hangs.
"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from logger.store import columns
from logger.store.series import ROWS, marks

# So much time is looked back at, in intervals that double; at least so many of these, however long they are.
_RECENT_SECONDS = 30.0
_LEAST_INTERVALS = 2
_LONGEST_LOOK = 8
# An interval is a pause when it is so long and so much slower than the others.
_PAUSE_SECONDS = 60.0
_PAUSE_SLOWNESS = 5.0


@dataclass(frozen=True)
class Pace:
    """How far a run has got."""

    steps: int
    """one more than its greatest step"""
    points: int
    """of its longest metric"""
    last_time: float
    """of its latest point, epoch seconds"""
    speed: float | None = None
    """steps a second lately; None where too little is known"""


def paces(connection: sqlite3.Connection, run_ids: Sequence[int]) -> dict[int, Pace]:
    """Of those runs that have logged a metric, by run id."""
    found: dict[int, Pace] = {}
    for start in range(0, len(run_ids), ROWS):
        some = run_ids[start : start + ROWS]
        rows = connection.execute(
            "SELECT run_id, MAX(last_step) + 1, MAX(n), MAX(last_time) FROM series"
            f" WHERE n > 0 AND key NOT GLOB 'system/*' AND run_id IN ({marks(len(some))}) GROUP BY run_id",
            tuple(some),
        ).fetchall()
        found |= {
            run_id: Pace(steps, points, last_time, recent_speed(connection, run_id))
            for run_id, steps, points, last_time in rows
        }
    return found


def recent_speed(connection: sqlite3.Connection, run_id: int) -> float | None:
    """Steps a second over the last points of the run's longest metric; the time that it paused does not count.

    None where there are fewer than two points, or the steps do not rise.
    """
    row = connection.execute(
        "SELECT id, last_step, last_time FROM series WHERE run_id = ? AND n > 0 AND key NOT GLOB 'system/*'"
        " ORDER BY n DESC, id LIMIT 1",
        (run_id,),
    ).fetchone()
    if row is None:
        return None
    series_id, last_step, last_time = row
    seen = [(last_step, last_time)]
    for step, time in _earlier(connection, run_id, series_id):
        if time < seen[-1][1] and step <= seen[-1][0]:
            seen.append((step, time))
        if last_time - seen[-1][1] >= _RECENT_SECONDS and len(seen) > _LEAST_INTERVALS:
            break
    return _speed([(later - step, end - time) for (later, end), (step, time) in pairwise(seen)])


def _earlier(connection: sqlite3.Connection, run_id: int, series_id: int) -> Iterator[tuple[int, float]]:
    """Steps and times of points before the last, each about twice as far back as the one before it."""
    latest = "SELECT points FROM segments WHERE run_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?"
    oldest = "SELECT points FROM segments WHERE run_id = ? ORDER BY seq LIMIT 1 OFFSET ?"
    looks = [(latest, 2**doubling - 1) for doubling in range(_LONGEST_LOOK)]
    for sql, offset in (*looks, (oldest, 0)):
        for (blob,) in connection.execute(sql, (run_id, offset)).fetchall():
            for _, points in columns.decode_segment(blob, frozenset((series_id,))):
                for place in dict.fromkeys((len(points) // 2, 0)):
                    yield points.steps[place], points.times[place] / 1000
    row = connection.execute(
        "SELECT step_min, time_min, step_max, time_max FROM chunks WHERE series_id = ? ORDER BY seq DESC LIMIT 1",
        (series_id,),
    ).fetchone()
    if row is not None:
        step_min, time_min, step_max, time_max = row
        yield step_max, time_max / 1000
        yield step_min, time_min / 1000


def _speed(intervals: Sequence[tuple[int, float]]) -> float | None:
    """`intervals`: steps and seconds of each, the latest first."""
    if not intervals:
        return None
    usual = statistics.median(steps / seconds for steps, seconds in intervals)
    worked = [
        (steps, seconds)
        for steps, seconds in intervals
        if seconds < _PAUSE_SECONDS or steps / seconds * _PAUSE_SLOWNESS >= usual
    ]
    steps, seconds = sum(one for one, _ in worked), sum(one for _, one in worked)
    return steps / seconds if steps > 0 else None
