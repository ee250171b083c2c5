"""Bars and sparklines: always as wide as asked for, fuller for more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.cells import width_of
from tui_tracker.model.gauges import bar, sparkline

PERCENTS = st.floats(-1e9, 1e9)


@given(PERCENTS, st.integers(0, 300), st.booleans())
def test_a_bar_is_as_wide_as_asked_for(percent: float, width: int, ascii_only: bool) -> None:
    drawn = bar(percent, width, ascii_only=ascii_only)
    assert width_of(drawn) == width
    assert not ascii_only or drawn.isascii()


@given(st.floats(0, 100), st.floats(0, 100), st.integers(1, 50))
def test_more_is_never_drawn_shorter(one: float, other: float, width: int) -> None:
    low, high = sorted((one, other))
    assert _eighths(bar(low, width)) <= _eighths(bar(high, width))


def _eighths(drawn: str) -> int:
    return sum(" ▏▎▍▌▋▊▉█".index(cell) for cell in drawn)


def test_the_ends_are_empty_and_full() -> None:
    assert bar(0, 4) == "    "
    assert bar(100, 4) == "████"
    assert bar(50, 4, ascii_only=True) == "##.."


@given(st.lists(PERCENTS, max_size=30), st.integers(0, 20), st.booleans())
def test_a_sparkline_is_as_wide_as_asked_for(percents: list[float], width: int, ascii_only: bool) -> None:
    drawn = sparkline(percents, width, ascii_only=ascii_only)
    assert width_of(drawn) == width
    assert not ascii_only or drawn.isascii()


def test_the_newest_is_at_the_right() -> None:
    assert sparkline([0, 50, 100], 5) == "  ▁▅█"
    assert sparkline([0, 50, 100], 2) == "▅█"
