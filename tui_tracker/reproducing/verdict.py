"""Whether a repetition came to the same: the metrics of both, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from logger.store.fields import SYSTEM_PREFIX
from logger.store.series import Metric

EQUAL, CLOSE, DIFFERENT, ABSENT = "equal", "close", "different", "absent"


@dataclass(frozen=True)
class Outcome:
    """One metric of both runs."""

    key: str
    then: float | None
    """the last value"""
    now: float | None
    verdict: str
    """equal: in count, first, last, least and greatest value; close: all within the tolerance; different; absent"""


def compare_metrics(then: Mapping[str, Metric], now: Mapping[str, Metric], tolerance: float) -> list[Outcome]:
    """Every metric of the first run but the machine's; `tolerance`: relative, for `close`."""
    return [
        _outcome(key, metric, now.get(key), tolerance)
        for key, metric in sorted(then.items())
        if not key.startswith(SYSTEM_PREFIX)
    ]


def _outcome(key: str, then: Metric, now: Metric | None, tolerance: float) -> Outcome:
    if now is None:
        return Outcome(key, then.last, None, ABSENT)
    pairs = [
        (then.first, now.first),
        (then.last, now.last),
        (then.min, now.min),
        (then.max, now.max),
    ]
    if then.n == now.n and then.nans == now.nans and all(_same(one, other) for one, other in pairs):
        verdict = EQUAL
    elif then.n == now.n and all(_near(one, other, tolerance) for one, other in pairs):
        verdict = CLOSE
    else:
        verdict = DIFFERENT
    return Outcome(key, then.last, now.last, verdict)


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))


def _near(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return _same(one, other) or math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
