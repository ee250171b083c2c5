"""How a running run gets on: its speed, how far it is, how long it will take, or for how long it has been silent."""

from __future__ import annotations

from logger.store.paces import Pace
from logger.store.runs import StoredRun
from tui_tracker.model import formats

# A run is silent when it has logged nothing for so many of its usual intervals, and for so long at least.
SILENT_INTERVALS = 20
SILENT_SECONDS = 60.0


def steps_per_second(run: StoredRun, pace: Pace) -> float | None:
    """Lately; where that is not known, the mean from the run's start to its latest point; None before there is one."""
    if pace.speed is not None:
        return pace.speed
    taken = pace.last_time - run.started
    return pace.steps / taken if taken > 0 and pace.steps > 0 else None


def silence(run: StoredRun, pace: Pace, now: float) -> float | None:
    """For how many seconds a running run has been unusually silent; None where it is not."""
    interval = max(pace.last_time - run.started, 0.0) / pace.points
    quiet = now - pace.last_time
    return quiet if quiet > max(SILENT_SECONDS, SILENT_INTERVALS * interval) else None


def seconds_left(run: StoredRun, pace: Pace) -> float | None:
    """Until the intended number of steps is done, at the present speed; None where that cannot be told."""
    speed = steps_per_second(run, pace)
    if speed is None or run.total_steps is None:
        return None
    return max(run.total_steps - pace.steps, 0) / speed


def progress(run: StoredRun, pace: Pace | None, now: float) -> str:
    """`43% · 12m left · 8.1/s`, `1,203 · 8.1/s`, `no news for 4m`; `running` before there is anything to tell."""
    if pace is None:
        return "running"
    silent = silence(run, pace, now)
    if silent is not None:
        return f"no news for {formats.age(now - silent, now)}"
    speed = steps_per_second(run, pace)
    told = [] if speed is None else [_speed(speed)]
    left = seconds_left(run, pace)
    if run.total_steps:
        share = min(pace.steps / run.total_steps, 1.0)
        told = [f"{share:.0%}", *([f"{_span(left)} left"] if left else []), *told]
    else:
        told = [f"step {pace.steps - 1:,}", *told]
    return " · ".join(told)


def _span(seconds: float) -> str:
    """One unit is enough for a guess: `12m`."""
    return formats.age(-seconds, 0.0).removeprefix("in ") if seconds >= 5 else "5s"


def _speed(steps: float) -> str:
    """Steps a second, or where that is below one, seconds a step, as people say it."""
    return (
        f"{steps:,.0f}/s" if steps >= 10 else f"{steps:.1f}/s" if steps >= 1 else f"{1 / steps:,.1f} s/step"
    )
