"""A sorted list of runs against Python's own sorting, along an index and sorted as a whole, page by page and place by
place."""

from __future__ import annotations

import math
from contextlib import closing
from functools import cmp_to_key
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store import listing, search
from logger.store.fields import Field, Names, Sort
from logger.store.ordering import parts
from logger.store.query import compile_filter
from logger.store.search import Query
from tests.query_runs import Logged, store_of

VALUES = st.sampled_from([-math.inf, -1.0, 0.0, 0.5, 2.0, math.inf, math.nan])
NUMBERS = {"0.5": 0.5, "1e-3": 1e-3, "10": 10.0, "9": 9.0, "9.0": 9.0}
TEXTS = st.sampled_from([*NUMBERS, "nan", "adam", "Adam", ""])
RUNS = st.lists(
    st.builds(
        Logged,
        name=st.sampled_from(["a", "b", "c"]),
        started=st.sampled_from([0.0, 1.0, 2.0]),
        ended=st.sampled_from([None, 3.0, 4.0]),
        experiment=st.sampled_from(["churn", "images"]),
        metrics=st.dictionaries(st.sampled_from("lm"), st.lists(VALUES, min_size=1, max_size=3)),
        params=st.dictionaries(st.just("p"), TEXTS),
        tags=st.dictionaries(st.just("t"), TEXTS),
    ),
    min_size=1,
    max_size=12,
)
FIELDS = st.one_of(
    st.builds(
        Field, st.just("metric"), st.just("l"), st.sampled_from(["last", "min", "max", "first", "count"])
    ),
    st.sampled_from(
        [
            Field("param", "p"),
            Field("tag", "t"),
            Field("attribute", "started"),
            Field("attribute", "ended"),
            Field("attribute", "name"),
        ]
    ),
)
SORTS = st.lists(st.builds(Sort, FIELDS, st.booleans()), min_size=0, max_size=2).map(tuple)


def place(run: Logged, field: Field) -> tuple[int, tuple[float | str, ...]]:
    """What a run is sorted by: a rank, which no direction turns round, and within it values."""
    if field.kind == "attribute":
        found = getattr(run, field.key)
        return (1, ()) if found is None else (0, (found,))
    if field.kind == "metric":
        points = run.metrics.get(field.key)
        if points is None:
            return 2, ()
        known = [point for point in points if not math.isnan(point)] or [math.nan]
        value = {
            "last": points[-1],
            "first": points[0],
            "count": float(len(points)),
            "min": min(known),
            "max": max(known),
        }[field.aggregate]
        return (1, ()) if math.isnan(value) else (0, (value,))
    text = (run.params if field.kind == "param" else run.tags).get(field.key)
    if text is None:
        return 2, ()
    number = NUMBERS.get(text) if field.kind == "param" else None
    return (1, (text,)) if number is None else (0, (number, text))


def in_order(runs: list[Logged], chosen: list[int], order: tuple[Sort, ...]) -> list[int]:
    """The ids of the chosen runs (run i has id i + 1), sorted by Python."""

    def compare(one: int, other: int) -> int:
        for sort in order:
            (rank, values), (rank2, values2) = (
                place(runs[run_id - 1], sort.field) for run_id in (one, other)
            )
            if rank != rank2:
                return rank - rank2
            if values != values2:
                return -1 if (values < values2) != sort.descending else 1
        return -1 if (runs[one - 1].started, one) > (runs[other - 1].started, other) else 1

    return sorted(chosen, key=cmp_to_key(compare))


@given(
    runs=RUNS,
    order=SORTS,
    removed=st.sets(st.integers(1, 12)),
    experiments=st.sampled_from([(), (1,), (1, 2)]),
    deleted=st.sampled_from([False, True, None]),
    text=st.sampled_from(["", "l > 0", "not l > 0", "l > 0 and status = finished"]),
    few=st.booleans(),
    far=st.sampled_from([0, 2, 1000]),
    small=st.sampled_from([0.0, 0.5, 1.0]),
    limit=st.integers(1, 5),
)
def test_order_of_runs(
    runs: list[Logged],
    order: tuple[Sort, ...],
    removed: set[int],
    experiments: tuple[int, ...],
    deleted: bool | None,
    text: str,
    few: bool,
    far: int,
    small: float,
    limit: int,
) -> None:
    ways = {"_is_narrow": lambda *_: few, "_FEW": 1000 if few else 0, "_FAR": far, "_SMALL_PART": small}
    with closing(store_of(runs)) as connection, patch.multiple(listing, **ways):  # type: ignore[call-overload]
        connection.executemany("UPDATE runs SET deleted = 1 WHERE id = ?", [(run_id,) for run_id in removed])
        found_filter = compile_filter(text, Names(frozenset("lm")), now=0.0)
        query = Query(found_filter, experiments, order=order, deleted=deleted)
        lie_in = dict(connection.execute("SELECT id, experiment_id FROM runs"))
        chosen = [
            run_id
            for run_id, run in enumerate(runs, start=1)
            if deleted in (None, run_id in removed)
            and (not experiments or lie_in[run_id] in experiments)
            and (not text or (run.metrics.get("l", [math.nan])[-1] > 0) != text.startswith("not"))
        ]
        expected = in_order(runs, chosen, order)
        assert search.ids(connection, query) == expected
        assert search.count(connection, query) == len(expected)
        for total in (None, len(expected)):
            pages = [
                row.run.id
                for offset in range(0, len(expected) + limit, limit)
                for row in search.page(connection, query, offset=offset, limit=limit, total=total)
            ]
            assert pages == expected
        for run_id in range(1, len(runs) + 1):
            found = expected.index(run_id) if run_id in expected else None
            assert search.position(connection, query, run_id) == found


@pytest.mark.parametrize("column", ["last", "min", "max"])
def test_sorting_by_a_metric_reads_it_from_its_index(column: str) -> None:
    with closing(store_of([Logged("a", metrics={"l": [1.0]})])) as connection:
        first, *_ = parts((Sort(Field("metric", "l", column)),), few=False)
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT r.id {first.source} WHERE {first.condition}"
            f" ORDER BY {', '.join(key.sql for key in first.keys)}",
            first.values,
        ).fetchall()
    assert f"USING COVERING INDEX series_{column}" in plan[0][3]
