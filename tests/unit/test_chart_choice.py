"""Which charts there are: tabs, phases together, pins, hidden ones, pages; and what survives being remembered."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.model.chart_choice import ALL, ChartChoice, phase_of, tabs_of
from tui_tracker.model.chart_paging import SHAPES, Paging, next_shape

TITLES = ["val/loss", "train/loss", "train/acc", "lr", "system/cpu", "gen/[/]"]


def names(choice: ChartChoice, titles: list[str] | None = None) -> list[str]:
    return [chart.title for chart in choice.charts(titles or TITLES)]


def test_prefixes_are_tabs_in_the_order_they_are_looked_at() -> None:
    assert tabs_of(TITLES) == [ALL, "train", "val", "gen", "system"]
    assert tabs_of(["loss", "acc"]) == [ALL] == tabs_of(["val/loss", "val/acc"])
    choice = ChartChoice()
    seen = []
    for _ in range(5):
        choice = choice.turned(TITLES, 1)
        seen.append((choice.prefix, len(names(choice))))
    assert seen == [("train", 2), ("val", 1), ("gen", 1), ("system", 1), (ALL, 6)]
    assert ChartChoice().turned(TITLES, -1).prefix == "system"


@pytest.mark.parametrize(
    ("title", "phase"),
    [
        ("train/loss", ("train", "loss")),
        ("validation_loss", ("val", "loss")),
        ("loss/test", ("test", "loss")),
        ("train/head/loss", ("train", "head/loss")),
        ("trainer/loss", None),
        ("train", None),
        ("train/", None),
        ("loss", None),
    ],
)
def test_a_name_tells_the_phase_of_training(title: str, phase: tuple[str, str] | None) -> None:
    assert phase_of(title) == phase


def test_phases_of_one_name_share_a_chart() -> None:
    choice = ChartChoice(together=True)
    assert names(choice) == ["loss (train, val)", "train/acc", "lr", "system/cpu", "gen/[/]"]
    first = choice.charts(TITLES)[0]
    assert [(member.title, member.variant) for member in first.members] == [
        ("val/loss", "val"),
        ("train/loss", "train"),
    ]
    assert names(replace(choice, prefix="val")) == ["loss (train, val)"]


def test_pinned_charts_come_first_and_hidden_ones_not_at_all() -> None:
    choice = ChartChoice().pin_toggled("lr").moved("system/cpu", 1).moved("system/cpu", -1)
    assert names(choice)[:2] == ["system/cpu", "lr"]
    assert "lr" not in names(choice.hiding_toggled("lr"))
    assert names(choice.pin_toggled("lr").pin_toggled("system/cpu")) == TITLES


@given(
    st.builds(
        ChartChoice,
        st.text(max_size=9),
        st.booleans(),
        st.lists(st.text(max_size=9), unique=True).map(tuple),
        st.frozensets(st.text(max_size=9)),
    )
)
def test_a_choice_survives_being_remembered(choice: ChartChoice) -> None:
    assert ChartChoice.from_json(json.loads(json.dumps(choice.to_json()))) == choice


@pytest.mark.parametrize(
    "written", [None, 3, [], {"prefix": 3, "pinned": "x", "hidden": [1, None], "together": 1}]
)
def test_what_is_not_understood_is_as_if_it_were_not_there(written: object) -> None:
    assert ChartChoice.from_json(written) == ChartChoice()


def test_shapes_that_are_asked_for_are_followed_as_far_as_there_is_room() -> None:
    shape = None
    seen = []
    for _ in range(len(SHAPES) + 1):
        shape = next_shape(shape)
        seen.append(shape)
    assert seen == [*SHAPES, None]
    assert Paging(220, 60, wanted=(4, 4)).shape(16) == (4, 4)
    assert Paging(60, 14, wanted=(4, 4)).shape(16) == (2, 2)
    assert Paging(220, 60, maximised=True, wanted=(4, 4)).shape(16) == (1, 1)


def test_the_metrics_of_the_charts_in_view_are_read_and_those_along_the_x_axis() -> None:
    paging = Paging(220, 60, wanted=(1, 1), choice=ChartChoice(together=True), besides=frozenset(["lr"]))
    assert paging.shown(TITLES) == {"val/loss", "train/loss", "lr"}
    assert replace(paging, current="system/cpu").shown(TITLES) == {"system/cpu", "lr"}
    assert replace(paging, choice=ChartChoice(hidden=frozenset(TITLES))).shown(TITLES) == {"lr"}
