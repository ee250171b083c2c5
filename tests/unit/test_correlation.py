"""Rank correlations, compared with computations by others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.correlation import epsilon_squared, ranks, spearman, spearman_interval

stats = pytest.importorskip("scipy.stats")
NUMBERS = st.integers(-6, 6).map(float) | st.floats(-1e6, 1e6, allow_subnormal=False)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=40)


@given(st.lists(NUMBERS, max_size=30))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert ranks(values) == stats.rankdata(values).tolist()


@given(PAIRS)
def test_spearman_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    x, y = map(list, zip(*pairs, strict=True))
    rho = spearman(x, y)
    if len(set(x)) < 2 or len(set(y)) < 2:
        assert rho is None
        return
    assert rho == pytest.approx(float(stats.spearmanr(x, y).statistic), abs=1e-9)
    low, high = spearman_interval(rho, len(x)) or (rho, rho)
    assert -1 <= low <= rho <= high <= 1


def test_the_interval_covers_what_it_says() -> None:
    """Of many samples of a known correlation, about nineteen in twenty intervals hold it."""
    dealer = np.random.default_rng(7)
    true = 6 / math.pi * math.asin(0.5 / 2)  # Spearman's of two normal variables correlated by 0.5
    held = 0
    for _ in range(400):
        x = dealer.normal(size=40)
        y = 0.5 * x + math.sqrt(0.75) * dealer.normal(size=40)
        rho = spearman(x.tolist(), y.tolist())
        assert rho is not None
        low, high = spearman_interval(rho, 40) or (0.0, 0.0)
        held += low <= true <= high
    assert 0.91 < held / 400 < 0.99


@given(st.lists(st.tuples(st.integers(0, 3).map(float), NUMBERS), min_size=3, max_size=40))
def test_epsilon_squared_is_one_less_the_ratio_of_mean_squares(pairs: list[tuple[float, float]]) -> None:
    groups, y = map(list, zip(*pairs, strict=True))
    found = epsilon_squared(groups, y)
    ranked = stats.rankdata(y)
    members = [ranked[np.array(groups) == group] for group in sorted(set(groups))]
    if not 1 < len(members) < len(y) or len(set(y)) < 2:
        assert found is None
        return
    within = sum(((part - part.mean()) ** 2).sum() for part in members) / (len(y) - len(members))
    expected = 1 - within / ranked.var(ddof=1)
    assert found == pytest.approx(min(max(expected, 0.0), 1.0), abs=1e-9)


def test_nothing_to_correlate() -> None:
    assert spearman([], []) is None
    assert epsilon_squared([], []) is None
    assert spearman_interval(0.5, 3) is None
