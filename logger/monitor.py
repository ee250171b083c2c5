"""The load of the machine beside a run's own metrics: series named `system/...`, sampled by one thread of the process.

Names are MLflow's where it has one (its "System Metrics" page). The step of a sample is the second of the run it was
taken in. Only the process that started a run samples for it: the ranks of one training need not all say the same.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from logger import process
from logger.store.fields import SYSTEM_PREFIX
from logger.store.runs import RUNNING

if TYPE_CHECKING:
    from pathlib import Path

    from logger.machine import Machine, MachineReader
    from logger.run import Run

PREFIX = SYSTEM_PREFIX
# Turns sampling off (0, false, no, off) for scripts that do not say.
ENVIRONMENT_VARIABLE = "TRACKER_SYSTEM_METRICS"
_OFF = frozenset(("0", "false", "no", "off"))
_SECONDS = 5.0
# A script that is over sooner is not worth a sample, nor the import of what takes it.
_FIRST_SECONDS = 2.0
_SETTLING_SECONDS = 1.0
_MEGABYTE = 1_000_000


@dataclass
class _Choice:
    """What the script chose for all of its runs."""

    enabled: bool | None = None
    """None: on, unless the environment says otherwise"""
    seconds: float = _SECONDS


_choice = _Choice()


def enable_system_metrics_logging() -> None:
    """Sample the machine for every run that is started from here on (MLflow's function; so it is without)."""
    _choice.enabled = True


def disable_system_metrics_logging() -> None:
    """Sample the machine for no run that is started from here on, unless it asks for it (MLflow's function)."""
    _choice.enabled = False


def set_system_metrics_sampling_interval(seconds: float | None) -> None:
    """How many seconds lie between samples, 5 at first; None: 5 again (MLflow's function). Raises ValueError."""
    if seconds is not None and not seconds > 0:
        raise ValueError(f"the interval must be a number of seconds above 0, not {seconds!r}")
    _choice.seconds = _SECONDS if seconds is None else float(seconds)


def watch(run: Run, started: float, wanted: bool | None) -> None:
    """Sample for this run until it ends, if that is `wanted`; None: as was chosen for all.

    `started`: when the run began, epoch seconds.
    """
    if wanted is None:
        wanted = _choice.enabled
    if wanted is None:
        wanted = os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower() not in _OFF
    if wanted:
        _sampler().add(run, started)


@dataclass(eq=False)
class _Sampler:
    """The thread of this process, and the runs it samples for; it ends when none is left."""

    pid: int
    started: weakref.WeakKeyDictionary[Run, float] = field(default_factory=weakref.WeakKeyDictionary)
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def add(self, run: Run, started: float) -> None:
        with self.lock:
            self.started[run] = started
            if self.thread is None:
                thread = threading.Thread(target=self._sample, name="tui-tracker monitor", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # an interpreter that is ending starts no thread
                    return
                self.thread = thread

    def _sample(self) -> None:
        time.sleep(min(_FIRST_SECONDS, _choice.seconds))
        reader = _reader()
        # A load is a mean over some time: that since the reader was made would be over none.
        time.sleep(min(_SETTLING_SECONDS, _choice.seconds))
        while self._sample_once(reader):
            time.sleep(_choice.seconds)
        if reader is not None:
            reader.close()

    def _sample_once(self, reader: MachineReader | None) -> bool:
        """Log one sample to every open run; False, and the thread is to end, where there is none."""
        with self.lock:
            found = [(run, started) for run, started in self.started.items() if run.status == RUNNING]
            if not found or reader is None:
                self.thread = None
                return False
        now = time.time()
        samples: dict[Path, dict[str, float]] = {}
        for run, started in found:
            place = run.store.directory
            if place not in samples:
                samples[place] = metrics_of(reader.read(place))
            run.log_aside(samples[place], step=max(int(now - started), 0))
        return True


class _Process:
    """The sampler of this process; a forked child makes its own."""

    sampler: _Sampler | None = None


def _sampler() -> _Sampler:
    if _Process.sampler is None or _Process.sampler.pid != os.getpid():
        _Process.sampler = _Sampler(os.getpid())
    return _Process.sampler


def _reader() -> MachineReader | None:
    """None where psutil is missing: sampling is a gift, and a training is not told of what it did not ask for."""
    # A fork while this thread imports would leave the child a module that is locked for ever.
    with process.no_fork():
        try:
            from logger.machine import MachineReader

            return MachineReader()
        except (ImportError, OSError):
            return None


def metrics_of(machine: Machine) -> dict[str, float]:
    """What is logged of a machine, by metric; what it does not tell is left out."""
    found: dict[str, float | None] = {
        "cpu_utilization_percentage": machine.cpu,
        "system_memory_usage_megabytes": machine.memory_used / _MEGABYTE,
        "system_memory_usage_percentage": machine.memory_percent,
    }
    if machine.disk_total:
        found["disk_usage_percentage"] = machine.disk_percent
        found["disk_available_megabytes"] = machine.disk_free / _MEGABYTE
    for name, rate in machine.rates.items():
        found[f"{_RATES[name]}_megabytes_per_second"] = rate / _MEGABYTE
    for gpu in machine.gpus:
        label = f"gpu_{gpu.index}_"
        found[f"{label}utilization_percentage"] = gpu.utilization
        found[f"{label}temperature_celsius"] = gpu.temperature
        found[f"{label}clock_megahertz"] = gpu.clock
        found[f"{label}power_usage_watts"] = gpu.power
        if gpu.power is not None and gpu.power_limit:
            found[f"{label}power_usage_percentage"] = 100 * gpu.power / gpu.power_limit
        if gpu.memory_used is not None:
            found[f"{label}memory_usage_megabytes"] = gpu.memory_used / _MEGABYTE
            if gpu.memory_total:
                found[f"{label}memory_usage_percentage"] = 100 * gpu.memory_used / gpu.memory_total
    return {PREFIX + name: value for name, value in found.items() if value is not None}


_RATES = {
    "disk_read": "disk_read",
    "disk_written": "disk_write",
    "received": "network_receive",
    "sent": "network_transmit",
}
