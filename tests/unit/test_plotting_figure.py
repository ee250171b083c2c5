"""Charts as characters: what stands where, and that nothing a run is called can break a row."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_tracker.plotting import palette, roles
from tui_tracker.plotting.chart import Curve, MetricCurve, curves_of, snap, values_at
from tui_tracker.plotting.figure import draw, plot
from tui_tracker.plotting.grid import cells_of, fit
from tui_tracker.plotting.layout import shortened, spread
from tui_tracker.plotting.plot import Drawing
from tui_tracker.plotting.spec import ChartSpec, View, XAxis

SPEC = ChartSpec(title="val/loss", width=70, height=16)


def curve(label: str = "brave-otter", slot: int = 0, y: np.ndarray | None = None) -> Curve:
    values = np.linspace(1 + slot, 0.1, 50) if y is None else y
    return Curve(label, label, np.arange(float(len(values))), values, slot)


def roles_in(drawing: Drawing) -> set[int]:
    return {span.role for row in drawing.rows for span in row if span.text.strip()}


def widths(drawing: Drawing) -> set[int]:
    return {cell_len("".join(span.text for span in row)) for row in drawing.rows}


def test_a_chart_names_its_metric_axis_and_runs() -> None:
    drawing = draw(SPEC, [curve(), curve("calm-heron", 1)])
    lines = drawing.text().split("\n")
    assert len(lines) == SPEC.height
    assert lines[0].startswith("val/loss") and lines[0].endswith("step")
    assert "● brave-otter" in drawing.text() and "◆ calm-heron" in drawing.text()
    assert {roles.series_role(0), roles.series_role(1), roles.AXIS, roles.TICK, roles.TITLE} <= roles_in(
        drawing
    )
    assert "0" in lines[-1] and "40" in lines[-1]


def test_lines_are_told_apart_without_colour() -> None:
    text = draw(replace(SPEC, labels=False), [curve(), curve("calm-heron", 1)]).text()
    assert text.count("●") >= 2 and text.count("◆") >= 2


hostile = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "run[/]1",
            "[@click=app.quit]x[/]",
            "日本語の実験の名前です",
            "e" + "\u0301" * 2000,
            "👩\u200d🚀🇩🇪❤\ufe0f",
            "\u202ereversed",
            "\x1b[2J",
            "",
            " ",
        ]
    ),
)


@settings(max_examples=40)
@given(hostile, hostile, st.integers(1, 90), st.booleans())
def test_no_label_changes_the_width_of_a_row(label: str, title: str, width: int, ascii_only: bool) -> None:
    spec = replace(SPEC, title=title, width=width, ascii_only=ascii_only, cursor=20.0)
    drawing = draw(spec, [curve(label), curve("other", 1)])
    assert widths(drawing) == {width}
    if ascii_only and drawing.width >= 20:
        assert drawing.text().isascii()


@given(st.text(max_size=30), st.integers(0, 20))
def test_text_fits_its_cells(text: str, width: int) -> None:
    cells = fit(text, width)
    assert cell_len("".join(cells)) == len(cells) <= width
    assert len(cells_of(text)) == cell_len("".join(cells_of(text)))


def test_smoothing_leaves_the_raw_line_faint_behind() -> None:
    y = np.random.default_rng(0).normal(size=400)
    drawn = plot(replace(SPEC, smoothing=0.9), [curve(y=y)])
    drawing = drawn.drawing()
    assert {roles.faint_role(0), roles.series_role(0)} <= roles_in(drawing)
    assert roles.faint_role(0) not in roles_in(draw(SPEC, [curve(y=y)]))
    assert "smooth 0.9" in drawing.text()
    np.testing.assert_array_equal(drawn.curves[0].raw, y)


def test_values_without_a_height_are_marked_on_the_axis_and_explained() -> None:
    y = np.ones(51)
    y[[10, 25, 40]] = math.nan, math.inf, -math.inf
    lines = draw(replace(SPEC, labels=False), [curve(y=y)]).text().split("\n")
    axis = lines[-2]
    assert axis.index("×") < axis.index("↑") < axis.index("↓")
    assert "× NaN" in lines[0] and "↑ +Inf" in lines[0] and "↓ -Inf" in lines[0]


def test_a_series_of_nothing_but_nan_says_so() -> None:
    drawing = draw(SPEC, [curve(y=np.full(9, math.nan))])
    assert "only NaN or Inf here" in drawing.text()
    assert "×" in drawing.text()


def test_no_points_yet_and_no_room() -> None:
    assert "no points yet" in draw(SPEC, []).text()
    assert "no points yet" in draw(SPEC, [curve(y=np.empty(0))]).text()
    assert draw(replace(SPEC, width=9, height=3), [curve()]).text().startswith("val/loss")


def test_a_logarithmic_axis_tells_what_it_hides() -> None:
    text = draw(replace(SPEC, log_y=True), [curve(y=np.array([0.0, 1, 10, 100]))]).text()
    assert "1 not > 0 hidden" in text and "log y" in text
    assert "no" in draw(replace(SPEC, log_x=True), [curve(y=np.array([1.0]))]).text()


@pytest.mark.parametrize("y", [[1.0], [5.0, 5.0, 5.0], [1e308, -1e308], [1e16, 1e16 + 2], [1e-310, 2e-310]])
@pytest.mark.parametrize("log_y", [False, True])
def test_odd_values_are_drawn(y: list[float], log_y: bool) -> None:
    drawing = draw(replace(SPEC, log_y=log_y, cursor=1.0, smoothing=0.5), [curve(y=np.array(y))])
    assert widths(drawing) == {SPEC.width}


def test_the_cursor_reads_the_value_of_every_run() -> None:
    drawn = plot(SPEC, [curve(), curve("calm-heron", 1)])
    lines = drawn.drawing(cursor=49.0).text().split("\n")
    assert lines[-1].split() == ["49", "●", "brave-otter", "0.1", "◆", "calm-heron", "0.1"]
    assert "│" in "\n".join(lines[1:-2])
    assert roles.CURSOR in roles_in(drawn.drawing(20.0))
    assert roles.CURSOR not in roles_in(drawn.drawing())


def test_a_cursor_with_more_runs_than_room_counts_the_rest() -> None:
    drawing = draw(replace(SPEC, width=40, cursor=3.0), [curve(f"run-{i}", i) for i in range(9)])
    assert drawing.text().split("\n")[-1].rstrip().split()[-1].startswith("+")


def test_more_runs_than_rows_are_counted() -> None:
    text = draw(replace(SPEC, height=10), [curve(f"run-{i}", i) for i in range(12)]).text()
    assert "more" in text


def test_values_at_takes_the_nearest_and_of_equals_the_latest() -> None:
    repeated = Curve("a", "a", np.array([0.0, 5, 5, 9]), np.array([1.0, 2, 3, 4]))
    assert [reading.y for reading in values_at([repeated, curve(y=np.empty(0))], 5.4)] == [3.0]
    assert values_at([repeated], 100)[0].x == 9


def test_a_cursor_snaps_to_points_and_gets_past_wide_gaps() -> None:
    sparse = [Curve("a", "a", np.array([0.0, 100, 200]), np.zeros(3))]
    assert snap(sparse, 90) == 100
    assert snap(sparse, 103, away_from=100) == 200
    assert snap(sparse, 97, away_from=100) == 0
    assert snap(sparse, 203, away_from=200) == 200
    assert snap([], 7) == 7


def test_points_under_a_column_are_found_again() -> None:
    drawn = plot(SPEC, [curve()])
    assert drawn.x_at(drawn.left) == 0
    assert drawn.x_at(drawn.left - 1) is None
    assert drawn.x_at(SPEC.width - 1) is None


@given(st.lists(st.integers(0, 9), max_size=10).map(sorted))
def test_labels_get_rows_of_their_own(wanted: list[int]) -> None:
    rows = spread(wanted, 10)
    assert rows == sorted(set(rows))
    assert len(rows) == len(wanted)
    assert all(0 <= row < 10 for row in rows)


def test_x_is_the_step_the_time_since_start_or_the_clock() -> None:
    metric = MetricCurve(
        "k", "run", np.array([3]), np.array([1_700_000_090_500]), np.array([1.0]), 1_700_000_000.0
    )
    found = [curves_of([metric], axis, {"k": 4})[0] for axis in XAxis]
    assert [c.x.tolist() for c in found[:3]] == [[3.0], [90.5], [1_700_000_090.5]]
    assert np.isnan(found[3].x).all()
    assert found[0].slot == 4
    assert XAxis.WALL.next() is XAxis.STEP
    assert (XAxis.STEP.format(1200.0), XAxis.RELATIVE.format(90.0)) == ("1200", "1m30s")


def test_zoom_keeps_the_place_and_ends_at_the_whole() -> None:
    whole = (0.0, 100.0)
    view = View().zoomed(2, 25, whole)
    assert view.window == (12.5, 62.5)
    assert view.zoomed(0.5, 25, whole).window is None
    assert view.panned(10, whole).window == (50, 100)
    assert view.panned(-10, whole).window == (0, 50)
    assert View().panned(1, whole).window is None
    low, high = View(log_x=True).zoomed(2, 10, (1.0, 100.0)).window or (0, 0)
    assert (low, high) == pytest.approx((10**0.5, 10**1.5))


def test_smoothing_goes_in_steps_to_its_ends() -> None:
    assert View().smoother(-1).smoothing == 0
    assert View().smoother(1).smoothing > 0
    assert View().smoother(100).smoothing < 1


def test_slots_stay_with_their_runs() -> None:
    first = palette.assign_slots(["a", "b", "c"], {})
    assert first == {"a": 0, "b": 1, "c": 2}
    assert palette.assign_slots(["d", "c", "a"], first) == {"d": 1, "c": 2, "a": 0}
    assert len(set(palette.GLYPHS)) == len(set(palette.ASCII_GLYPHS)) == len(set(palette.COLORS)) >= 8


def test_what_a_widget_imports_first_is_light() -> None:
    code = (
        "import sys, tui_tracker.plotting, tui_tracker.plotting.spec, tui_tracker.plotting.roles,"
        " tui_tracker.plotting.palette, tui_tracker.widgets.curve_grid;"
        "print([m for m in ('numpy', 'plotext') if m in sys.modules])"
    )
    path = {"PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_metric_along_x_is_the_latest_that_was_logged_by_then() -> None:
    epochs = MetricCurve(
        "k", "run", np.array([4, 0, 8]), np.zeros(3, np.int64), np.array([1.0, 0.0, 2.0]), 0.0
    )
    steps = np.array([-1, 0, 3, 4, 9])
    loss = MetricCurve("k", "run", steps, np.zeros(5, np.int64), np.arange(5.0), 0.0, across=epochs)
    np.testing.assert_array_equal(loss.x(XAxis.METRIC), [math.nan, 0, 0, 1, 2])
    view = View().with_axis(XAxis.METRIC, "epoch[/]")
    assert "epoch[/]" in draw(view.chart("loss", 70, 16), curves_of([loss], view.x_axis, {})).text()
    assert view.x_axis.next() is XAxis.STEP


def test_limits_that_were_set_are_the_ends_of_the_axes() -> None:
    spec = replace(SPEC, window=(10.0, math.inf), y_window=(-math.inf, 0.5))
    drawn = plot(spec, [curve()])
    assert drawn.x_scale is not None and drawn.y_scale is not None
    assert (drawn.x_scale.low, drawn.x_scale.high) == (10, 49)
    assert drawn.y_scale.high == 0.5 and drawn.y_scale.low < 0.1
    assert "y set" in drawn.drawing().text() and "zoom" in drawn.drawing().text()
    # What cannot be on a logarithmic axis is as if it had not been set.
    drawn = plot(replace(SPEC, log_y=True, y_window=(-1.0, 10.0)), [curve()])
    assert drawn.y_scale is not None and 0 < drawn.y_scale.low < 0.1 and drawn.y_scale.high == 10


def test_the_values_at_the_cursor_with_all_there_is_to_say() -> None:
    steps = np.arange(400)
    metrics = [
        MetricCurve(name, name, steps, 1_000 * steps, np.sin(steps / 9.0), 0.0)
        for name in ("otter[/]", "newt")
    ]
    spec = replace(SPEC, width=100, smoothing=0.9, detailed=True, x_axis=XAxis.RELATIVE, cursor=100.0)
    lines = draw(spec, curves_of(metrics, XAxis.RELATIVE, {})).text().split("\n")
    assert "value" in lines[1] and "smoothed" in lines[1] and "step" in lines[1] and "time" in lines[1]
    assert "otter[/]" in lines[2] and f"{math.sin(100 / 9):.6g}" in lines[2] and "1m40s" in lines[2]
    assert "newt" in lines[3] and widths(draw(spec, curves_of(metrics, XAxis.RELATIVE, {}))) == {100}
    narrow = replace(spec, width=40)
    assert "value" not in draw(narrow, curves_of(metrics, XAxis.RELATIVE, {})).text()


def test_a_rectangle_of_cells_is_a_part_of_both_axes() -> None:
    drawn = plot(replace(SPEC, labels=False), [curve()])
    assert drawn.x_scale is not None and drawn.y_scale is not None
    whole = (drawn.left, drawn.left + drawn.x_scale.dots - 1, 1, drawn.y_scale.dots)
    ranges = drawn.ranges(whole)
    assert ranges is not None
    assert ranges[0] == pytest.approx((drawn.x_scale.low, drawn.x_scale.high))
    assert ranges[1][0] < drawn.y_scale.low and ranges[1][1] > drawn.y_scale.high
    assert "┌" in drawn.drawing(box=(drawn.left, drawn.left + 5, 2, 6)).text()
    assert drawn.inside(-5, 99) == (drawn.left, drawn.y_scale.dots)


def test_long_names_lose_what_they_share_before_what_tells_them_apart() -> None:
    assert ["".join(name) for name in shortened(["lr0.1-seed0", "lr0.1-seed1"], 7)] == ["…-seed0", "…-seed1"]
    assert ["".join(name) for name in shortened(["otter", "newt"], 9)] == ["otter", "newt"]
    assert ["".join(name) for name in shortened(["otter-and-more", "newt"], 5)] == ["otte…", "newt"]
    assert ["".join(name) for name in shortened(["日本語-a", "日本語-b"], 4, ascii_only=True)] == [
        "~?-a",
        "~?-b",
    ]


@given(st.lists(hostile, max_size=6), st.integers(0, 20), st.booleans())
def test_shortened_names_fit(names: list[str], room: int, ascii_only: bool) -> None:
    assert all(cell_len("".join(name)) == len(name) <= room for name in shortened(names, room, ascii_only))


def test_names_that_find_no_row_leave_nothing_behind() -> None:
    drawn = draw(replace(SPEC, width=60, height=8), [curve(f"run-number-{i}", i) for i in range(12)]).text()
    (last,) = [line for line in drawn.split("\n") if "more" in line]
    assert last.rstrip().endswith("more")


def test_a_logarithmic_axis_says_that_nothing_is_positive() -> None:
    curve = Curve("k", "run", np.arange(9.0), -np.ones(9))
    assert "nothing > 0 here" in draw(View(log_y=True).chart("loss", 60, 12), [curve]).text()
