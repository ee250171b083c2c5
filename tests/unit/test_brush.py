"""Ranges that choose runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import Field
from tui_tracker.model.brush import Brush, stops_of
from tui_tracker.model.variables import Variable

DEPTH = Variable(Field("param", "depth"), ("2", "4", "4", "8", None))
KIND = Variable(Field("param", "kind"), ("b", "a", "c", "a", "a"))


def test_narrowing_from_both_ends_and_back() -> None:
    brush = Brush().moved(DEPTH, "high", -1)
    assert brush.range_of(DEPTH) == (2.0, 4.0)
    assert brush.inside([DEPTH], 5) == [True, True, True, False, False]
    brush = brush.moved(DEPTH, "low", 1)
    assert brush.inside([DEPTH, KIND], 5) == [False, True, True, False, False]
    brush = brush.moved(KIND, "high", -2)
    assert brush.inside([DEPTH, KIND], 5) == [False, True, False, False, False]
    assert brush.without(KIND).inside([DEPTH, KIND], 5) == [False, True, True, False, False]
    assert brush.moved(DEPTH, "low", -9).moved(DEPTH, "high", 9).range_of(DEPTH) is None


VALUES = st.lists(
    st.none() | st.floats(-100, 100).map(str) | st.sampled_from(["a", "b"]), min_size=1, max_size=60
)
MOVES = st.lists(st.tuples(st.sampled_from(["low", "high"]), st.integers(-8, 8)), max_size=12)


@given(VALUES, MOVES)
def test_a_range_lets_a_value_through_and_never_turns_round(
    values: list[str | None], moves: list[tuple[str, int]]
) -> None:
    variable = Variable(Field("param", "x"), tuple(values))
    brush = Brush()
    for end, by in moves:
        brush = brush.moved(variable, end, by)  # type: ignore[arg-type]
    stops, between = stops_of(variable), brush.range_of(variable)
    inside = brush.inside([variable], len(values))
    if between is None:
        assert all(inside)
    else:
        assert between[0] <= between[1] and set(between) <= set(stops)
        assert any(inside)
