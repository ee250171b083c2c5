"""How strongly one variable goes with another, by ranks.

Of numbers: Spearman's rank correlation, the correlation of the ranks (ties share their mean rank), with an interval by
Fisher's transformation and the standard error of Bonett and Wright, "Sample size requirements for estimating Pearson,
Kendall and Spearman correlations", Psychometrika 65 (2000). Of categories: the share of the variance of the ranks that
lies between categories, corrected for how much chance alone puts there (epsilon squared; Kelley, "An unbiased
correlation ratio measure", PNAS 21 (1935)). Its root is on the scale of a correlation, so both can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# The normal distribution's 97.5th percentile.
_TWO_SIDED_95 = 1.959964


def ranks(values: Sequence[float]) -> list[float]:
    """The ranks of values, from 1; equal ones share the mean of theirs. No NaN."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            found[place] = (start + end) / 2 + 1
        start = end + 1
    return found


def spearman(x: Sequence[float], y: Sequence[float]) -> float | None:
    """The rank correlation of equally many values; None where either is constant."""
    return _pearson(ranks(x), ranks(y))


def spearman_interval(rho: float, count: int) -> tuple[float, float] | None:
    """The 95% interval of a rank correlation of `count` pairs; None of fewer than four."""
    if count < 4:
        return None
    if abs(rho) >= 1:
        return rho, rho
    error = math.sqrt((1 + rho**2 / 2) / (count - 3))
    middle = math.atanh(rho)
    return math.tanh(middle - _TWO_SIDED_95 * error), math.tanh(middle + _TWO_SIDED_95 * error)


def epsilon_squared(categories: Sequence[float], y: Sequence[float]) -> float | None:
    """The share of the variance of y's ranks that categories explain beyond chance, from 0 to 1.

    None where y is constant, or where there is no more than one category, or one for each value.
    """
    ranked = ranks(y)
    groups: dict[float, list[float]] = {}
    for category, rank in zip(categories, ranked, strict=True):
        groups.setdefault(category, []).append(rank)
    count, mean = len(ranked), sum(ranked) / max(len(ranked), 1)
    total = sum((rank - mean) ** 2 for rank in ranked)
    if not 1 < len(groups) < count or total == 0:
        return None
    between = sum(len(group) * (sum(group) / len(group) - mean) ** 2 for group in groups.values())
    within = max(total - between, 0.0) / (count - len(groups))
    return min(max((between - (len(groups) - 1) * within) / total, 0.0), 1.0)


def _pearson(x: Sequence[float], y: Sequence[float]) -> float | None:
    count = len(x)
    if count < 2:
        return None
    mean_x, mean_y = sum(x) / count, sum(y) / count
    over_x = sum((value - mean_x) ** 2 for value in x)
    over_y = sum((value - mean_y) ** 2 for value in y)
    if over_x == 0 or over_y == 0:
        return None
    together = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return min(max(together / math.sqrt(over_x * over_y), -1.0), 1.0)
