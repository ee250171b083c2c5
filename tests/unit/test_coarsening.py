"""Outlines made coarser: shorter by a known factor, and no value that decides how they look disappears."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from logger.store.chunks import Chunk
from tui_tracker.model.blocks import RECORDS
from tui_tracker.model.coarsening import Part, coarsen, shortened

_VALUES = st.one_of(
    st.floats(-1e300, 1e300), st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7e308])
)


def records_of(values: np.ndarray) -> np.ndarray:
    records = np.zeros(len(values), dtype=RECORDS)
    records["step"] = records["time"] = np.arange(len(values))
    records["value"] = records["level"] = values
    return records


@given(arrays.arrays(np.float64, st.integers(0, 100), elements=_VALUES))
def test_nothing_that_decides_how_it_looks_is_lost(values: np.ndarray) -> None:
    coarse = coarsen(records_of(values))
    kept = coarse["value"]
    assert (np.diff(coarse["step"]) > 0).all()
    assert np.array_equal(kept, values[coarse["step"]], equal_nan=True)
    if len(values):
        assert (coarse["step"][0], coarse["step"][-1]) == (0, len(values) - 1)
    for kind in (np.isnan, np.isposinf, np.isneginf):
        assert kind(kept).any() == kind(values).any()
    finite, finite_kept = values[np.isfinite(values)], kept[np.isfinite(kept)]
    if len(finite):
        assert (finite_kept.min(), finite_kept.max()) == (finite.min(), finite.max())
        positive = finite[finite > 0]
        assert not len(positive) or finite_kept[finite_kept > 0].min() == positive.min()


def test_it_is_a_quarter_as_long_with_the_mean_of_its_blocks() -> None:
    records = records_of(np.random.default_rng(0).normal(10, 1, 1600))
    records["level"] = np.repeat(np.arange(400.0), 4)
    coarse = coarsen(records)
    assert len(coarse) <= 400
    assert sorted(set(coarse["level"])) == [1.5 + 4 * place for place in range(100)]


@pytest.mark.parametrize("most", [2000, 500, 200])
def test_parts_are_joined_until_they_are_short_enough(most: int) -> None:
    values = np.sin(np.arange(6400.0))
    values[4321] = 50.0
    parts = [
        Part.of(
            Chunk(
                number + 1,
                1000,
                (100 * number, 100 * number + 99),
                (0, 1),
                records_of(piece).tobytes(),
                bytes([99]),
            )
        )
        for number, piece in enumerate(np.split(values, 64))
    ]
    short = shortened(parts, most)
    assert sum(len(part.records) for part in short) <= most
    assert sum(part.fine for part in short) == 6400
    assert short[0].chunk.seq == 1 and short[-1].last == 64
    assert [part.chunk.seq for part in short[1:]] == [part.last + 1 for part in short[:-1]]
    assert short[0].chunk.steps[0] == 0 and short[-1].chunk.steps[1] == 6399
    assert max(part.records["value"].max() for part in short) == 50.0
