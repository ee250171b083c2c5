"""The vectorised average against the plain loop of its formula."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.plotting.smooth import smooth

numbers = st.floats(-1e6, 1e6)


def plain(x: list[float], y: list[float], smoothing: float, width: float) -> list[float]:
    weight = min(math.sqrt(smoothing), 0.999)
    total = count = 0.0
    last: float | None = None
    smoothed = []
    for place, value in zip(x, y, strict=True):
        if not math.isfinite(value):
            smoothed.append(value)
            continue
        step = abs(place - (place if last is None else last)) / (width or 1000.0) * 1000
        total = total * weight**step + value
        count = count * weight**step + 1
        smoothed.append(total / count)
        last = place
    return smoothed


@given(
    st.lists(st.tuples(st.integers(-1000, 1000), numbers | st.just(math.nan)), min_size=2, max_size=80),
    st.floats(0.01, 0.999),
)
def test_equals_the_loop_for_steps_that_repeat_go_back_or_jump(
    points: list[tuple[int, float]], smoothing: float
) -> None:
    x, y = (list(map(float, column)) for column in zip(*points, strict=True))
    finite = [place for place, value in zip(x, y, strict=True) if math.isfinite(value)]
    width = max(finite, default=0) - min(finite, default=0)
    expected = plain(x, y, smoothing, width) if len(finite) > 1 else y
    np.testing.assert_allclose(smooth(np.array(x), np.array(y), smoothing), expected, rtol=1e-7, atol=1e-7)


def test_equals_the_loop_on_a_long_series() -> None:
    random = np.random.default_rng(0)
    x, y = np.cumsum(random.exponential(size=5003)), random.normal(size=5003)
    expected = plain(x.tolist(), y.tolist(), 0.9, float(x[-1] - x[0]))
    np.testing.assert_allclose(smooth(x, y, 0.9), expected, rtol=1e-9)


def test_a_constant_stays_from_its_first_value_on() -> None:
    x = np.arange(100.0)
    np.testing.assert_allclose(smooth(x, np.full(100, 7.0), 0.99), 7.0)


def test_does_not_depend_on_how_often_a_value_is_logged() -> None:
    few, many = np.linspace(0, 1, 500), np.linspace(0, 1, 5000)
    value = np.interp(few, many, smooth(many, np.sin(9 * many), 0.9))
    np.testing.assert_allclose(smooth(few, np.sin(9 * few), 0.9)[50:], value[50:], atol=0.01)


def test_values_that_are_not_finite_stay_and_do_not_spread() -> None:
    y = np.array([1.0, np.nan, 3.0, np.inf, 5.0])
    smoothed = smooth(np.arange(5.0), y, 0.9)
    assert math.isnan(smoothed[1])
    assert smoothed[3] == math.inf
    assert np.isfinite(smoothed[[0, 2, 4]]).all()


@pytest.mark.parametrize("y", [[], [3.0], [math.nan, math.nan], [1e300, -1e300, 1e300]])
def test_odd_series_do_not_warn(y: list[float]) -> None:
    values = np.array(y)
    assert len(smooth(np.arange(float(len(y))), values, 0.6)) == len(y)


def test_no_smoothing_gives_a_copy() -> None:
    y = np.array([1.0, 2.0, 3.0])
    unchanged = smooth(np.arange(3.0), y, 0.0)
    assert unchanged is not y
    np.testing.assert_array_equal(unchanged, y)


def test_a_million_points_take_well_under_half_a_second() -> None:
    x = np.arange(1_000_000.0)
    y = np.random.default_rng(1).normal(size=len(x))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        smooth(x, y, 0.9)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.5
