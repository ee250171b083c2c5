"""The dialog that sets the ends of the axes."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Checkbox, Static

from tui_tracker.plotting.places import parse_place, write_place
from tui_tracker.plotting.spec import View, XAxis
from tui_tracker.screens.dialog import Dialog
from tui_tracker.widgets.grid_view import Limits
from tui_tracker.widgets.plain_input import PlainInput

_LONGEST_NAME = 24


class LimitsDialog(Dialog[Limits]):
    """Answers the limits of one chart. A field that is left empty follows the values."""

    DEFAULT_CSS = """
    LimitsDialog {
        .limits--row { height: 1; margin-bottom: 1; }
        .limits--name { width: 26; color: $text-muted; }
        PlainInput { width: 1fr; margin-right: 2; padding: 0 1; background: $panel; }
        #said { height: auto; color: $error; }
        Checkbox { margin-bottom: 1; }
    }
    """

    def __init__(self, title: str, limits: Limits, view: View) -> None:
        super().__init__(f"Limits of {title}", "Set")
        self._limits = limits
        self._view = view

    def compose_body(self) -> ComposeResult:
        axis = self._view.x_axis
        names = self._view.x_name[:_LONGEST_NAME], "value"
        for key, name, ends, kind in (
            ("x", names[0], self._limits.x, axis),
            ("y", names[1], self._limits.y, XAxis.STEP),
        ):
            with Horizontal(classes="limits--row"):
                yield Static(Content(f"{key}: {name}"), classes="limits--name", markup=False)
                for end, which in zip(ends, ("from", "to"), strict=True):
                    yield PlainInput(
                        write_place(end, kind), placeholder=which, id=f"{key}-{which}", compact=True
                    )
        yield Checkbox("locked: `0` and a double click leave them", self._limits.locked, compact=True)
        yield Static(id="said", markup=False)

    def answer(self) -> Limits | None:
        try:
            x = self._ends("x", self._view.x_axis, self._view.log_x)
            y = self._ends("y", XAxis.STEP, self._view.log_y)
        except ValueError as error:
            self.query_one("#said", Static).update(Content(str(error)))
            return None
        return Limits(x, y, self.query_one(Checkbox).value)

    def on_input_submitted(self) -> None:
        """Enter in a field confirms."""
        self.action_confirm()

    def _ends(self, key: str, axis: XAxis, log: bool) -> tuple[float, float]:
        """The two ends of an axis. Raises ValueError, one sentence."""
        low, high = (
            self._end(f"#{key}-{which}", axis, open_end)
            for which, open_end in (("from", -math.inf), ("to", math.inf))
        )
        if low >= high:
            raise ValueError(f"{key}: the first must be below the second")
        if log and high <= 0:
            raise ValueError(f"{key}: a logarithmic axis has only places above 0")
        return low, high

    def _end(self, field: str, axis: XAxis, open_end: float) -> float:
        text = self.query_one(field, PlainInput).value.strip()
        return parse_place(text, axis) if text else open_end
