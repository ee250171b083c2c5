"""The machine at one moment: processors, memory, disk, network, GPUs (`psutil`, `nvidia-ml-py`)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.gpus import Gpu, Gpus


@dataclass(frozen=True)
class Machine:
    """What was measured; rates are since the reading before, None at the first."""

    cores: tuple[float, ...]
    """percent each"""
    memory_used: int
    """bytes, without what the system could give back at once"""
    memory_total: int
    disk_free: int
    """bytes, on the file system that was asked for"""
    disk_total: int
    rates: Mapping[str, float]
    """bytes a second by `disk_read`, `disk_written`, `received`, `sent`, where the system tells"""
    gpus: tuple[Gpu, ...]

    @property
    def cpu(self) -> float:
        """percent of all cores"""
        return sum(self.cores) / len(self.cores) if self.cores else 0.0

    @property
    def memory_percent(self) -> float:
        return 100 * self.memory_used / self.memory_total if self.memory_total else 0.0

    @property
    def disk_percent(self) -> float:
        return 100 * (1 - self.disk_free / self.disk_total) if self.disk_total else 0.0


class MachineReader:
    """Reads the machine again and again. Not for several threads at once.

    Raises ImportError where psutil is missing.
    """

    def __init__(self) -> None:
        import psutil

        self._psutil: Any = psutil
        self._gpus = Gpus.open()
        self._counted: dict[str, int] = {}
        self._at = 0.0
        psutil.cpu_percent(percpu=True)

    def read(self, place: Path) -> Machine:
        """The machine now, a core's load since the reading before. `place`: on the file system whose space counts."""
        memory = self._psutil.virtual_memory()
        return Machine(
            cores=tuple(self._psutil.cpu_percent(percpu=True)),
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            **_disk(place),
            rates=self._rates(),
            gpus=self._gpus.read() if self._gpus is not None else (),
        )

    def close(self) -> None:
        if self._gpus is not None:
            self._gpus.close()

    def _rates(self) -> dict[str, float]:
        now, counted = time.monotonic(), self._counters()
        before, passed = self._counted, now - self._at
        self._counted, self._at = counted, now
        if not before or passed <= 0:
            return {}
        return {name: max(counted[name] - before[name], 0) / passed for name in counted if name in before}

    def _counters(self) -> dict[str, int]:
        """Bytes since the machine started. A container may hide either of them."""
        found: dict[str, int] = {}
        try:
            disk = self._psutil.disk_io_counters()
            if disk is not None:
                found |= {"disk_read": disk.read_bytes, "disk_written": disk.write_bytes}
            network = self._psutil.net_io_counters()
            if network is not None:
                found |= {"received": network.bytes_recv, "sent": network.bytes_sent}
        except (OSError, RuntimeError, NotImplementedError, ValueError):
            return found
        return found


def _disk(place: Path) -> dict[str, int]:
    try:
        found = os.statvfs(place)
    except OSError:
        return {"disk_free": 0, "disk_total": 0}
    return {"disk_free": found.f_bavail * found.f_frsize, "disk_total": found.f_blocks * found.f_frsize}
