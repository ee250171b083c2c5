"""Numbers, spans of time, sizes and moments as text."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (12, "12"),
        (0.94213, "0.9421"),
        (1.23456, "1.235"),
        (12.3456, "12.35"),
        (123.456, "123.5"),
        (123456.7, "123457"),
        (0.00123456, "0.001235"),
        (1.23e-5, "1.230e-5"),
        (-4.5e-120, "-4.5e-120"),
        (1.5e300, "1.5e300"),
        (999_999_999, "999999999"),
        (2.0**40, "1.100e12"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert formats.number(value) == text


@given(st.floats())
def test_a_number_is_short_and_reads_back_to_three_digits(value: float) -> None:
    text = formats.number(value)
    assert len(text) <= formats.NUMBER_WIDTH
    if math.isfinite(value) and 1e-90 < abs(value) < 1e308:
        assert float(text) == pytest.approx(value, rel=0.06 if abs(value) >= 1e99 else 6e-4)


def test_signed() -> None:
    assert [formats.signed(value) for value in (0.5, -0.5, 0.0, None)] == ["+0.5000", "-0.5000", "0", ""]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0.01, "0s"),
        (0.42, "0.4s"),
        (45.9, "45s"),
        (60, "1m"),
        (12 * 60 + 59, "12m"),
        (2 * 3600 + 5 * 60, "2h 05m"),
        (3 * 86400 + 4 * 3600, "3d 04h"),
        (412 * 86400, "412d"),
        (math.inf, ""),
        (None, ""),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (0, "now"),
        (-2, "now"),
        (45, "45s"),
        (720, "12m"),
        (3 * 3600, "3h"),
        (16 * 86400, "16d"),
        (800 * 86400, "2y"),
        (-3 * 3600, "in 3h"),
        (1e15, ">999y"),
    ],
)
def test_age(ago: float, text: str) -> None:
    assert formats.age(1e9 - ago, 1e9) == text


def test_age_of_nothing() -> None:
    assert formats.age(None, 0) == formats.age(math.nan, 0) == ""


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1400, "1.4 kB"),
        (12_345_678, "12 MB"),
        (999_600, "1.0 MB"),
        (3e21, "3000 EB"),
    ],
)
def test_size(octets: float, text: str) -> None:
    assert formats.size(octets) == text


def test_moments_outside_the_calendar() -> None:
    assert formats.moment(1e30) == "?"
    assert formats.moment(None) == ""
    assert len(formats.moment(1_790_856_000.0)) == 16


def test_a_path_below_home_is_written_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert formats.place(Path("/home/ada/churn/.tracker")) == "~/churn/.tracker"
    assert formats.place(Path("/srv/churn")) == "/srv/churn"
