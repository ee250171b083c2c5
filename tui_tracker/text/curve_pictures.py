"""Curves as pictures made of characters, for the command line: one picture a metric, all runs in it.

numpy and plotext take 100-200 ms to import: import this when there is something to draw.
"""

from __future__ import annotations

import math
import sqlite3
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from logger.store import runs
from logger.store.columns import Points
from logger.store.runs import StoredRun
from tui_tracker.model.chart_choice import ChartChoice
from tui_tracker.model.run_groups import Grouping, grouped
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.text import clean
from tui_tracker.plotting.chart import ChartData, MetricCurve
from tui_tracker.plotting.figure import draw
from tui_tracker.plotting.places import parse_place
from tui_tracker.plotting.spec import Spread, View, XAxis
from tui_tracker.text.command import UsageError
from tui_tracker.widgets.curve_lines import CurveLines, RunGroup

AXES = {"step": XAxis.STEP, "time": XAxis.RELATIVE, "wall": XAxis.WALL}
"""What is no metric along the x axis, by the word for it."""

Histories = Mapping[str, Sequence[tuple[StoredRun, Points]]]
"""The points of each metric, run by run."""


def view_of(arguments: Namespace) -> View:
    """How the curves are looked at. Raises UsageError."""
    axis = AXES.get(arguments.x, XAxis.METRIC)
    if not 0 <= arguments.smooth < 1:
        raise UsageError(f"--smooth is from 0 to below 1, not {arguments.smooth:g}")
    try:
        return View(
            x_axis=axis,
            x_metric=clean(arguments.x) if axis is XAxis.METRIC else "",
            log_x=arguments.log_x,
            log_y=arguments.log_y,
            smoothing=arguments.smooth,
            window=range_of(arguments.x_range, axis),
            clip=arguments.clip,
            ascii_only=arguments.ascii or not has_unicode(),
            cursor=None if arguments.at is None else parse_place(arguments.at, axis),
            spread=Spread.EXTREMES if arguments.spread == "min-max" else Spread.DEVIATION,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def range_of(text: str | None, axis: XAxis) -> tuple[float, float] | None:
    """The ends that `LOW..HIGH` names on an axis; either may be left out. Raises UsageError."""
    if text is None:
        return None
    low, dots, high = text.partition("..")
    if not dots:
        raise UsageError(f"a range is LOW..HIGH, such as 0..100, 100.. or ..0.5, not {text!r}")
    try:
        ends = (
            parse_place(low, axis) if low.strip() else -math.inf,
            parse_place(high, axis) if high.strip() else math.inf,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    if ends[0] >= ends[1]:
        raise UsageError(f"a range begins below its end, not {text!r}")
    return ends


def groups_of(
    connection: sqlite3.Connection, found: Sequence[StoredRun], by: str | None
) -> tuple[RunGroup, ...]:
    """The runs as groups: by `seeds`, which is all params but seeds, or by a param. Raises UsageError."""
    if by is None:
        return ()
    params = {run.id: runs.params(connection, run.id) for run in found}
    if by != "seeds" and not any(by in own for own in params.values()):
        raise UsageError(f"none of these runs has a param {by!r}; --group takes a param's name, or `seeds`")
    keys = {run.id: run.uid for run in found}
    return tuple(
        RunGroup(group.name, tuple(keys[run] for run in group.run_ids))
        for group in grouped(params, Grouping(() if by == "seeds" else (by,)))
    )


def pictures(
    histories: Histories, groups: Sequence[RunGroup], view: View, arguments: Namespace, width: int
) -> Iterator[str]:
    """One picture for each metric but the one along the x axis, without blanks at the ends of lines."""
    titles = {key: clean(key) for key in histories}
    lines = CurveLines()
    lines.set_data([ChartData(titles[key], _curves(found)) for key, found in histories.items()])
    lines.set_groups(groups)
    y_window = range_of(arguments.y_range, XAxis.STEP)
    shown = [title for title in titles.values() if title != view.x_metric]
    for chart in ChartChoice(together=arguments.together).charts(shown):
        spec = view.chart(chart.title, width, arguments.height, y_window=y_window, detailed=True)
        curves = lines.of(chart, view)
        picture = draw(replace(spec, labels=len(curves) > 1 or bool(groups)), curves).text()
        yield "\n".join(line.rstrip() for line in picture.split("\n"))


def _curves(found: Sequence[tuple[StoredRun, Points]]) -> tuple[MetricCurve, ...]:
    return tuple(
        MetricCurve(
            run.uid,
            clean(run.name),
            np.array(points.steps, dtype=np.int64),
            np.array(points.times, dtype=np.int64),
            np.array(points.values, dtype=np.float64),
            run.started,
        )
        for run, points in found
    )
