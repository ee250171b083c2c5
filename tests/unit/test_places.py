"""Places on an axis, as a person writes them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.plotting.places import parse_place, write_place
from tui_tracker.plotting.spec import XAxis


@pytest.mark.parametrize(
    ("text", "axis", "place"),
    [
        ("1200", XAxis.STEP, 1200),
        (" 1e-3 ", XAxis.METRIC, 1e-3),
        ("10_000", XAxis.STEP, 10_000),
        ("90s", XAxis.RELATIVE, 90),
        ("1h 30m", XAxis.RELATIVE, 5400),
        ("-2m", XAxis.RELATIVE, -120),
        ("1.5d", XAxis.RELATIVE, 129_600),
        ("2026-10-01 14:30", XAxis.WALL, datetime(2026, 10, 1, 14, 30).timestamp()),
        ("1700000000", XAxis.WALL, 1_700_000_000),
    ],
)
def test_places_are_understood(text: str, axis: XAxis, place: float) -> None:
    assert parse_place(text, axis) == place


def test_a_clock_time_is_todays() -> None:
    found = datetime.fromtimestamp(parse_place("9:05", XAxis.WALL))
    assert (found.hour, found.minute) == (9, 5)


@pytest.mark.parametrize("axis", list(XAxis))
@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1h30", "25:99", "\x1b[2J", "9" * 400])
def test_what_is_no_place_is_refused_in_one_sentence(text: str, axis: XAxis) -> None:
    with pytest.raises(ValueError, match=r"is not a (number|time such as) ?.*") as told:
        parse_place(text, axis)
    assert "\x1b" not in str(told.value)


@given(st.floats(-1e9, 1e9), st.sampled_from(list(XAxis)))
def test_a_place_that_is_written_is_understood_again(place: float, axis: XAxis) -> None:
    found = parse_place(write_place(place, axis), axis)
    assert found == pytest.approx(place, rel=1e-9, abs=1.0 if axis is XAxis.WALL else 1e-9)
