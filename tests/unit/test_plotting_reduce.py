"""The picture of the envelope is the picture of all points."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_tracker.plotting.axes import Scale, pad, widen
from tui_tracker.plotting.raster import BRAILLE, characters, dots_of
from tui_tracker.plotting.reduce import MAX_PASSES, Envelope, reduce

WIDTH, HEIGHT = 20, 5


def scales(x: np.ndarray, y: np.ndarray, log_y: bool = False) -> tuple[Scale, Scale]:
    x_limits = widen(float(x.min()), float(x.max()))
    shown = y[np.isfinite(y) & ((y > 0) | (not log_y))]
    low, high = (
        (float(shown.min()), float(shown.max())) if len(shown) else (0.0, 1.0) if not log_y else (1.0, 2.0)
    )
    return (
        Scale(*x_limits, WIDTH * 2),
        Scale(*pad(*widen(low, high, log_y), log_y), HEIGHT * 4, log_y),
    )


def picture(envelope: Envelope) -> np.ndarray:
    return characters(dots_of(envelope, WIDTH * 2, HEIGHT * 4), BRAILLE)


def every_point(x: np.ndarray, y: np.ndarray, x_scale: Scale, y_scale: Scale) -> Envelope:
    """All points as groups of one, joined as the definition says: neighbours without a gap or a step back."""
    usable = np.isfinite(y) & ((y > 0) | (not y_scale.log))
    columns, heights, joined = [], [], []
    for i in np.flatnonzero(usable):
        columns.append(round(x_scale.position(x[i])))
        heights.append(y_scale.position(y[i]))
        follows = i > 0 and usable[i - 1] and x[i] >= x[i - 1]
        joined.append(bool(follows))
    up = np.array(heights, dtype=np.float64)
    column = np.array(columns, dtype=np.int64)
    return Envelope(column, up, up, up, up, np.array(joined, dtype=np.bool_))


walks = st.lists(st.floats(-3, 3), min_size=1, max_size=300).map(lambda steps: np.cumsum(np.array(steps)))
noise = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=300).map(np.array)


@given(walks | noise, st.booleans())
def test_the_reduced_picture_equals_that_of_all_points(y: np.ndarray, log_y: bool) -> None:
    x = np.arange(float(len(y)))
    both = scales(x, y, log_y)
    np.testing.assert_array_equal(picture(reduce(x, y, *both).envelope), picture(every_point(x, y, *both)))


@settings(max_examples=30)
@given(noise, st.integers(0, 1000))
def test_so_it_does_when_a_run_is_resumed_further_back(y: np.ndarray, seed: int) -> None:
    cut = seed % len(y)
    x = np.concatenate([np.arange(float(cut)), np.arange(cut / 2, cut / 2 + len(y) - cut)])
    both = scales(x, y)
    np.testing.assert_array_equal(picture(reduce(x, y, *both).envelope), picture(every_point(x, y, *both)))


def test_a_spike_of_one_point_in_ten_million_is_seen() -> None:
    x = np.arange(10_000_000.0)
    y = np.zeros(len(x))
    y[6_543_210] = 1.0
    envelope = reduce(x, y, *scales(x, y)).envelope
    assert len(envelope.column) <= WIDTH * 2
    at = list(picture(envelope)[0] != ord(" ")).index(True)
    assert at == round(0.654321 * (WIDTH * 2 - 1)) // 2


def test_a_group_holds_at_most_its_first_lowest_highest_and_last_point() -> None:
    y = np.random.default_rng(2).normal(size=100_000)
    x = np.arange(float(len(y)))
    both = scales(x, y)
    envelope = reduce(x, y, *both).envelope
    assert envelope.column.tolist() == list(range(WIDTH * 2))
    assert envelope.low.min() == pytest.approx(both[1].position(y.min()))
    assert envelope.high.max() == pytest.approx(both[1].position(y.max()))
    assert envelope.first[0] == pytest.approx(both[1].position(y[0]))
    assert envelope.last[-1] == pytest.approx(both[1].position(y[-1]))


def test_a_line_that_leaves_the_window_is_cut_at_its_ends() -> None:
    x, y = np.array([0.0, 10.0]), np.array([0.0, 10.0])
    envelope = reduce(x, y, Scale(4, 6, 41), Scale(0, 10, 101)).envelope
    assert envelope.column.tolist() == [0, 40]
    np.testing.assert_allclose(envelope.first, [40, 60])
    assert envelope.joined.tolist() == [False, True]


def test_points_beside_the_window_are_not_drawn() -> None:
    x = np.array([0.0, 1.0, 8.0, 9.0])
    envelope = reduce(x, x, Scale(2, 7, 11), Scale(0, 10, 101)).envelope
    assert envelope.column.tolist() == [0, 10]
    assert not len(reduce(x[:2], x[:2], Scale(2, 7, 11), Scale(0, 10, 101)).envelope.column)


def test_values_without_a_height_are_told_by_column_and_break_the_line() -> None:
    x = np.arange(11.0)
    y = np.array([0, 1, 2, math.nan, 4, math.inf, 6, -math.inf, 8, math.nan, 10])
    reduced = reduce(x, y, Scale(0, 10, 11), Scale(0, 10, 11))
    assert (reduced.nan.tolist(), reduced.above.tolist(), reduced.below.tolist()) == ([3, 9], [5], [7])
    assert reduced.envelope.column.tolist() == [0, 1, 2, 4, 6, 8, 10]
    assert reduced.envelope.joined.tolist() == [False, True, True, False, False, False, False]


def test_a_logarithmic_axis_tells_how_many_points_it_cannot_show() -> None:
    x, y = np.arange(6.0), np.array([1, 0, -1, 10, math.nan, 100])
    reduced = reduce(x, y, Scale(0, 5, 6), Scale(1, 100, 3, log=True))
    assert reduced.dropped == 2
    assert reduced.envelope.column.tolist() == [0, 3, 5]
    reduced = reduce(x, y, Scale(1, 5, 5, log=True), Scale(-1, 100, 3))
    assert reduced.dropped == 1


def test_x_in_no_order_is_sorted() -> None:
    x = np.random.default_rng(4).permutation(1000).astype(np.float64)
    envelope = reduce(x, x, Scale(0, 999, 40), Scale(0, 999, 40)).envelope
    assert envelope.column.tolist() == list(range(40))
    assert envelope.joined.tolist() == [False] + [True] * 39


def test_a_few_steps_back_begin_lines_of_their_own() -> None:
    x = np.tile(np.arange(10.0), 3)
    envelope = reduce(x, x, Scale(0, 9, 10), Scale(0, 9, 10)).envelope
    assert len(envelope.column) == 30
    assert envelope.joined.sum() == 27
    assert MAX_PASSES > 3


@pytest.mark.parametrize(
    "y", [[], [1.0], [math.nan], [math.nan, math.inf, -math.inf], [1e308, -1e308], [1e-320]]
)
def test_odd_series_are_reduced_without_a_warning(y: list[float]) -> None:
    values = np.array(y, dtype=np.float64)
    x = np.arange(float(len(values)))
    y_limits = (-1.7e308, 1.7e308)
    reduced = reduce(x, values, Scale(0, 1, 10), Scale(*y_limits, 20))
    assert len(reduced.envelope.column) == np.isfinite(values[:2]).sum()
