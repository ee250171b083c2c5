"""Quartiles, whiskers, outliers, compared with numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import Field
from tui_tracker.model.spread import groups_of, spread
from tui_tracker.model.variables import Variable


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60))
def test_quartiles_are_those_of_numpy(values: list[float]) -> None:
    found = spread(values)
    expected = np.percentile(values, [25, 50, 75])
    scale = max(map(abs, values)) or 1.0
    assert [found.first, found.median, found.third] == pytest.approx(expected.tolist(), abs=1e-9 * scale)
    assert found.low <= found.first <= found.median <= found.third <= found.high
    assert len(found.outliers) <= len(values) // 2
    assert all(value < found.first or value > found.third for value in found.outliers)


def test_an_outlier_is_beyond_the_whisker() -> None:
    found = spread([1.0, 2.0, 3.0, 4.0, 100.0])
    assert (found.low, found.high, found.outliers) == (1.0, 4.0, (100.0,))


def test_groups_are_in_order_with_those_without_a_value_last() -> None:
    loss = Variable(Field("metric", "loss"), (1.0, 2.0, None, 4.0, 5.0))
    depth = Variable(Field("param", "depth"), ("10", "2", "2", None, "10"))
    groups = groups_of(loss, depth)
    assert [(group.label, group.places, group.values) for group in groups] == [
        ("2", (1,), (2.0,)),
        ("10", (0, 4), (1.0, 5.0)),
        ("none", (3,), (4.0,)),
    ]
