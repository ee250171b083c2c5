"""The machine that the viewer runs on: its load, its processes, and which run each belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.gpus import Gpu
from logger.machine import Machine, MachineReader
from logger.store import runs, stopping
from logger.store.connection import Reader

# A process may be a little older than the run it starts says it is: clocks are read one after the other.
_CLOCK_SLACK = 2.0
_FIELDS = ("pid", "ppid", "name", "username", "create_time", "memory_info", "cpu_percent")
_MOST_ARGUMENTS = 64


@dataclass(frozen=True)
class Owner:
    """A run, by a process that logs to it."""

    run_id: int
    name: str
    pid: int
    started: float
    """when it began to log, epoch seconds"""


@dataclass(frozen=True)
class BoxProcess:
    """A process; texts are not cleaned yet."""

    pid: int
    user: str
    command: str
    cpu: float
    """percent of one core since the reading before"""
    memory: int
    """bytes"""
    gpus: tuple[int, ...]
    """the GPUs it computes on"""
    gpu_memory: int
    """bytes on all of them together"""
    run: Owner | None
    """the run it belongs to, by itself or through the process that started it"""


@dataclass(frozen=True)
class Box:
    """The machine at one moment."""

    machine: Machine
    processes: tuple[BoxProcess, ...]
    """in no order"""

    def runs_on(self, gpu: Gpu) -> list[str]:
        """Names of the runs that compute on a GPU."""
        return sorted(
            {process.run.name for process in self.processes if process.run and gpu.index in process.gpus}
        )


def owners(connection: Reader) -> list[Owner]:
    """The runs of this machine that have not ended, by the processes that started them and those that joined."""
    here = os.uname().nodename
    found = {
        (run.id, run.pid): Owner(run.id, run.name, run.pid, run.started)
        for run in runs.running_on(connection, here)
        if run.pid is not None
    }
    for run_id, name, process in stopping.logging_on(connection, here):
        found[run_id, process.pid] = Owner(run_id, name, process.pid, process.started)
    return list(found.values())


class BoxReader:
    """Reads the machine and its processes, in one thread at a time. Raises ImportError without psutil."""

    def __init__(self, place: Path) -> None:
        """`place`: on the file system whose space counts."""
        import psutil

        self._psutil: Any = psutil
        self._machine = MachineReader()
        self._place = place

    def read(self, owners: Sequence[Owner]) -> Box:
        machine = self._machine.read(self._place)
        return Box(machine, tuple(self._processes(machine, owners)))

    def close(self) -> None:
        self._machine.close()

    def _processes(self, machine: Machine, owners: Sequence[Owner]) -> Iterator[BoxProcess]:
        # psutil keeps its processes between calls, so that each load is one since the call before.
        found = {process.pid: process for process in self._psutil.process_iter(_FIELDS)}
        parents = {pid: process.info["ppid"] for pid, process in found.items()}
        born = {pid: process.info["create_time"] or 0.0 for pid, process in found.items()}
        owned = owned_by(owners, parents, born)
        on_gpus = _gpu_use(machine.gpus)
        for pid, process in found.items():
            gpus, gpu_memory = on_gpus.get(pid, ((), 0))
            memory = process.info["memory_info"]
            yield BoxProcess(
                pid,
                process.info["username"] or "",
                self._command(process, known=bool(gpus) or pid in owned),
                process.info["cpu_percent"] or 0.0,
                memory.rss if memory else 0,
                gpus,
                gpu_memory,
                owned.get(pid),
            )

    def _command(self, process: Any, *, known: bool) -> str:
        """The arguments of a process that matters here; of all others the name, which costs no further look."""
        name = str(process.info["name"] or "?")
        if not known:
            return name
        try:
            arguments = process.cmdline()[:_MOST_ARGUMENTS]
        except self._psutil.Error:
            return name
        return " ".join([os.path.basename(arguments[0]), *arguments[1:]]) if arguments else name  # noqa: PTH119


def owned_by(
    owners: Sequence[Owner], parents: Mapping[int, int], born: Mapping[int, float]
) -> dict[int, Owner]:
    """The run of each process that has one: the run it logs to, or else that of its nearest ancestor that has one.

    A process that was born after it is said to have begun to log is not the one that did: the number is used again.
    """
    starters: dict[int, Owner] = {}
    for owner in sorted(owners, key=lambda owner: owner.started):
        if owner.pid in born and born[owner.pid] <= owner.started + _CLOCK_SLACK:
            starters[owner.pid] = owner
    found: dict[int, Owner] = {}
    for pid in parents:
        ancestor, seen = pid, set()
        while ancestor in parents and ancestor not in starters and ancestor not in seen:
            seen.add(ancestor)
            ancestor = parents[ancestor]
        if ancestor in starters:
            found[pid] = starters[ancestor]
    return found


def _gpu_use(gpus: Sequence[Gpu]) -> dict[int, tuple[tuple[int, ...], int]]:
    """The GPUs of each process, and the bytes it has on them."""
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    for gpu in gpus:
        for process in gpu.processes:
            indices, memory = found.get(process.pid, ((), 0))
            found[process.pid] = (*indices, gpu.index), memory + (process.memory or 0)
    return found


@dataclass(frozen=True)
class ProcessOrder:
    """By what processes are sorted, the greatest first, and which are shown."""

    key: str = "cpu"
    """cpu, memory or gpu_memory"""
    only_known: bool = False
    """only those of runs and those on GPUs"""

    KEYS = ("cpu", "memory", "gpu_memory")

    def next_key(self) -> ProcessOrder:
        place = self.KEYS.index(self.key) + 1
        return ProcessOrder(self.KEYS[place % len(self.KEYS)], self.only_known)

    def apply(self, processes: Sequence[BoxProcess], most: int) -> list[BoxProcess]:
        """Those of runs first, then those on GPUs, then the others; at most so many.

        Threads of the kernel, which have no memory of their own, are nobody's concern.
        """
        chosen = [one for one in processes if one.run or one.gpus or (one.memory and not self.only_known)]
        chosen.sort(key=lambda one: (one.run is None, not one.gpus, -getattr(one, self.key), one.pid))
        return chosen[:most]
