"""The machine's NVIDIA GPUs, through NVML (`nvidia-ml-py`). Where there is no driver or no card there are none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

_MILLIWATTS = 1000.0


@dataclass(frozen=True)
class GpuProcess:
    """A process that computes on a GPU."""

    pid: int
    memory: int | None
    """bytes of the GPU's memory; None where the driver does not tell"""


@dataclass(frozen=True)
class Gpu:
    """One GPU at one moment; None stands for what the card or its driver does not tell."""

    index: int
    name: str
    utilization: float | None
    """percent of the time in which something computed"""
    memory_used: int | None
    """bytes"""
    memory_total: int | None
    """bytes"""
    power: float | None
    """watts"""
    power_limit: float | None
    """watts"""
    temperature: float | None
    """degrees Celsius"""
    clock: float | None
    """of the multiprocessors, megahertz"""
    processes: tuple[GpuProcess, ...]


class Gpus:
    """NVML, opened once; `open` gives None where there is nothing to open."""

    def __init__(self, nvml: Any) -> None:
        self._nvml = nvml
        self._handles: dict[int, Any] = {}
        """by NVML's number; without those that may not be looked at (in a container, say) or are off the bus"""
        for index in range(nvml.nvmlDeviceGetCount()):
            with contextlib.suppress(nvml.NVMLError):
                self._handles[index] = nvml.nvmlDeviceGetHandleByIndex(index)
        self._names = {
            index: _text(self._ask(lambda handle=handle: nvml.nvmlDeviceGetName(handle)) or "GPU")  # type: ignore[misc]
            for index, handle in self._handles.items()
        }

    @classmethod
    def open(cls) -> Gpus | None:
        """The GPUs of this machine; None where the library, the driver or the cards are missing."""
        try:
            import pynvml

            pynvml.nvmlInit()
        except Exception:  # ImportError, or one of NVML's many reasons why there is nothing to see
            return None
        try:
            return cls(pynvml)
        except pynvml.NVMLError:
            return None

    def read(self) -> tuple[Gpu, ...]:
        """Every GPU as it is now, in NVML's order."""
        return tuple(self._read(index) for index in self._handles)

    def close(self) -> None:
        with contextlib.suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()

    def _read(self, index: int) -> Gpu:
        nvml, handle = self._nvml, self._handles[index]
        memory = self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        busy = self._ask(lambda: float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu))
        return Gpu(
            index=index,
            name=self._names[index],
            utilization=busy,
            memory_used=memory.used if memory else None,
            memory_total=memory.total if memory else None,
            power=self._ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle) / _MILLIWATTS),
            power_limit=self._ask(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / _MILLIWATTS),
            temperature=self._ask(
                lambda: float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
            ),
            clock=self._ask(lambda: float(nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM))),
            processes=self._processes(handle),
        )

    def _processes(self, handle: Any) -> tuple[GpuProcess, ...]:
        found = self._ask(lambda: self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)) or []
        return tuple(GpuProcess(one.pid, one.usedGpuMemory) for one in found)

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except self._nvml.NVMLError:
            return None


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
