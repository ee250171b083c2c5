"""Runs in groups: means and spreads, the order of groups, the lines of the list."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store import search
from logger.store.connection import open_reader
from logger.store.fields import Field, Names, Sort
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, sample_store
from tui_tracker.model import formats
from tui_tracker.model.columns import columns_of
from tui_tracker.model.grouping import Spread, groupable, read_groups, read_outline, title
from tui_tracker.model.held_rows import HeldRows
from tui_tracker.model.outline import Heading, Outline

LR, ACC = Field("param", "lr"), Field("metric", "val/acc")
floats = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(st.lists(floats, max_size=8))
def test_mean_and_spread_are_those_of_the_finite_numbers(values: list[float]) -> None:
    found = Spread.of(values)
    finite = [value for value in values if math.isfinite(value)]
    assert (found is None) == (not finite)
    if found is not None:
        assert found.count == len(finite)
        assert found.mean == pytest.approx(statistics.fmean(finite))
        if len(finite) > 1:
            assert found.deviation == pytest.approx(statistics.stdev(finite), rel=1e-6, abs=1e-30)


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


def test_groups_hold_all_runs_and_are_sorted_by_what_they_reached(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    query = search.Query(experiments=(1,), order=(Sort(ACC, descending=True),))
    groups = read_groups(reader, query, [LR], [ACC, Field("attribute", "experiment")])
    assert [group.key for group in groups] == [("0.1",), ("0.03",), ("0.01",)]
    assert sorted(run_id for group in groups for run_id in group.run_ids) == sorted(search.ids(reader, query))
    for group in groups:
        values = search.column(reader, group.run_ids, ACC)
        spread, experiment = group.cells
        assert isinstance(spread, Spread)
        assert spread.mean == pytest.approx(statistics.fmean(float(value or 0) for value in values.values()))
        assert experiment == "churn"
        # Within a group, as the query says.
        assert sorted(group.run_ids, key=lambda run_id: -float(values[run_id] or 0)) == list(group.run_ids)


def test_groups_without_a_sort_key_of_theirs_stand_by_their_values(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    keys = [group.key for group in read_groups(reader, search.Query(), [LR, Field("tag", "team")])]
    assert keys[0] == ("0.001", None)
    assert keys[1:3] == [("0.01", "tabular"), ("0.01", "vision")]
    down = search.Query(order=(Sort(LR, descending=True),))
    assert [group.key[0] for group in read_groups(reader, down, [LR])] == ["0.1", "0.03", "0.01", "0.001"]


def test_the_outline_of_the_table(tmp_path: Path) -> None:
    reader = open_reader(sample_store(tmp_path))
    columns = columns_of([Field("attribute", "name"), ACC, LR, Field("attribute", "started")])
    outline = read_outline(reader, search.Query(experiments=(1,)), [LR], columns, {("0.03",)}, NOW)
    assert [heading.name for heading in outline.headings] == ["lr=0.01", "lr=0.03", "lr=0.1"]
    assert outline.length == 3 + 4
    texts = outline.headings[0].texts
    assert formats.SPREAD in texts[1] and texts[2] == "0.01"


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
        [
            Heading((str(place),), str(place), (), tuple(range(place * 10, place * 10 + size)), opened)
            for place, (size, opened) in enumerate(groups)
        ]
    )
)


@given(outlines)
def test_lines_and_rows_are_counted_alike(outline: Outline) -> None:
    expected: list[Heading | int] = []
    for heading in outline.headings:
        expected.append(heading)
        if heading.opened:
            expected += heading.run_ids
    lines = [outline.at(line) for line in range(outline.length)]
    found = [line if isinstance(line, Heading) else outline.run_ids[line] for line in lines]
    assert found == expected
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


def test_a_group_is_opened_and_closed() -> None:
    outline = Outline([Heading((str(place),), "", (), (place, place + 10), False) for place in range(3)])
    opened = outline.toggled(("1",))
    assert (outline.length, opened.length) == (3, 5)
    assert opened.run_ids == (1, 11)
    assert opened.toggled(("1",)) == outline
    assert outline.toggled(("gone",)) == outline


def test_rows_below_closed_headings_are_never_asked_for() -> None:
    held = HeldRows()
    headings = [Heading((str(place),), "", (), tuple(range(200)), place == 1) for place in range(3)]
    held.begin(1, 600, Outline(headings), same_columns=True)
    assert held.length == 203
    assert held.wanted(0, 0) is None
    assert held.wanted(0, 202) == (0, 200)
    assert held.wanted(0, 202) is None
    assert held.at(0) == headings[0]
    assert held.at(2) is None
