"""Scales, limits, ticks and their labels."""

import math
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.plotting import axes, words
from tui_tracker.plotting.axes import Scale

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite)
def test_ticks_are_few_and_labelled_apart_within_any_limits(a: float, b: float) -> None:
    low, high = axes.pad(*axes.widen(min(a, b), max(a, b)))
    places = axes.ticks(low, high, 5)
    labels = words.format_ticks(places)
    assert low < high
    assert len(places) <= 12
    assert places == sorted(places)
    assert len(set(labels)) == len(set(places))


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_logarithmic_ticks_lie_within_positive_limits(a: float, b: float) -> None:
    low, high = axes.widen(min(a, b), max(a, b), log=True)
    places = axes.ticks(low, high, 5, log=True)
    assert all(low * (1 - 1e-9) <= place <= high * (1 + 1e-9) for place in places)
    assert len(places) <= 12


@given(finite, finite, st.booleans())
def test_a_scale_takes_its_ends_to_its_outer_dots(a: float, b: float, log: bool) -> None:
    if log:
        a, b = abs(a) or 1.0, abs(b) or 2.0
        a, b = max(a, 1e-300), max(b, 1e-300)
        a, b = min(a, 1e300), min(b, 1e300)
    scale = Scale(*axes.widen(min(a, b), max(a, b), log), dots=100, log=log)
    assert scale.position(scale.low) == pytest.approx(0, abs=1e-6)
    assert scale.position(scale.high) == pytest.approx(99)
    assert scale.position(scale.value(40)) == pytest.approx(40, abs=1e-3)


def test_ticks_are_round() -> None:
    assert axes.ticks(0.03, 0.97, 5) == [0.2, 0.4, 0.6, 0.8]
    assert axes.ticks(1, 5000, 5, log=True) == [1, 10, 100, 1000]
    assert axes.duration_ticks(0, 4000, 6) == [0, 900, 1800, 2700, 3600]


def test_ticks_of_clock_time_are_round_in_local_time() -> None:
    start = datetime(2024, 5, 6, 13, 7).timestamp()
    places = axes.wall_ticks(start, start + 2 * 3600, 4)
    assert [words.format_wall(place, 7200) for place in places] == ["13:30", "14:00", "14:30", "15:00"]


def test_clipping_leaves_out_a_spike_and_nothing_else() -> None:
    values = np.sin(np.linspace(0, 20, 1000))
    assert axes.clipped(values) == (values.min(), values.max())
    values[500] = 1e6
    low, high = axes.clipped(values)
    assert low == values.min()
    assert high == pytest.approx(1, abs=0.01)


def test_clipping_a_flat_line_with_a_spike_keeps_all() -> None:
    values = np.zeros(1000)
    values[3] = 5
    assert axes.clipped(values) == (0, 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.94213, "0.9421"),
        (12500, "12.5k"),
        (1e-3, "1e-3"),
        (0.00123, "0.00123"),
        (0.00012, "1.2e-4"),
        (999_999, "1M"),
        (9999.9, "10000"),
        (12_345_678, "12.35M"),
        (-0.5, "-0.5"),
        (1e300, "1e300"),
        (0, "0"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert words.format_number(value) == text


@given(st.floats(-1e308, 1e308))
def test_a_short_number_is_near_the_number(value: float) -> None:
    text = words.format_number(value)
    factor = {"k": 1e3, "M": 1e6, "G": 1e9}.get(text[-1], 1.0)
    assert float(text.rstrip("kMG")) * factor == pytest.approx(value, rel=1e-3)
    assert len(text) <= 11


@pytest.mark.parametrize(
    ("places", "labels"),
    [
        ([0, 0.5, 1], ["0", "0.5", "1.0"]),
        ([0, 20_000, 40_000], ["0", "20k", "40k"]),
        ([0, 5e-4, 1e-3], ["0", "5e-4", "1e-3"]),
        ([0.9995, 0.9996], ["0.9995", "0.9996"]),
        ([1e-5, 1e-3, 1e-1], ["1e-5", "1e-3", "0.1"]),
        ([], []),
    ],
)
def test_tick_labels(places: list[float], labels: list[str]) -> None:
    assert words.format_ticks(places) == labels


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (1.5, "1.5s"), (42, "42s"), (750, "12m30s"), (10800, "3h"), (187_200, "2d4h"), (-60, "-1m")],
)
def test_durations(seconds: float, text: str) -> None:
    assert words.format_duration(seconds) == text


def test_times_beyond_the_calendar_are_numbers() -> None:
    assert words.format_wall(1e18, 10) == "1e18"
    assert axes.wall_ticks(1e18, 2e18, 3)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_where_there_is_room_for_two_places_there_are_two(low: float, span: float, count: int) -> None:
    found = axes.ticks(low, low + span, count)
    assert len(found) >= 2
    assert all(low - span * 1e-6 <= place <= low + span * (1 + 1e-6) for place in found)
    assert len(found) <= 3 * count + 1


# From a thousandth of a second to thirty years, as often short as long.
spans = st.floats(-3, 9).map(lambda exponent: 10**exponent)


@given(st.floats(-1e6, 1e6), spans, st.integers(2, 20))
def test_an_axis_of_elapsed_time_has_two_places_that_can_be_told_apart(
    low: float, span: float, count: int
) -> None:
    found = axes.duration_ticks(low, low + span, count)
    assert len(found) >= 2
    assert found == sorted(found)
    assert all(low - span * 1e-6 <= place <= low + span * (1 + 1e-6) for place in found)
    assert len(found) <= 4 * count + 1
    labels = words.format_durations(found)
    assert len(set(labels)) == len(labels)


@given(st.floats(1e9, 2e9), spans, st.integers(2, 20))
def test_an_axis_of_clock_time_has_two_places_that_can_be_told_apart(
    low: float, span: float, count: int
) -> None:
    found = axes.wall_ticks(low, low + span, count)
    assert len(found) >= 2
    assert all(low - span * 1e-6 <= place <= low + span * (1 + 1e-6) for place in found)
    labels = words.format_walls(found, span)
    assert len(set(labels)) == len(labels)


def test_labels_of_time_are_as_exact_as_their_distance() -> None:
    assert words.format_durations([187_200, 187_260, 187_320]) == ["2d4h", "2d4h1m", "2d4h2m"]
    assert words.format_durations([0, 900, 1800]) == ["0s", "15m", "30m"]
    noon = datetime(2024, 5, 6, 12).timestamp()
    assert words.format_walls([noon, noon + 0.5], 1.0) == ["12:00:00.000", "12:00:00.500"]
    assert words.format_walls([noon, noon + 3600], 8 * 86_400) == ["May 6 12:00", "May 6 13:00"]
