from __future__ import annotations

import importlib
import struct
import sys
from array import array

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logger.store.columns import Points, decode_chunk, decode_segment, encode_chunk, encode_segment

INT64 = st.integers(-(2**63), 2**63 - 1)
ANY_DOUBLE = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])


def make(rows: list[tuple[int, int, float]]) -> Points:
    points = Points()
    for row in rows:
        points.append(*row)
    return points


def same(left: Points, right: Points) -> bool:
    """Equal to the bit, NaN payloads included."""
    return (
        left.steps == right.steps
        and left.times == right.times
        and left.values.tobytes() == right.values.tobytes()
    )


POINTS = st.lists(st.tuples(INT64, INT64, ANY_DOUBLE), min_size=1, max_size=60).map(make)
NEAR = st.lists(st.integers(-200, 70_000), min_size=1, max_size=60)


@pytest.fixture(params=["with numpy", "without numpy"], autouse=True)
def _numpy_or_not(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are the same whether the program has loaded numpy or not."""
    if request.param == "without numpy":
        monkeypatch.delitem(sys.modules, "numpy", raising=False)
    else:
        importlib.import_module("numpy")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POINTS)
def test_a_chunk_gives_back_every_bit(points: Points) -> None:
    assert same(decode_chunk(encode_chunk(points)), points)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NEAR, st.integers(-(2**62), 2**62))
def test_a_chunk_gives_back_columns_of_small_differences(deltas: list[int], start: int) -> None:
    column = array("q", [start])
    for delta in deltas:
        column.append(column[-1] + delta)
    points = Points(column, array("q", column), array("d", [0.5] * len(column)))
    assert same(decode_chunk(encode_chunk(points)), points)


def test_regular_steps_and_close_times_take_about_nine_bytes_a_point() -> None:
    n = 10_000
    times = array("q", (1_790_856_000_000 + 7 * place + place % 3 for place in range(n)))
    points = Points(array("q", range(n)), times, array("d", [1.5]) * n)
    assert len(encode_chunk(points)) < 9.1 * n


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(INT64, POINTS, max_size=5))
def test_a_segment_gives_back_each_series(by_series: dict[int, Points]) -> None:
    decoded = dict(decode_segment(encode_segment(by_series)))
    assert decoded.keys() == by_series.keys()
    assert all(same(decoded[key], by_series[key]) for key in by_series)


def test_a_segment_gives_back_only_the_wanted_series() -> None:
    blob = encode_segment({1: make([(1, 2, 3.0)]), 2: make([(4, 5, 6.0), (7, 8, 9.0)])})
    [(series_id, points)] = decode_segment(blob, frozenset([2]))
    assert series_id == 2
    assert points.steps.tolist() == [4, 7]
