"""Commands of a screen that shows curves."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Curves"
_ZOOM = 1.5


class Charts(Protocol):
    """A grid of charts, as commands know it."""

    def toggle_log_y(self) -> None: ...
    def cycle_x_axis(self) -> None: ...
    def smooth(self, steps: int) -> None: ...
    def zoom(self, factor: float) -> None: ...
    def pan(self, direction: int) -> None: ...
    def reset_view(self) -> None: ...
    def move_cursor(self, delta: int) -> None: ...
    def clear_cursor(self) -> None: ...
    def toggle_maximised(self) -> None: ...
    def select(self, delta: int) -> None: ...
    def next_page(self) -> None: ...
    def previous_page(self) -> None: ...


class ShowsCharts(Protocol):
    """A screen with curves on it."""

    @property
    def charts(self) -> Charts | None:
        """None until there is something to draw."""


class ChartCommand(Command[ShowsCharts]):
    """Does something to all charts of the screen."""

    group = GROUP

    def available(self, host: ShowsCharts) -> bool:
        return host.charts is not None

    def run(self, host: ShowsCharts) -> None:
        if host.charts is not None:
            self.change(host.charts)

    def change(self, charts: Charts) -> None:
        """What the command does, given that there are charts."""
        raise NotImplementedError


class CycleXAxis(ChartCommand):
    """Next x axis.

    Step, time since the start, clock time.
    """

    id = "charts.x"
    key = "x"
    show = True
    footer = "x axis"

    def change(self, charts: Charts) -> None:
        charts.cycle_x_axis()


class ToggleLogY(ChartCommand):
    """Logarithmic or linear y axis."""

    id = "charts.y"
    key = "y"
    show = True
    footer = "log y"

    def change(self, charts: Charts) -> None:
        charts.toggle_log_y()


class SmoothMore(ChartCommand):
    """Smooth more.

    The line as logged stays, faint.
    """

    id = "charts.smoother"
    key = "plus,equals_sign"
    shown_key = "+"

    def change(self, charts: Charts) -> None:
        charts.smooth(1)


class SmoothLess(ChartCommand):
    """Smooth less."""

    id = "charts.rougher"
    key = "minus"
    shown_key = "-"

    def change(self, charts: Charts) -> None:
        charts.smooth(-1)


class NextCharts(ChartCommand):
    """Next page of charts."""

    id = "charts.next"
    key = "right_square_bracket"
    shown_key = "]"

    def change(self, charts: Charts) -> None:
        charts.next_page()


class PreviousCharts(ChartCommand):
    """Previous page of charts."""

    id = "charts.previous"
    key = "left_square_bracket"
    shown_key = "["

    def change(self, charts: Charts) -> None:
        charts.previous_page()


class NextChart(ChartCommand):
    """Next chart.

    It is the one that is enlarged.
    """

    id = "charts.select"
    key = "v"

    def change(self, charts: Charts) -> None:
        charts.select(1)


class PreviousChart(ChartCommand):
    """Previous chart."""

    id = "charts.select_back"
    key = "V"

    def change(self, charts: Charts) -> None:
        charts.select(-1)


class MaximiseChart(ChartCommand):
    """Enlarge one chart, or show all."""

    id = "charts.maximise"
    key = "z"
    show = True
    footer = "enlarge"

    def change(self, charts: Charts) -> None:
        charts.toggle_maximised()


class CursorRight(ChartCommand):
    """Move the value cursor right.

    The value of every run is read there.
    """

    id = "charts.cursor_right"
    key = "full_stop"
    shown_key = "."

    def change(self, charts: Charts) -> None:
        charts.move_cursor(1)


class CursorLeft(ChartCommand):
    """Move the value cursor left."""

    id = "charts.cursor_left"
    key = "comma"
    shown_key = ","

    def change(self, charts: Charts) -> None:
        charts.move_cursor(-1)


class ZoomIn(ChartCommand):
    """Zoom in on the x axis."""

    id = "charts.zoom_in"
    key = "right_curly_bracket"
    shown_key = "}"

    def change(self, charts: Charts) -> None:
        charts.zoom(_ZOOM)


class ZoomOut(ChartCommand):
    """Zoom out on the x axis."""

    id = "charts.zoom_out"
    key = "left_curly_bracket"
    shown_key = "{"

    def change(self, charts: Charts) -> None:
        charts.zoom(1 / _ZOOM)


class PanRight(ChartCommand):
    """Show what is further right."""

    id = "charts.pan_right"
    key = "greater_than_sign"
    shown_key = ">"

    def change(self, charts: Charts) -> None:
        charts.pan(1)


class PanLeft(ChartCommand):
    """Show what is further left."""

    id = "charts.pan_left"
    key = "less_than_sign"
    shown_key = "<"

    def change(self, charts: Charts) -> None:
        charts.pan(-1)


class ResetCharts(ChartCommand):
    """Whole curves, no value cursor."""

    id = "charts.reset"
    key = "0"

    def change(self, charts: Charts) -> None:
        charts.reset_view()
        charts.clear_cursor()


CHART_COMMANDS: tuple[CommandClass, ...] = (
    CycleXAxis,
    ToggleLogY,
    SmoothMore,
    SmoothLess,
    NextChart,
    PreviousChart,
    NextCharts,
    PreviousCharts,
    MaximiseChart,
    CursorLeft,
    CursorRight,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    ResetCharts,
)
