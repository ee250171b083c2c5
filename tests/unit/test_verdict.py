"""When a repetition has come to the same."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from logger.store.series import Metric
from tui_tracker.reproducing.verdict import compare_metrics

LOSS = Metric(
    1, "loss", 3, 3.0, 1.0, last_step=2, last_time=0.0, min=1.0, min_step=2, max=3.0, max_step=0, nans=0
)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (LOSS, "equal"),
        (replace(LOSS, last=1.0 + 1e-9), "close"),
        (replace(LOSS, last=1.1), "different"),
        (replace(LOSS, n=4), "different"),
        (replace(LOSS, max=math.inf), "different"),
        (replace(LOSS, last=math.nan), "different"),
        (None, "absent"),
    ],
)
def test_verdicts(now: Metric | None, verdict: str) -> None:
    found = compare_metrics({"loss": LOSS}, {} if now is None else {"loss": now}, 1e-6)
    assert [outcome.verdict for outcome in found] == [verdict]


def test_nan_is_equal_to_nan_and_the_machine_does_not_count() -> None:
    diverged = replace(LOSS, last=math.nan, nans=1)
    assert compare_metrics({"loss": diverged}, {"loss": diverged}, 0)[0].verdict == "equal"
    assert compare_metrics({"system/cpu": LOSS}, {}, 0) == []
