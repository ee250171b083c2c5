"""Runs in groups: means and spreads, the order of groups, the lines of the list."""

from __future__ import annotations

import math
import sqlite3
import statistics
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logger.store import edits, runs, schema, search, series
from logger.store.connection import Reader, open_reader, writing
from logger.store.fields import Field, Names, Sort
from logger.store.groups import Group, Spread, keys_of, read_groups, runs_of
from logger.store.locate import Store
from logger.store.query import compile_filter
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run, points, sample_store
from tui_tracker.model import formats, kept_groups
from tui_tracker.model.columns import columns_of
from tui_tracker.model.grouping import groupable, outline_of, sorted_groups, summed_fields, title
from tui_tracker.model.held_rows import HeldRows
from tui_tracker.model.kept_groups import KeptGroups
from tui_tracker.model.outline import Heading, Outline

LR, ACC = Field("param", "lr"), Field("metric", "val/acc")
floats = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), floats), max_size=8))
@settings(deadline=None)
def test_mean_and_spread_are_those_of_the_finite_numbers(values: list[tuple[str, float]]) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        schema.migrate(database)
        for place, (name, value) in enumerate(values, start=1):
            database.execute(
                "INSERT INTO runs (id, uid, experiment_id, name, status, started, heartbeat)"
                " VALUES (?, ?, 0, ?, 'FINISHED', 0, 0)",
                (place, str(place), name),
            )
            database.execute(
                "INSERT INTO series (run_id, key, n, last) VALUES (?, 'val/acc', 1, ?)", (place, value)
            )
        found = {
            group.key[0]: group.cells[0]
            for group in read_groups(database, search.Query(), [Field("attribute", "name")], [ACC])
        }
    assert found.keys() == {name for name, _ in values}
    for name, spread in found.items():
        finite = [value for other, value in values if other == name and math.isfinite(value)]
        assert isinstance(spread, Spread) == bool(finite)
        if isinstance(spread, Spread):
            assert spread.count == len(finite)
            assert spread.mean == pytest.approx(statistics.fmean(finite), rel=1e-6, abs=1e-30)
            assert (spread.deviation is None) == (len(finite) < 2)
            if spread.deviation is not None:
                scale = max(map(abs, finite))
                exact = statistics.stdev(finite)
                assert spread.deviation == pytest.approx(exact, rel=1e-5, abs=1e-12 * scale + 1e-150)


@pytest.mark.parametrize(
    ("mean", "deviation", "text"),
    [
        (0.94214, 0.01312, "0.942±0.013"),
        (12.0, None, "12"),
        (0.5, 0.0, "0.5000"),
        (1234.5, 87.0, "1234±87"),
        (1e-9, 2e-10, "1.000e-9±2.000e-10"),
        (1e12, 1e11, "1.000e12±1.000e11"),
    ],
)
def test_a_mean_is_told_as_far_as_it_is_certain(mean: float, deviation: float | None, text: str) -> None:
    assert formats.spread(mean, deviation) == text


def _sorted(reader: Reader, query: search.Query, by: list[Field], fields: list[Field]) -> list[Group]:
    sort = query.order[0] if query.order else None
    return sorted_groups(read_groups(reader, query, by, fields), by, fields, sort)


def test_groups_hold_all_runs_and_are_sorted_by_what_they_reached(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    query = search.Query(experiments=(1,), order=(Sort(ACC, descending=True),))
    groups = _sorted(reader, query, [LR], [ACC, Field("attribute", "experiment"), Field("attribute", "id")])
    assert [group.key for group in groups] == [("0.1",), ("0.03",), ("0.01",)]
    everything = []
    for group in groups:
        run_ids = search.ids(reader, runs_of(query, [LR], group.key))
        values = search.column(reader, run_ids, ACC)
        spread, experiment, own = group.cells
        assert isinstance(spread, Spread) and group.runs == len(run_ids)
        assert spread.mean == pytest.approx(statistics.fmean(float(value or 0) for value in values.values()))
        assert (experiment, own) == ("churn", None)
        # Within a group, as the query says.
        assert sorted(run_ids, key=lambda run_id: -float(values[run_id] or 0)) == run_ids
        assert keys_of(reader, query, [LR], run_ids) == {group.key: len(run_ids)}
        everything += run_ids
    assert sorted(everything) == sorted(search.ids(reader, query))


@pytest.mark.parametrize(
    "by",
    [
        [Field("attribute", "parent")],
        [Field("attribute", "status"), Field("tag", "team")],
        [Field("param", "nobody")],
        [Field("param", "lr"), Field("param", "depth"), Field("attribute", "experiment")],
        [Field("dataset", "name")],
        [Field("attribute", "pid")],
    ],
    ids=str,
)
def test_the_runs_of_all_groups_are_the_runs_of_the_query(tmp_path: Path, by: list[Field]) -> None:
    reader = open_reader(sample_store(tmp_path))
    shown = compile_filter("status = finished or status = running", Names())
    for query in (search.Query(), search.Query(filter=shown)):
        groups = read_groups(reader, query, by, [ACC])
        found = [search.ids(reader, runs_of(query, by, group.key)) for group in groups]
        assert [len(run_ids) for run_ids in found] == [group.runs for group in groups]
        assert sorted(chain.from_iterable(found)) == sorted(search.ids(reader, query))
        keys = [group.key for group in groups[:2]]
        assert {group.key: group for group in read_groups(reader, query, by, [ACC], keys)} == {
            group.key: group for group in groups[:2]
        }


def test_more_columns_than_sqlite_joins_tables(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    fields = [Field("metric", f"none{place}") for place in range(90)]
    groups = read_groups(reader, search.Query(), [LR], [*fields, ACC])
    assert {group.key: group.cells[90] for group in groups} == {
        group.key: group.cells[0] for group in read_groups(reader, search.Query(), [LR], [ACC])
    }


def test_groups_without_a_sort_key_of_theirs_stand_by_their_values(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    keys = [group.key for group in _sorted(reader, search.Query(), [LR, Field("tag", "team")], [])]
    assert keys[0] == ("0.001", None)
    assert keys[1:3] == [("0.01", "tabular"), ("0.01", "vision")]
    down = search.Query(order=(Sort(LR, descending=True),))
    assert [group.key[0] for group in _sorted(reader, down, [LR], [])] == ["0.1", "0.03", "0.01", "0.001"]


def test_the_outline_of_the_table(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    columns = columns_of([Field("attribute", "name"), ACC, LR, Field("attribute", "started")])
    groups = read_groups(reader, search.Query(experiments=(1,)), [LR], summed_fields(columns))
    outline = outline_of(reader, groups, [LR], columns, {("0.03",)}, None, NOW)
    assert [heading.name for heading in outline.headings] == ["lr=0.01", "lr=0.03", "lr=0.1"]
    assert outline.length == 3 + 4
    texts = outline.headings[0].texts
    assert formats.SPREAD in texts[1] and texts[2] == "0.01"


TEAM = Field("tag", "team")


def _tag(store: Store, run_id: int, team: str) -> None:
    with writing(store) as database:
        edits.make(database, [edits.Change(run_id, tags={"team": team})])


def _add(store: Store, run_id: int) -> None:
    add_run(store, "new", uid="f" * 32, tags={"team": "new"}, metrics={"val/acc": [0.5]})


def _log(store: Store, run_id: int) -> None:
    with writing(store) as database:
        series.append(database, run_id, {"val/acc": points([0.25], first_step=99)}, {})
        runs.touch(database, [run_id])


@pytest.mark.parametrize(
    "change",
    [
        _log,
        _add,
        lambda store, run_id: _tag(store, run_id, "others"),
        lambda store, run_id: _tag(store, run_id, "vision"),
    ],
    ids=["values", "new run", "another group", "a group there is"],
)
def test_after_a_change_the_groups_are_those_that_are_read_anew(
    tmp_path: Path, change: Callable[[Store, int], None]
) -> None:
    store = sample_store(tmp_path)
    reader = open_reader(store)
    kept, query = KeptGroups(), search.Query()
    before = kept.read(reader, query, [TEAM], [ACC])
    run_id = search.ids(reader, runs_of(query, [TEAM], ("tabular",)))[0]
    seen = runs.revision(reader)
    change(store, run_id)
    kept.change(frozenset(runs.changed_since(reader, seen)))
    after = kept.read(reader, query, [TEAM], [ACC])
    anew = read_groups(reader, query, [TEAM], [ACC])
    assert {group.key: group for group in after} == {group.key: group for group in anew}
    assert {group.key: group for group in after} != {group.key: group for group in before}


def test_only_the_groups_of_changed_runs_are_summed_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sample_store(tmp_path)
    reader = open_reader(store)
    kept, query = KeptGroups(), search.Query()
    kept.read(reader, query, [LR], [ACC])
    asked: list[object] = []

    def read(*arguments: Any) -> list[Group]:
        asked.append(arguments[4] if len(arguments) > 4 else None)
        return read_groups(*arguments)

    monkeypatch.setattr(kept_groups, "read_groups", read)
    kept.change(frozenset(search.ids(reader, runs_of(query, [LR], ("0.1",)))[:1]))
    kept.read(reader, query, [LR], [ACC])
    kept.read(reader, query, [LR], [ACC])
    assert [list(keys) for keys in asked if isinstance(keys, dict)] == [[("0.1",)]] and len(asked) == 1
    kept.forget()
    kept.read(reader, query, [LR], [ACC])
    assert asked[1:] == [None]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_harmless_as_titles(value: str) -> None:
    assert_harmless(title([Field("param", value), Field("attribute", "parent")], (value, value)))


def test_what_runs_can_be_grouped_by() -> None:
    fields = groupable(Names(frozenset({"loss"}), frozenset({"lr"}), frozenset({"team"})))
    assert fields[0] == LR
    assert Field("attribute", "parent") in fields and Field("tag", "team") in fields
    assert all(field.kind != "metric" for field in fields)


outlines = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6).map(
    lambda groups: Outline(
        [Heading((str(place),), str(place), (), size, opened) for place, (size, opened) in enumerate(groups)]
    )
)


@given(outlines)
def test_lines_and_rows_are_counted_alike(outline: Outline) -> None:
    expected: list[Heading | int] = []
    count = 0
    for heading in outline.headings:
        expected.append(heading)
        if heading.opened:
            expected += range(count, count + heading.runs)
            count += heading.runs
    lines = [outline.at(line) for line in range(outline.length)]
    assert lines == expected
    for line, at in enumerate(lines):
        if isinstance(at, Heading):
            assert outline.line_of(at.key) == line
        else:
            assert outline.line_of_row(at) == line
    for first in range(outline.length):
        for last in range(first, outline.length):
            rows = [line for line in lines[first : last + 1] if not isinstance(line, Heading)]
            assert outline.rows(first, last) == ((rows[0], rows[-1]) if rows else None)
    with pytest.raises(IndexError):
        outline.at(outline.length)


@given(outlines, st.integers(0, 20), st.integers(0, 20))
def test_rows_are_found_in_their_groups(outline: Outline, first: int, count: int) -> None:
    rows = [
        (heading.key, row) for heading in outline.headings if heading.opened for row in range(heading.runs)
    ]
    parts = outline.parts(first, count)
    assert [(key, row) for key, before, wanted in parts for row in range(before, before + wanted)] == rows[
        first : first + count
    ]
    for heading in outline.headings:
        before = outline.rows_before(heading.key)
        assert (before is None) == (not heading.opened)
        if before is not None and heading.runs:
            assert rows[before] == (heading.key, 0)


def test_a_group_is_opened_and_closed() -> None:
    outline = Outline([Heading((str(place),), "", (), 2, False) for place in range(3)])
    opened = outline.toggled(("1",))
    assert (outline.length, opened.length) == (3, 5)
    assert opened.parts(0, 9) == [(("1",), 0, 2)]
    assert opened.toggled(("1",)) == outline
    assert outline.toggled(("gone",)) == outline


def test_rows_below_closed_headings_are_never_asked_for() -> None:
    held = HeldRows()
    headings = [Heading((str(place),), "", (), 200, place == 1) for place in range(3)]
    held.begin(1, 600, Outline(headings), same_columns=True)
    assert held.length == 203
    assert held.wanted(0, 0) is None
    assert held.wanted(0, 202) == (0, 200)
    assert held.wanted(0, 202) is None
    assert held.at(0) == headings[0]
    assert held.at(2) is None
