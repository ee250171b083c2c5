"""How charts are looked at, as a value that can be remembered: axes, smoothing, which charts, how many at a time.

Where one has zoomed to and the cursor are not part of it: they belong to the curves of the moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tui_tracker.model.chart_choice import ChartChoice
from tui_tracker.model.chart_paging import SHAPES
from tui_tracker.plotting.spec import SMOOTHING_STEPS, Spread, View, XAxis

# A name beyond this is a broken file rather than a metric.
_LONGEST_NAME = 4096
_FLAGS = ("log_x", "log_y", "clip")


@dataclass(frozen=True)
class ChartLook:
    """What is remembered."""

    view: View = field(default_factory=View)
    """only what `applied` takes from it counts"""
    choice: ChartChoice = field(default_factory=ChartChoice)
    shape: tuple[int, int] | None = None
    """columns and rows that were asked for"""

    def applied(self, view: View) -> View:
        """A view with the axes and the smoothing of this look, its window and cursor kept as they are."""
        mine = self.view
        return replace(
            view,
            x_axis=mine.x_axis,
            x_metric=mine.x_metric,
            log_x=mine.log_x,
            log_y=mine.log_y,
            smoothing=mine.smoothing,
            clip=mine.clip,
            spread=mine.spread,
        )

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; only what was chosen."""
        view, plain = self.view, View()
        written: dict[str, Any] = {flag: True for flag in _FLAGS if getattr(view, flag)}
        if view.x_axis is not plain.x_axis:
            written["x"] = view.x_axis.name
        if view.x_axis is XAxis.METRIC:
            written["x_metric"] = view.x_metric
        if view.smoothing:
            written["smoothing"] = view.smoothing
        if view.spread is not plain.spread:
            written["spread"] = view.spread.name
        if self.shape is not None:
            written["shape"] = list(self.shape)
        choice = self.choice.to_json()
        return {**written, "charts": choice} if choice else written

    @classmethod
    def from_json(cls, written: object) -> ChartLook:
        """As much as can be understood; the plain look where nothing can."""
        if not isinstance(written, dict):
            return cls()
        name, metric = written.get("x"), written.get("x_metric", "")
        axis = XAxis.__members__.get(name, XAxis.STEP) if isinstance(name, str) else XAxis.STEP
        if axis is XAxis.METRIC and not (isinstance(metric, str) and 0 < len(metric) <= _LONGEST_NAME):
            axis = XAxis.STEP
        spread, shape = written.get("spread"), written.get("shape")
        smoothing = written.get("smoothing")
        view = View(
            x_axis=axis,
            x_metric=metric if axis is XAxis.METRIC else "",
            log_x=written.get("log_x") is True,
            log_y=written.get("log_y") is True,
            clip=written.get("clip") is True,
            smoothing=smoothing if smoothing in SMOOTHING_STEPS else 0.0,
            spread=Spread.EXTREMES if spread == Spread.EXTREMES.name else Spread.DEVIATION,
        )
        known = tuple(shape) if isinstance(shape, list) else None
        return cls(view, ChartChoice.from_json(written.get("charts")), known if known in SHAPES else None)
