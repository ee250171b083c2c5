"""The dialog that chooses what runs along the x axis: the step, a time, or any metric."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_tracker.model.cells import fit
from tui_tracker.plotting.spec import View, XAxis
from tui_tracker.screens.search_list import SearchList, found_in

_LABEL_WIDTH = 50
# What is no metric has an entry that begins with a character that no cleaned name holds.
_MARK = "\0"


class AxisPicker(SearchList[str, tuple[XAxis, str]]):
    """Answers the axis, and the metric's name if it is one."""

    TITLE_OF_BOX = "Along the x axis"

    def __init__(self, metrics: Sequence[str], view: View) -> None:
        super().__init__()
        self._metrics = tuple(metrics)
        self._view = view

    def matching(self, search: str) -> list[str]:
        axes = [axis.value for axis in XAxis if axis is not XAxis.METRIC]
        return [_MARK + name for name in found_in(search, axes)] + found_in(search, self._metrics)

    def prompt(self, entry: str) -> Content:
        name = entry.removeprefix(_MARK)
        chosen = entry == self._first()
        return Content.assemble(
            (" ● " if chosen else "   ", "$accent"),
            fit(name, _LABEL_WIDTH),
            ("" if entry.startswith(_MARK) else "  metric", "$text-muted"),
        )

    def accept(self, entry: str | None) -> tuple[XAxis, str] | None:
        if entry is None:
            return None
        if entry.startswith(_MARK):
            return XAxis(entry.removeprefix(_MARK)), ""
        return XAxis.METRIC, entry

    def _first(self) -> str:
        metric = self._view.x_axis is XAxis.METRIC
        return self._view.x_metric if metric else _MARK + self._view.x_axis.value
