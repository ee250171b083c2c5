from __future__ import annotations

import random
import struct
from array import array
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logger.store.columns import (
    Points,
    concatenate,
    decode_chunk,
    decode_chunks,
    decode_segment,
    encode_chunk,
    encode_segment,
)
from logger.store.integers import Regular, little_endian

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


@given(POINTS)
def test_a_chunk_gives_back_every_bit(points: Points) -> None:
    assert same(decode_chunk(encode_chunk(points)), points)


@given(NEAR, st.integers(-(2**62), 2**62))
def test_a_chunk_gives_back_columns_of_small_differences(deltas: list[int], start: int) -> None:
    column = array("q", [start])
    for delta in deltas:
        column.append(column[-1] + delta)
    points = Points(column, array("q", column), array("d", [0.5] * len(column)))
    assert same(decode_chunk(encode_chunk(points)), points)


@pytest.mark.parametrize("n", [1, 2, 511, 512, 8192, 8193, 20_000])
@pytest.mark.parametrize(
    ("start", "stride"), [(0, 1), (5, 100), (2**62, 3), (1, 2**48), (-7, 2), (9, -1), (4, 0)]
)
def test_a_regular_column_takes_seventeen_bytes(start: int, stride: int, n: int) -> None:
    column = array("q", [start + place * stride for place in range(n)])
    blob = encode_chunk(Points(column, array("q", [1]) * n, array("d", [0.5]) * n))
    assert len(blob) == 4 + 17 + 17 + 8 * n
    assert decode_chunk(blob).steps == column


@given(st.integers(0, 2**40), st.integers(1, 300), st.integers(65_000, 140_000))
@settings(max_examples=30, deadline=None)
def test_a_long_regular_column_is_that_of_a_range(start: int, stride: int, n: int) -> None:
    column = array("q", range(start, start + n * stride, stride))
    assert b"".join(Regular(start, stride, n).blocks()) == little_endian(column)


@given(st.lists(POINTS, min_size=1, max_size=5), st.data())
def test_chunks_in_a_row_give_one_history_without_its_first_points(
    parts: list[Points], data: st.DataObject
) -> None:
    whole = concatenate(parts)
    skip = data.draw(st.integers(0, len(parts[0])))
    found = decode_chunks(map(encode_chunk, parts), len(whole) - skip, skip)
    assert same(found, whole[skip:])


@pytest.mark.parametrize("gap", [0, 1])
def test_regular_columns_that_go_on_in_the_next_chunk_are_one(gap: int) -> None:
    n = 40_000
    first, second = array("q", range(5, 5 + n)), array("q", range(5 + n + gap, 5 + 2 * n + gap))
    blobs = [encode_chunk(Points(part, part, array("d", part))) for part in (first, second)]
    assert decode_chunks(blobs, 2 * n - 3, 3).steps == (first + second)[3:]


@pytest.mark.parametrize("n", [3, 5])
def test_chunks_of_more_or_fewer_points_than_were_to_be_are_an_error(n: int) -> None:
    blob = encode_chunk(make([(step, 5 * step * step, 0.5) for step in range(4)]))
    with pytest.raises(ValueError, match="points"):
        decode_chunks([blob], n)


def test_nothing_is_made_for_points_that_a_chunk_cannot_hold() -> None:
    blob = encode_chunk(make([(1, 2, 0.5)]))
    with pytest.raises(ValueError, match="cannot hold 4294967295 points"):
        decode_chunk(b"\xff" * 4 + blob[4:])


@pytest.mark.parametrize("milliseconds", [1, 20, 1000, 60_000, 600_000])
def test_a_point_takes_at_most_thirteen_bytes(milliseconds: int) -> None:
    n = 8192
    chance = random.Random(milliseconds)
    times = array("q", (1_790_856_000_000 + int((i + chance.random() / 3) * milliseconds) for i in range(n)))
    steps = array("q", sorted(chance.sample(range(10 * n), n)))
    points = Points(steps, times, array("d", [1.5]) * n)
    blob = encode_chunk(points)
    assert len(blob) <= 13 * n
    assert same(decode_chunk(blob), points)


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=60), st.integers(-(2**40), 2**40))
def test_chunks_of_the_first_version_are_read(deltas: list[int], start: int) -> None:
    """They held differences in the narrowest width, or 64 bits an entry."""
    column = array("q", accumulate([start, *deltas]))
    widest = max((max(delta, -delta - 1).bit_length() for delta in deltas), default=0)
    code = "b" if widest < 8 else "h" if widest < 16 else "i"
    narrow = struct.pack(f"<cq{len(deltas)}{code}", code.encode(), start, *deltas)
    whole = struct.pack(f"<c{len(column)}q", b"q", *column)
    values = array("d", [0.5]) * len(column)
    blob = struct.pack("<I", len(column)) + narrow + whole + values.tobytes()
    assert same(decode_chunk(blob), Points(column, column, values))


def test_regular_steps_and_close_times_take_about_nine_bytes_a_point() -> None:
    n = 10_000
    times = array("q", (1_790_856_000_000 + 7 * place + place % 3 for place in range(n)))
    points = Points(array("q", range(n)), times, array("d", [1.5]) * n)
    assert len(encode_chunk(points)) < 9.1 * n


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
