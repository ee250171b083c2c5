"""Dots of lines, against a loop that sets them one by one and against plotext's own lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plotext
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.plotting import raster
from tui_tracker.plotting.reduce import Envelope

ACROSS, UP = 40, 20
Points = list[tuple[int, int]]

corners = st.dictionaries(st.integers(0, ACROSS - 1), st.integers(-30, 50), min_size=1, max_size=15).map(
    lambda found: sorted(found.items())
)


def line(points: Points) -> Envelope:
    columns, rows = (np.array(part) for part in zip(*points, strict=True))
    up = rows.astype(np.float64)
    joined = np.arange(len(points)) > 0
    return Envelope(columns.astype(np.int64), up, up, up, up, joined)


def one_by_one(points: Points) -> np.ndarray:
    """A dot in each column of a flat line, in each row of a steep one, halves rounded away from the beginning."""
    dots = np.zeros((UP, ACROSS), dtype=np.bool_)

    def put(column: int, row: int) -> None:
        if 0 <= row < UP:
            dots[row, column] = True

    for column, row in points[:1]:
        put(column, row)
    for (column, row), (after, end) in pairwise(points):
        width, size, sign = after - column, abs(end - row), 1 if end > row else -1
        for passed in range(max(width, size) + 1):
            if size <= width:
                put(column + passed, row + sign * ((2 * passed * size + width) // (2 * width)))
            else:
                put(column + (2 * passed * width + size) // (2 * size), row + sign * passed)
    return dots


@given(corners)
def test_lines_are_those_of_a_loop_over_their_dots(points: Points) -> None:
    np.testing.assert_array_equal(raster.dots_of(line(points), ACROSS, UP), one_by_one(points))


def test_lines_are_plotexts_to_within_a_dot() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        columns = np.sort(random.choice(ACROSS, 8, replace=False)).tolist()
        points = list(zip(columns, random.integers(0, UP, 8).tolist(), strict=True))
        mine, theirs = raster.dots_of(line(points), ACROSS, UP), by_plotext(points)
        near = np.zeros_like(mine)
        padded = np.pad(mine, 1)
        for down in range(3):
            for right in range(3):
                near |= padded[down : down + UP, right : right + ACROSS]
        assert not (theirs & ~near).any()
        assert abs(int(mine.sum()) - int(theirs.sum())) <= len(points)


def by_plotext(points: Points) -> np.ndarray:
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(ACROSS // 2, UP // 4)
    figure.canvas("default")
    figure.axes(False)
    for axis, dots in (("x", ACROSS), ("y", UP)):
        figure.ruler(axis).lim(0, dots)
        figure.ruler(axis).alignment(lim="edge")
        figure.ruler(axis).ticks([], [])
    signal = figure.signal(
        [column + 0.5 for column, _ in points],
        [row + 0.5 for _, row in points],
        marker=plotext.marker("braille"),
    )
    for place in range(1, len(points)):
        signal.line(place)
    figure.draw(signal)
    lines = figure.build().string(colorless=True).split("\n")[: UP // 4]
    figure.clear()
    dots = np.zeros((UP, ACROSS), dtype=np.bool_)
    for row, text in enumerate(lines):
        for column, character in enumerate(text[: ACROSS // 2]):
            bits = ord(character) - raster.BRAILLE_FIRST if character != " " else 0
            for down in range(4):
                for right in range(2):
                    if bits & int(raster.BRAILLE_BITS[down, right]):
                        dots[UP - 1 - (row * 4 + down), column * 2 + right] = True
    return dots


def test_dots_become_braille_and_back() -> None:
    dots = np.random.default_rng(0).random((UP, ACROSS)) < 0.3
    codes = raster.characters(dots, raster.BRAILLE)
    assert codes.shape == (UP // 4, ACROSS // 2)
    for (row, column), code in np.ndenumerate(codes):
        cell = dots[UP - 4 * (row + 1) : UP - 4 * row, 2 * column : 2 * column + 2][::-1]
        bits = int((raster.BRAILLE_BITS * cell).sum())
        assert code == (raster.BRAILLE_FIRST + bits if bits else ord(" "))


def test_a_line_leaves_the_picture_at_its_own_slope() -> None:
    dots = raster.dots_of(line([(0, 0), (39, 390)]), ACROSS, UP)
    assert np.flatnonzero(dots.any(axis=0)).tolist() == [0, 1, 2]


def test_heights_beyond_all_reckoning_do_no_harm() -> None:
    up = np.array([1e300, -1e300, 0.0])
    envelope = Envelope(np.array([0, 20, 39]), up, up, up, up, np.array([False, True, True]))
    assert raster.dots_of(envelope, ACROSS, UP).any(axis=0)[10]


def test_a_dashed_line_is_half_of_it() -> None:
    dots = raster.dots_of(line([(0, 3), (39, 3)]), ACROSS, UP)
    assert 0 < raster.dashed(dots).sum() < dots.sum()
