"""What is taken for a sign of trouble, and what is not."""

from __future__ import annotations

import math
import os
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from logger.signs import KNOWN_AFTER, LEAST_SILENCE, WINDOW, DiskSpace, MetricSigns, Silence
from tests.sample import points


def told(key: str, *batches: list[float]) -> list[str]:
    signs, found, step = MetricSigns(), [], 0
    for batch in batches:
        found += [sign["about"] for sign in signs.look({key: points(batch, first_step=step)})]
        step += len(batch)
    return found


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_told_once_a_metric(value: float) -> None:
    assert told("acc", [1.0, value, value], [value], [1.0, value]) == ["nan:acc"]
    signs = MetricSigns()
    [sign] = signs.look({"acc": points([1.0, 2.0, value], first_step=10), "other": points([1.0])})
    assert (sign["step"], sign["level"]) == (12, "ERROR")


def test_finite_values_are_no_sign_however_great() -> None:
    assert told("acc", [1.7e308, 1.7e308], [-1.7e308] * 3) == []
    assert told("system/gpu", [math.nan]) == []
    assert told("acc", []) == []


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_loss_that_climbs_far_above_its_best_diverges(size: int) -> None:
    course = [2.0 * math.exp(-step / 40) + 0.1 for step in range(300)] + [
        0.1 * 1.05**step for step in range(150)
    ]
    batches = [course[start : start + size] for start in range(0, len(course), size)]
    wanted = [] if size == 1000 else ["divergence:train/loss"]
    assert told("train/loss", *batches) == wanted
    assert told("train/acc", *batches) == []


def test_noise_and_rare_low_values_are_no_divergence() -> None:
    generator = random.Random(1)
    # Batch losses of a trained network: many are close to zero, some are great.
    course = [generator.lognormvariate(-1.0, 1.0) for _ in range(20_000)]
    assert told("loss", *([value] for value in course)) == []
    assert told("loss", [0.0] * 100, [5.0] * 200) == []
    assert told("loss", [-1.0] * 100, [5.0] * 200) == []
    assert told("loss", [1.0] * (WINDOW - 1), [9.0]) == []


def test_silence_is_judged_by_the_longest_pause_before() -> None:
    silence, now = Silence(0.0), 0.0
    assert silence.look(1e6) is None
    silence = Silence(0.0)
    for _ in range(KNOWN_AFTER):
        now += 60
        assert silence.look(now) is None
        silence.heard(now)
    assert silence.look(now + 299) is None
    sign = silence.look(now + 301)
    assert sign is not None and "5 min" in sign["text"] and "60 s" in sign["text"]
    assert silence.look(now + 400) is None
    silence.heard(now + 500)
    assert silence.look(now + 500 + 4 * 500) is None
    assert silence.look(now + 500 + 6 * 500) is not None


def test_quick_runs_are_given_two_minutes() -> None:
    silence = Silence(0.0)
    for step in range(100):
        silence.heard(step * 0.1)
    assert silence.look(9.9 + LEAST_SILENCE - 1) is None
    assert silence.look(9.9 + LEAST_SILENCE + 1) is not None


def test_a_disk_is_nearly_full_below_a_gigabyte_and_a_twentieth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 0

    def statvfs(_path: object) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=free, f_blocks=100 * 1024, f_frsize=1024**2)

    monkeypatch.setattr(os, "statvfs", statvfs)
    disk = DiskSpace(tmp_path)
    free = 1024
    assert disk.look() is None
    free = 500
    sign = disk.look()
    assert sign is not None and "500 MB of 102400 MB" in sign["text"]
    assert disk.look() is None
    free = 5000
    assert disk.look() is None
    free = 500
    assert disk.look() is not None
