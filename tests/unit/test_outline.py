"""The outline of a long history against all of its points: what is kept, and the picture that it gives."""

from __future__ import annotations

import math
from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from logger.store.columns import Points
from logger.store.outline import BLOCK, RECORD, block_sizes, encode_outline
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.reduce import Envelope, reduce

Record = tuple[int, int, float, float]
VALUES = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e308])


def make(values: list[float], steps: list[int] | None = None) -> Points:
    places = array("q", range(len(values)))
    return Points(array("q", steps or places), places, array("d", values))


def records(points: Points) -> list[Record]:
    outline = encode_outline(points)
    sizes = block_sizes(outline, len(points))
    assert len(sizes) == math.ceil(len(points) / BLOCK)
    return list(RECORD.iter_unpack(outline[: -len(sizes)]))


def noise(count: int, seed: int) -> list[float]:
    found: list[float] = np.random.default_rng(seed).normal(size=count).cumsum().tolist()
    return found


def envelope(x: list[float], y: list[float], scale: Scale) -> Envelope:
    return reduce(np.array(x), np.array(y), scale, Scale(-100.0, 100.0, 80)).envelope


@given(st.lists(VALUES, min_size=1, max_size=BLOCK))
def test_a_block_keeps_its_ends_and_extremes_or_all_of_it(values: list[float]) -> None:
    found = records(make(values))
    kept = [value for _, _, value, _ in found]
    assert [step for step, *_ in found] == sorted({step for step, *_ in found})
    assert all(repr(values[step]) == repr(value) for step, _, value, _ in found)
    if not all(map(math.isfinite, values)):
        assert len(kept) == len(values)
        return
    assert (kept[0], kept[-1], min(kept), max(kept)) == (values[0], values[-1], min(values), max(values))
    assert min((v for v in kept if v > 0), default=None) == min((v for v in values if v > 0), default=None)
    assert len(kept) <= 5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3 * BLOCK))
def test_levels_are_the_means_of_blocks(values: list[float]) -> None:
    for step, _, _, level in records(make(values)):
        start = step // BLOCK * BLOCK
        block = values[start : start + BLOCK]
        assert math.isclose(level, math.fsum(block) / len(block), rel_tol=1e-9, abs_tol=1e-6)


def test_a_block_whose_steps_go_back_is_kept_whole() -> None:
    steps = list(range(3 * BLOCK))
    steps[BLOCK + 7] = 0
    found = [time for _, time, _, _ in records(make(noise(3 * BLOCK, 1), steps))]
    assert set(range(BLOCK, 2 * BLOCK)) <= set(found)
    assert len(found) <= BLOCK + 10


@given(st.integers(0, 1000), st.integers(1, 4))
def test_columns_of_whole_blocks_look_as_with_all_points(seed: int, blocks: int) -> None:
    """Where the borders of the columns of dots are those of blocks, the picture is the same to the last bit."""
    values = noise(24 * BLOCK, seed)
    width = BLOCK * blocks
    # The first block begins at the left border of column 1.
    scale = Scale(-width / 2 - 0.5, -width / 2 - 0.5 + width * 40, 41)
    every = envelope([float(step) for step in range(len(values))], values, scale)
    few = records(make(values))
    thin = envelope([float(step) for step, *_ in few], [value for _, _, value, _ in few], scale)
    assert len(few) < len(values) / 40
    for name in ("column", "first", "low", "high", "last", "joined"):
        assert np.array_equal(getattr(every, name), getattr(thin, name)), name


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0.0, 50.0), st.integers(3, 20))
def test_anywhere_else_a_column_differs_by_points_of_the_block_on_its_border(
    seed: int, shift: float, dots: int
) -> None:
    values = noise(40 * BLOCK, seed)
    scale = Scale(-shift, float(len(values)), dots)
    every = envelope([float(step) for step in range(len(values))], values, scale)
    few = records(make(values))
    thin = envelope([float(step) for step, *_ in few], [value for _, _, value, _ in few], scale)
    assert np.array_equal(every.column, thin.column)
    assert (thin.low >= every.low).all() and (thin.high <= every.high).all()
    assert (thin.low.min(), thin.high.max()) == (every.low.min(), every.high.max())
    # With the two columns beside it, each column shows all that it should.
    for place in range(len(every.column)):
        near = slice(max(place - 1, 0), place + 2)
        assert thin.low[near].min() <= every.low[place] and thin.high[near].max() >= every.high[place]


def test_an_outline_that_does_not_tell_its_blocks_is_none() -> None:
    points = make(noise(3 * BLOCK, 1))
    outline = encode_outline(points)
    assert not block_sizes(outline[:-3], len(points))
    assert not block_sizes(outline + b"\0", len(points))
