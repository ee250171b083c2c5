"""Pictures of many runs: where their marks are, and that nothing a store holds breaks them."""

from __future__ import annotations

import math

import pytest
from rich.cells import cell_len

from logger.store.fields import Field
from tests.hostile import HOSTILE, assert_harmless
from tui_tracker.model.brush import Brush
from tui_tracker.model.importance import importances
from tui_tracker.model.spread import groups_of
from tui_tracker.model.variables import Variable
from tui_tracker.plotting import boxes, importance, parallel, roles, scatter
from tui_tracker.plotting.picture import Picture
from tui_tracker.plotting.ramp import STEPS, colouring
from tui_tracker.plotting.scatter import Scatter
from tui_tracker.plotting.scatter_page import next_spot


def param(key: str, *values: object) -> Variable:
    return Variable(Field("param", key), tuple(None if value is None else str(value) for value in values))


def metric(*values: float | None) -> Variable:
    return Variable(Field("metric", "loss"), values)


def at(picture: Picture, column: int, row: int) -> str:
    return picture.text().split("\n")[row][column]


def test_a_run_stands_where_its_values_are() -> None:
    picture = scatter.draw(Scatter(param("x", 0, 10, 5), metric(0.0, 10.0, 5.0)), 80, 24)
    left, right, middle = picture.spots
    assert left and right
    assert left[0] < middle[0] < right[0] and left[1] > middle[1] > right[1]
    assert abs((left[0] + right[0]) / 2 - middle[0]) <= 1 and abs((left[1] + right[1]) / 2 - middle[1]) <= 1
    assert {at(picture, *spot) for spot in (left, right, middle)} == {"●"}


def test_what_is_not_drawn_is_told() -> None:
    picture = scatter.draw(
        Scatter(param("x", 0, 10, 5, None), metric(1.0, 10.0, math.nan, 1.0), log_x=True), 90, 24
    )
    assert [spot is not None for spot in picture.spots] == [False, True, False, False]
    title = picture.text().split("\n")[0]
    assert (
        "1 run ·" in title
        and "2 without a value" in title
        and "1 not > 0 hidden" in title
        and "log x" in title
    )
    nothing = scatter.draw(Scatter(param("x", -1, None), metric(1.0, 2.0), log_x=True), 80, 24)
    assert "no run has both x and loss" in nothing.text()


def test_runs_behind_others_are_told() -> None:
    picture = scatter.draw(Scatter(param("x", 0, 1, 1, 1), metric(0.0, 1.0, 1.0, 1.0)), 90, 24)
    assert "4 runs · 2 behind others" in picture.text() and picture.spots[1] == picture.spots[3]


def test_equal_places_on_a_logarithmic_axis() -> None:
    picture = scatter.draw(Scatter(param("x", 1, 10, 100), metric(1.0, 1.0, 1.0), log_x=True), 81, 20)
    columns = [spot[0] for spot in picture.spots if spot]
    assert abs((columns[2] - columns[1]) - (columns[1] - columns[0])) <= 1


def test_colours_of_few_values_and_of_many_numbers() -> None:
    few = colouring(param("kind", "a", "b", None, "a"), 4)
    assert few.steps == (0, 1, -1, 0) and [key.label for key in few.keys] == ["a", "b", "none"]
    assert [key.runs for key in few.keys] == [2, 1, 1] and len({key.glyph for key in few.keys}) == 3
    many = colouring(metric(*map(float, range(100))), 100)
    assert len(many.keys) == STEPS and all(15 <= key.runs <= 25 for key in many.keys)
    assert list(many.steps) == sorted(many.steps)
    assert len(colouring(None, 3).keys) == 1


def test_the_cursor_goes_to_the_next_spot_in_a_direction() -> None:
    spots = [(10, 10), (20, 10), (11, 2), None, (20, 10)]
    assert next_spot(spots, None, 1, 0) == 0
    assert next_spot(spots, 0, 1, 0) == 1 and next_spot(spots, 1, 1, 0) == 4
    assert next_spot(spots, 4, -1, 0) == 1 and next_spot(spots, 1, -1, 0) == 0
    assert next_spot(spots, 0, 0, 1) == 2 and next_spot(spots, 2, 0, -1) == 0
    assert next_spot(spots, 0, -1, 0) == 0 and next_spot([None], None, 1, 0) is None


def test_a_box_lies_between_its_quartiles() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 30.0]
    measured, by = metric(*values, 4.0, 5.0), param("kind", *["a"] * 9, "b", "b")
    picture = boxes.draw(boxes.Boxes(measured, by, tuple(groups_of(measured, by))), 100, 16)
    spot = picture.spots[0]
    assert spot is not None
    row = picture.text().split("\n")[spot[1]]
    assert "a (9)" in row
    assert (
        row.index("├") < row.index("░") < row.index("┃") < row.rindex("░") < row.rindex("┤") < row.index("∘")
    )
    other = picture.text().split("\n")[picture.spots[1][1]]  # type: ignore[index]
    assert other.count("●") == 2 and "░" not in other


def test_more_groups_than_rows_are_told() -> None:
    measured, by = metric(*map(float, range(60))), param("kind", *range(60))
    picture = boxes.draw(boxes.Boxes(measured, by, tuple(groups_of(measured, by))), 100, 16)
    assert "showing 13 of 60 groups" in picture.text() and picture.spots[13:] == (None,) * 47


def test_lines_of_runs_outside_of_a_range_are_faint() -> None:
    depth, loss = param("depth", 0, 1), metric(0.0, 1.0)
    brush = Brush().moved(depth, "high", -1)
    picture = parallel.draw(parallel.Parallel((depth, loss), brush=brush), 60, 16)
    assert "1 inside" in picture.text()
    found = {
        span.role
        for row in picture.rows[2:-1]
        for span in row
        if any("\u2801" <= c <= "\u28ff" for c in span.text)
    }
    assert found == {roles.GRIDLINE, roles.series_role(0)}


def test_a_missing_value_has_a_row_of_its_own() -> None:
    picture = parallel.draw(parallel.Parallel((param("a", 1, 2, 3), param("b", 1, None, 2))), 60, 16)
    lines = picture.text().split("\n")
    assert "none" in lines[-2] and "none" not in "".join(lines[:-2])


def test_a_constant_and_categories_have_axes() -> None:
    shown = parallel.Parallel((param("same", 5, 5), param("kind", "adam", "sgd"), metric(0.1, 0.2)), chosen=1)
    text = parallel.draw(shown, 80, 20).text()
    assert "same" in text and "▸kind" in text and "adam" in text and "sgd" in text
    lonely = parallel.draw(parallel.Parallel((metric(1.0, 2.0),)), 80, 20)
    assert "two variables" in lonely.text()


def test_bars_are_as_long_as_they_are_strong() -> None:
    values = list(range(20))
    found = importances(metric(*map(float, values)), [param("lr", *values), param("same", *[1] * 20)])
    lines = importance.draw(importance.Bars(found), 100, 12).text().split("\n")
    assert "█" * 40 in lines[2] and "+1.00" in lines[2]
    assert "same in all" in lines[3]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("size", [(160, 45), (80, 24), (24, 9), (5, 2), (1, 1)])
def test_hostile_names_and_values_keep_every_row_whole(size: tuple[int, int], ascii_only: bool) -> None:
    width, height = size
    count = len(HOSTILE)
    names = [Variable(Field("param", text), tuple(HOSTILE)) for text in HOSTILE]
    loss = metric(*map(float, range(count)))
    groups = tuple(groups_of(loss, names[0]))
    found = importances(loss, [param("lr", *range(count)), *names])
    pictures = [
        scatter.draw(Scatter(names[0], loss, names[1], ascii_only=ascii_only), width, height),
        parallel.draw(parallel.Parallel((*names, loss), names[0], ascii_only=ascii_only), width, height),
        boxes.draw(boxes.Boxes(loss, names[4], groups, ascii_only=ascii_only), width, height),
        importance.draw(importance.Bars(found, ascii_only=ascii_only), width, height),
    ]
    for picture in pictures:
        assert len(picture.rows) == height
        for row in picture.rows:
            text = "".join(span.text for span in row)
            assert cell_len(text) == width
            assert_harmless(text)


def test_ten_thousand_runs_are_drawn() -> None:
    count = 10_000
    x, y = param("x", *range(count)), metric(*(float(place % 97) for place in range(count)))
    assert sum(spot is not None for spot in scatter.draw(Scatter(x, y, y), 160, 45).spots) == count
    assert "10,000 runs" in parallel.draw(parallel.Parallel((x, y)), 160, 45).text()
