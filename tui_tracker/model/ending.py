"""How a run ended that did not finish: why, what it printed last, its last values, and the last load of its machine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logger.console.reading import Console, Line, consoles
from logger.store.alerts import Alert
from logger.store.fields import SYSTEM_PREFIX
from logger.store.locate import Store
from logger.store.runs import FAILED, KILLED, LOST, StoredRun
from logger.store.series import Metric
from logger.store.stopping import Process, Request
from tui_tracker.model import formats

# So many lines hold the end of a traceback, its error included.
MOST_LINES = 10
MOST_METRICS = 8
# A line that says nothing is passed over, but not for ever.
_MOST_READ = 100
_FULL_PERCENT = 95.0
_FULL_DISK_MEGABYTES = 1000.0
_MEGABYTE = 1_000_000
# Processes of a machine that was restarted have another boot in the first word of their birth.
_BOOT_WORDS = 3
# What can be said of an end that nobody gave a reason for.
_UNTOLD = {
    KILLED: "ended by a signal: SIGTERM, as schedulers send it at a time limit, or Ctrl-C",
    FAILED: "its script said no reason",
    LOST: "its process is gone without a word",
}


@dataclass(frozen=True)
class Ending:
    """What there is to say of a run that failed, was killed or vanished; texts are not cleaned yet."""

    reasons: tuple[str, ...]
    """why it ended, as far as that is known, the surest first"""
    at: float
    """its end, or its last sign of life, epoch seconds"""
    output: tuple[Line, ...]
    """the last lines it printed, of the process that printed last"""
    metrics: tuple[Metric, ...]
    """the latest that it logged, by time"""
    more_metrics: int
    """how many others it has"""
    load: tuple[tuple[str, str], ...]
    """of its machine, by what was measured"""
    load_time: float | None
    """when that was, epoch seconds"""


def explain(
    store: Store,
    run: StoredRun,
    metrics: Mapping[str, Metric],
    alerts: Sequence[Alert],
    stop: Request | None,
    processes: Sequence[Process] = (),
) -> Ending | None:
    """The ending of a run; None for one that runs, or ended well."""
    if run.status not in (FAILED, KILLED, LOST):
        return None
    own = sorted(
        (metric for key, metric in metrics.items() if not key.startswith(SYSTEM_PREFIX)),
        key=lambda metric: (-metric.last_time, metric.key),
    )
    system = {
        key.removeprefix(SYSTEM_PREFIX): metric
        for key, metric in metrics.items()
        if key.startswith(SYSTEM_PREFIX)
    }
    return Ending(
        (*_reasons(run, alerts, stop), *_suspicions(run, system, processes)),
        run.ended if run.ended is not None else run.heartbeat,
        last_output(store, run.uid),
        tuple(own[:MOST_METRICS]),
        max(len(own) - MOST_METRICS, 0),
        tuple(_load(system)),
        max((metric.last_time for metric in system.values()), default=None),
    )


def last_output(store: Store, uid: str, most: int = MOST_LINES) -> tuple[Line, ...]:
    """The last lines with something in them that a run printed; of several processes, of the one that printed last."""
    ends: list[tuple[int, tuple[Line, ...]]] = []
    for console in consoles(store.console(uid)):
        try:
            console.refresh()
            lines = _end_of(console, most)
        except OSError:
            continue
        finally:
            console.close()
        if lines:
            ends.append((max(line.time_ms for line in lines), lines))
    return max(ends, key=lambda end: end[0])[1] if ends else ()


def _end_of(console: Console, most: int) -> tuple[Line, ...]:
    lines = console.lines(max(console.count - _MOST_READ, 0), console.count)
    return tuple([line for line in lines if line.text.strip()][-most:])


def _reasons(run: StoredRun, alerts: Iterable[Alert], stop: Request | None) -> Iterable[str]:
    if stop is not None and run.status != FAILED:
        how = f"sent SIG{stop.signal}" if stop.signal else "asked to stop"
        yield f"{how} by {stop.user or 'somebody'} from the viewer"
        return
    about = run.status.lower()
    told = next((alert.text for alert in alerts if alert.text and about in (alert.about, alert.title)), "")
    yield told or _UNTOLD[run.status]


def _suspicions(run: StoredRun, system: Mapping[str, Metric], processes: Sequence[Process]) -> Iterable[str]:
    """What was near its limit when the run vanished; a guess, and said as one."""
    if run.status != LOST:
        return
    if _has_restarted(processes):
        yield f"{run.host} has been restarted since"
    memory = system.get("system_memory_usage_percentage")
    if memory is not None and memory.last >= _FULL_PERCENT:
        yield f"memory was {memory.last:.0f}% full: the system may have killed it for want of memory"
    disk = system.get("disk_available_megabytes")
    if disk is not None and disk.last < _FULL_DISK_MEGABYTES:
        yield f"the disk was nearly full: {formats.size(disk.last * _MEGABYTE)} were left"


def _has_restarted(processes: Sequence[Process]) -> bool:
    """Whether the run's last process belongs to an earlier start of this very machine."""
    from logger.identity import birth

    here = [process for process in processes if process.host == os.uname().nodename and process.birth]
    then, now = (here[-1].birth if here else "").split(), birth(os.getpid()).split()
    return len(then) == len(now) == _BOOT_WORDS and then[0] != now[0]


def _load(system: Mapping[str, Metric]) -> Iterable[tuple[str, str]]:
    """The last sample of the machine in words, what was not measured left out."""
    last = {name: metric.last for name, metric in system.items()}
    if "cpu_utilization_percentage" in last:
        yield "CPU", f"{last['cpu_utilization_percentage']:.0f}%"
    if "system_memory_usage_percentage" in last:
        used = last.get("system_memory_usage_megabytes")
        size = f" ({formats.size(used * _MEGABYTE)})" if used is not None else ""
        yield "memory", f"{last['system_memory_usage_percentage']:.0f}%{size}"
    if "disk_available_megabytes" in last:
        yield "disk", f"{formats.size(last['disk_available_megabytes'] * _MEGABYTE)} free"
    indices = {name.split("_")[1] for name in last if name.startswith("gpu_") and name.count("_") > 1}
    for index in sorted(indices, key=lambda index: (len(index), index)):
        yield f"GPU {index}", ", ".join(_gpu(last, f"gpu_{index}_"))


def _gpu(last: Mapping[str, float], label: str) -> Iterable[str]:
    for name, unit in (
        ("utilization_percentage", "%"),
        ("memory_usage_percentage", "% of its memory"),
        ("temperature_celsius", " °C"),
        ("power_usage_watts", " W"),
    ):
        if label + name in last:
            yield f"{last[label + name]:.0f}{unit}"
