"""The machine's load beside a run: what is sampled, for which runs, and what a machine without it does."""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import logger
from logger import monitor
from logger.gpus import Gpus
from logger.machine import Machine, MachineReader
from logger.monitor import metrics_of
from logger.store.locate import Store
from tests.fake_nvml import GIB, FakeNvml, install
from tests.waiting import PATIENCE_SECONDS, until


@pytest.fixture
def often() -> Iterator[None]:
    """Samples every few milliseconds."""
    logger.set_system_metrics_sampling_interval(0.01)
    yield
    logger.set_system_metrics_sampling_interval(None)


def test_gpus_tell_what_they_know(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, FakeNvml(pids=(77,)))
    gpus = Gpus.open()
    assert gpus is not None
    first, second = gpus.read()
    assert (first.name, first.utilization, first.power, first.power_limit) == (
        "NVIDIA A100-SXM4-80GB",
        87,
        250,
        400,
    )
    assert (first.temperature, first.clock, first.memory_total) == (64, 1410, 80 * GIB)
    assert [(process.pid, process.memory) for process in first.processes] == [(77, 10 * GIB)]
    assert (second.name, second.utilization, second.power, second.processes) == ("Old card", None, None, ())
    assert second.memory_used == 61 * GIB
    gpus.close()
    assert nvml.opened == 0


def test_a_gpu_that_is_off_the_bus_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, FakeNvml())
    nvml.lost = {0}
    gpus = Gpus.open()
    assert gpus is not None
    assert [(gpu.index, gpu.name) for gpu in gpus.read()] == [(1, "Old card")]
    nvml.lost = {1}
    (lost,) = gpus.read()
    assert (lost.name, lost.memory_used, lost.processes) == ("Old card", None, ())
    nvml.lost = set()
    assert gpus.read()[0].memory_used == 61 * GIB


def test_no_driver_means_no_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeNvml(driver=False))
    assert Gpus.open() is None


def test_names_and_units_of_what_is_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, FakeNvml())
    gpus = Gpus.open()
    assert gpus is not None
    machine = Machine((50.0, 100.0), 2_000_000, 8_000_000, 25, 100, {"received": 3e6}, gpus.read())
    assert metrics_of(machine) == {
        "system/cpu_utilization_percentage": 75,
        "system/system_memory_usage_megabytes": 2,
        "system/system_memory_usage_percentage": 25,
        "system/disk_usage_percentage": 75,
        "system/disk_available_megabytes": 25e-6,
        "system/network_receive_megabytes_per_second": 3,
        "system/gpu_0_utilization_percentage": 87,
        "system/gpu_0_temperature_celsius": 64,
        "system/gpu_0_clock_megahertz": 1410,
        "system/gpu_0_power_usage_watts": 250,
        "system/gpu_0_power_usage_percentage": 62.5,
        "system/gpu_0_memory_usage_megabytes": 60 * GIB / 1e6,
        "system/gpu_0_memory_usage_percentage": 75,
        "system/gpu_1_memory_usage_megabytes": 61 * GIB / 1e6,
        "system/gpu_1_memory_usage_percentage": 76.25,
    }


def test_this_machine_is_read(tmp_path: Path) -> None:
    reader = MachineReader()
    first, second = reader.read(tmp_path), reader.read(tmp_path)
    assert first.rates == {} and all(rate >= 0 for rate in second.rates.values())
    assert len(second.cores) >= 1 and 0 <= second.cpu <= 100
    assert 0 < second.memory_used < second.memory_total
    assert 0 < second.disk_free <= second.disk_total
    assert reader.read(tmp_path / "nowhere").disk_total == 0


def test_a_run_is_sampled_and_its_own_steps_go_on(store: Store, often: None) -> None:
    with logger.start_run("e", store=store, log_system_metrics=True) as run:
        run.log({"loss": 1.0})
        until(lambda: "system/cpu_utilization_percentage" in run.data.metrics)
        run.log({"loss": 0.5})
    assert run.history("loss").steps == [0, 1]
    samples = run.history("system/cpu_utilization_percentage")
    assert samples.steps and all(0 <= step < PATIENCE_SECONDS for step in samples.steps)


def test_nested_runs_are_sampled_too_and_an_ended_one_no_more(store: Store, often: None) -> None:
    key = "system/cpu_utilization_percentage"
    with logger.start_run("e", store=store, log_system_metrics=True) as outer:
        with logger.start_run(nested=True, log_system_metrics=True) as inner:
            until(lambda: key in inner.data.metrics)
        ended = len(inner.history(key).values)
        before = len(outer.history(key).values)
        until(lambda: len(outer.history(key).values) > before + 3)
        assert len(inner.history(key).values) == ended


def test_who_joins_a_running_run_does_not_sample_and_who_resumes_an_ended_one_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[str] = []
    monkeypatch.setattr(monitor, "watch", lambda run, started, wanted: watched.append(run.id))
    run = logger.start_run("e", store=store)
    logger.start_run(run_id=run.id, store=store)
    assert watched == [run.id]
    logger.end_run()
    run.finish()
    logger.start_run(run_id=run.id, store=store)
    assert watched == [run.id, run.id]


@pytest.mark.parametrize(
    ("environment", "chosen", "wanted", "sampled"),
    [
        ("", None, None, True),
        ("0", None, None, False),
        ("off", None, True, True),
        ("0", True, None, True),
        ("1", False, None, False),
        ("1", None, False, False),
    ],
)
def test_the_script_decides_then_what_it_chose_for_all_then_the_environment(
    monkeypatch: pytest.MonkeyPatch,
    store: Store,
    environment: str,
    chosen: bool | None,
    wanted: bool | None,
    sampled: bool,
) -> None:
    added: list[object] = []

    class _Sampler:
        def add(self, run: object, started: float) -> None:
            added.append(run)

    monkeypatch.setattr(monitor, "_sampler", _Sampler)
    monkeypatch.setattr(monitor._choice, "enabled", chosen)
    monkeypatch.setenv(monitor.ENVIRONMENT_VARIABLE, environment)
    with logger.start_run("e", store=store, log_system_metrics=wanted):
        assert bool(added) is sampled


def test_without_psutil_nothing_is_sampled_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, store: Store, often: None, recwarn: pytest.WarningsRecorder
) -> None:
    original = builtins.__import__

    def without(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == "psutil":
            raise ImportError(name)
        return original(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with logger.start_run("e", store=store, log_system_metrics=True) as run:
        run.log({"loss": 1.0})
        until(lambda: monitor._sampler().thread is None)
    assert set(run.data.metrics) == {"loss"}
    assert not recwarn.list


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_an_interval_is_above_nothing(seconds: float) -> None:
    with pytest.raises(ValueError, match="interval"):
        logger.set_system_metrics_sampling_interval(seconds)


def test_a_forked_child_samples_for_its_own_runs(store: Store, often: None) -> None:
    with logger.start_run("e", store=store, log_system_metrics=True):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with logger.start_run("child", store=store, log_system_metrics=True, nested=True) as run:
                    until(lambda: "system/cpu_utilization_percentage" in run.data.metrics)
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
