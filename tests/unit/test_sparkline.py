"""Curves in one line of text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.sparkline import ASCII_BARS, BARS, sparkline


@pytest.mark.parametrize(
    ("values", "width", "drawn"),
    [
        ([], 10, ""),
        ([math.nan, math.inf], 10, ""),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 8, BARS),
        ([1.0, 1.0], 8, "▅▅"),
        ([0.0, math.nan, 1.0], 3, "▁ █"),
        ([0.0, 0.0, 1.0, 1.0], 2, "▁█"),
        ([-1.7e308, 1.7e308], 2, "▁█"),
        ([1.0], 0, ""),
    ],
)
def test_values_become_bars(values: list[float], width: int, drawn: str) -> None:
    assert sparkline(values, width) == drawn


@given(st.lists(st.floats(), max_size=60), st.integers(1, 20))
def test_any_values_fit_and_span_the_bars(values: list[float], width: int) -> None:
    drawn = sparkline(values, width, ASCII_BARS)
    assert len(drawn) <= min(width, len(values)) and set(drawn) <= {*ASCII_BARS, " "}
    assert bool(drawn) == any(map(math.isfinite, values))


def test_a_million_points_are_sampled() -> None:
    assert sparkline([float(place) for place in range(1_000_000)], 8) == BARS
