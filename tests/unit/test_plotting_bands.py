"""Groups of runs as a mean with a band, against the same sums done run by run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_tracker.plotting import bands, roles
from tui_tracker.plotting.chart import Curve
from tui_tracker.plotting.figure import draw, plot
from tui_tracker.plotting.spec import ChartSpec, Spread, View

SPEC = ChartSpec(title="val/loss", width=70, height=16)


def curve(y: np.ndarray, x: np.ndarray | None = None) -> Curve:
    places = np.arange(float(len(y))) if x is None else x
    return Curve("run", "run", places, np.asarray(y, dtype=np.float64))


runs = st.lists(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4), min_size=1, max_size=6)


@given(runs)
def test_runs_that_logged_at_the_same_places_have_their_mean_and_deviation(values: list[list[float]]) -> None:
    members = [curve(np.array(row)) for row in values]
    found = bands.band("g", "group", 2, members, Spread.DEVIATION)
    assert found.band is not None and found.slot == 2
    np.testing.assert_allclose(found.y, np.mean(values, axis=0), atol=1e-9)
    wanted = np.std(values, axis=0, ddof=1) if len(values) > 1 else np.zeros(4)
    np.testing.assert_allclose(found.band[1] - found.y, wanted, atol=1e-9)
    np.testing.assert_allclose(found.y - found.band[0], wanted, atol=1e-9)
    extremes = bands.band("g", "group", 0, members, Spread.EXTREMES).band
    assert extremes is not None
    np.testing.assert_allclose(extremes, (np.min(values, axis=0), np.max(values, axis=0)))


def test_a_run_counts_between_its_first_and_last_point_only() -> None:
    long, short = curve(np.zeros(11)), curve(np.array([1.0, 3.0]), np.array([2.0, 4.0]))
    found = bands.band("g", "group", 0, [long, short], Spread.EXTREMES)
    assert found.y[[1, 2, 3, 4, 5]].tolist() == [0, 0.5, 1, 1.5, 0]


def test_values_that_are_no_numbers_and_repeated_places() -> None:
    odd = curve(np.array([1.0, np.nan, 7.0, 3.0, np.inf]), np.array([0.0, 1.0, 2.0, 2.0, 3.0]))
    found = bands.band("g", "group", 0, [odd], Spread.DEVIATION)
    assert found.x.tolist() == [0, 2] and found.y.tolist() == [1, 3]
    assert not len(bands.band("g", "group", 0, [curve(np.empty(0))], Spread.DEVIATION).x)
    assert not len(bands.band("g", "group", 0, [], Spread.EXTREMES).x)


@settings(max_examples=20)
@given(st.integers(0, 99_999))
def test_the_band_of_extremes_keeps_every_spike(place: int) -> None:
    values = np.zeros(100_000)
    values[place] = 5.0
    found = bands.band("g", "group", 0, [curve(values), curve(np.zeros(100_000))], Spread.EXTREMES)
    assert found.band is not None and len(found.x) <= bands.MOST_PLACES
    assert found.band[1].max() == 5.0 and found.y.max() > 0


def test_a_band_is_drawn_faint_around_its_line_and_told() -> None:
    members = [curve(np.linspace(1, 0, 50) + offset) for offset in (-0.3, 0.0, 0.3)]
    group = bands.band("g", "lr=0.1 [/] (3)", 1, members, Spread.DEVIATION)
    drawing = draw(SPEC, [group])
    shown = {span.role for row in drawing.rows for span in row if span.text.strip()}
    assert {roles.faint_role(1), roles.series_role(1)} <= shown
    assert "mean ± std" in drawing.text() and "[/]" in drawing.text()
    plain = draw(View(ascii_only=True).chart("val/loss", 70, 16), [group]).text()
    assert plain.isascii() and ":" in plain and "mean +- std" in plain
    scale = plot(SPEC, [group]).y_scale
    assert scale is not None and scale.high > 1.25 and scale.low < -0.25


@pytest.mark.parametrize("spread", list(Spread))
def test_a_band_below_nought_reaches_the_end_of_a_logarithmic_axis(spread: Spread) -> None:
    members = [curve(np.full(20, 0.1)), curve(np.full(20, 10.0)), curve(np.full(20, 0.1))]
    group = bands.band("g", "group", 0, members, spread)
    drawing = draw(View(log_y=True).chart("loss", 70, 16), [group])
    assert len({len("".join(span.text for span in row)) for row in drawing.rows}) == 1
