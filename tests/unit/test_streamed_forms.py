"""A table that is written row by row is the table that is written at once."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.locate import Store
from tests.command_line import caller
from tests.sample import add_run
from tui_tracker.text.forms import csv_table, json_list, render
from tui_tracker.text.table import Column, Table, Value

values: st.SearchStrategy[Value] = st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=20))


@given(st.lists(st.tuples(values, values), max_size=5))
def test_rows_as_they_come_are_the_rows_of_the_whole(rows: list[tuple[Value, ...]]) -> None:
    table = Table((Column("a"), Column("b\n")), tuple(rows))
    keys = [column.key for column in table.columns]
    assert json.loads("\n".join(json_list(keys, rows))) == json.loads(render(table, "json"))
    assert "\n".join(csv_table(keys, rows)).rstrip("\n") == render(table, "csv")


def test_a_list_longer_than_what_is_read_at_a_time(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_tracker.text.ls._PAGE", 3)
    for place in range(10):
        add_run(store, f"run-{place}", uid=f"{place:032x}", metrics={"loss": [math.nan, float(place)]})
    call = caller(capsys)
    arguments = ("ls", "--store", str(store.directory), "--sort", "name", "--columns", "name,loss")
    names = [f"run-{place}" for place in range(10)]
    assert [row["name"] for row in call(*arguments, "--json").json] == names
    assert [row["name"] for row in call(*arguments, "--csv", "--limit", "7").rows] == names[:7]
    assert "showing 4 of 10 runs" in call(*arguments, "--limit", "4").output
