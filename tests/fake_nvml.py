"""NVML as a machine with two GPUs would answer it, one of which tells little: the boundary at which GPUs are faked."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

GIB = 1 << 30


class NVMLError(Exception):
    """What a card or driver answers to a question it does not know."""


class FakeNvml(ModuleType):
    """In the place of `pynvml`: an A100 that is used by `pids`, and an old card."""

    NVMLError = NVMLError
    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM = 1

    def __init__(self, pids: tuple[int, ...] = (), *, driver: bool = True) -> None:
        super().__init__("pynvml")
        self.pids = pids
        self.driver = driver
        self.lost: set[int] = set()
        """numbers of the cards that are off the bus: whatever they are asked, they answer so"""
        self.opened = 0

    def nvmlInit(self) -> None:
        if not self.driver:
            raise NVMLError("Driver Not Loaded")
        self.opened += 1

    def nvmlShutdown(self) -> None:
        self.opened -= 1

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        self._require(index)
        return index

    def _require(self, handle: int) -> None:
        if handle in self.lost:
            raise NVMLError("GPU is lost")

    def nvmlDeviceGetName(self, handle: int) -> bytes | str:
        self._require(handle)
        return ("NVIDIA A100-SXM4-80GB", b"Old card")[handle]

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        self._require(handle)
        return SimpleNamespace(used=(60 + handle) * GIB, total=80 * GIB)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return SimpleNamespace(gpu=self._first(handle, 87))

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        return self._first(handle, 250_000)

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: int) -> int:
        return self._first(handle, 400_000)

    def nvmlDeviceGetTemperature(self, handle: int, _sensor: int) -> int:
        return self._first(handle, 64)

    def nvmlDeviceGetClockInfo(self, handle: int, _clock: int) -> int:
        return self._first(handle, 1410)

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[Any]:
        self._first(handle, 0)
        return [SimpleNamespace(pid=pid, usedGpuMemory=10 * GIB) for pid in self.pids]

    def _first(self, handle: int, value: int) -> int:
        """The value of the card that tells; the other one does not."""
        self._require(handle)
        if handle:
            raise NVMLError("Not Supported")
        return value


def install(monkeypatch: pytest.MonkeyPatch, nvml: FakeNvml) -> FakeNvml:
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    return nvml
