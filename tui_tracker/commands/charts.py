"""Commands of a screen that shows curves."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Curves"
_ZOOM = 1.5


class Charts(Protocol):
    """A grid of charts, as commands know it."""

    def toggle_log_x(self) -> None: ...
    def toggle_log_y(self) -> None: ...
    def toggle_clip(self) -> None: ...
    def toggle_spread(self) -> None: ...
    def cycle_x_axis(self) -> None: ...
    def cycle_groups(self) -> None: ...
    def cycle_shape(self) -> None: ...
    def ask_x_axis(self) -> None: ...
    def ask_limits(self) -> None: ...
    def ask_charts(self) -> None: ...
    def smooth(self, steps: int) -> None: ...
    def zoom(self, factor: float) -> None: ...
    def pan(self, direction: float) -> None: ...
    def zoom_height(self, factor: float) -> None: ...
    def pan_height(self, direction: float) -> None: ...
    def reset_view(self) -> None: ...
    def move_cursor(self, delta: int) -> None: ...
    def clear_cursor(self) -> None: ...
    def toggle_maximised(self) -> None: ...
    def toggle_full(self) -> None: ...
    def toggle_together(self) -> None: ...
    def turn_tab(self, by: int) -> None: ...
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
    key = "right_square_bracket,pagedown"
    shown_key = "]"

    def change(self, charts: Charts) -> None:
        charts.next_page()


class PreviousCharts(ChartCommand):
    """Previous page of charts."""

    id = "charts.previous"
    key = "left_square_bracket,pageup"
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
    key = "full_stop,right"
    shown_key = "."

    def change(self, charts: Charts) -> None:
        charts.move_cursor(1)


class CursorLeft(ChartCommand):
    """Move the value cursor left."""

    id = "charts.cursor_left"
    key = "comma,left"
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


class ChooseXAxis(ChartCommand):
    """What runs along the x axis, from a list.

    Any metric can.
    """

    id = "charts.x_from_list"
    key = "ctrl+x"

    def change(self, charts: Charts) -> None:
        charts.ask_x_axis()


class ToggleLogX(ChartCommand):
    """Logarithmic or linear x axis."""

    id = "charts.log_x"
    key = "Y"

    def change(self, charts: Charts) -> None:
        charts.toggle_log_x()


class ToggleClip(ChartCommand):
    """Leave outliers out of the y axis, or not."""

    id = "charts.clip"
    key = "O"

    def change(self, charts: Charts) -> None:
        charts.toggle_clip()


class SetLimits(ChartCommand):
    """Fix the ends of the axes.

    They can be locked.
    """

    id = "charts.limits"
    key = "F"

    def change(self, charts: Charts) -> None:
        charts.ask_limits()


class ChooseCharts(ChartCommand):
    """Choose, pin and order the charts."""

    id = "charts.choose"
    key = "W"

    def change(self, charts: Charts) -> None:
        charts.ask_charts()


class ToggleTogether(ChartCommand):
    """Train and val of a metric in one chart, or apart."""

    id = "charts.together"
    key = "ampersand"
    shown_key = "&"

    def change(self, charts: Charts) -> None:
        charts.toggle_together()


class NextTab(ChartCommand):
    """Charts of the next prefix.

    `train/`, `val/` and so on, after the last all of them.
    """

    id = "charts.next_tab"
    key = "apostrophe"
    shown_key = "'"

    def change(self, charts: Charts) -> None:
        charts.turn_tab(1)


class PreviousTab(ChartCommand):
    """Charts of the prefix before."""

    id = "charts.previous_tab"
    key = "quotation_mark"
    shown_key = '"'

    def change(self, charts: Charts) -> None:
        charts.turn_tab(-1)


class GroupRuns(ChartCommand):
    """Fold runs into groups: mean with a band.

    Runs that are equal but for the seed, then runs that share a param's value, then each for itself.
    """

    id = "charts.group"
    key = "f"

    def change(self, charts: Charts) -> None:
        charts.cycle_groups()


class ToggleSpread(ChartCommand):
    """Bands show standard deviation, or least and greatest."""

    id = "charts.spread"
    key = "vertical_line"
    shown_key = "|"

    def change(self, charts: Charts) -> None:
        charts.toggle_spread()


class CycleShape(ChartCommand):
    """More charts at a time.

    From one to four by four, then as many as are readable.
    """

    id = "charts.shape"
    key = "number_sign"
    shown_key = "#"

    def change(self, charts: Charts) -> None:
        charts.cycle_shape()


class FullScreen(ChartCommand):
    """Nothing but the charts, or the rest again."""

    id = "charts.full"
    key = "Z"

    def change(self, charts: Charts) -> None:
        charts.toggle_full()


class ZoomInHeight(ChartCommand):
    """Zoom in on the y axis."""

    id = "charts.zoom_in_y"
    key = "ctrl+up"
    shown_key = "^↑"

    def change(self, charts: Charts) -> None:
        charts.zoom_height(_ZOOM)


class ZoomOutHeight(ChartCommand):
    """Zoom out on the y axis."""

    id = "charts.zoom_out_y"
    key = "ctrl+down"
    shown_key = "^↓"

    def change(self, charts: Charts) -> None:
        charts.zoom_height(1 / _ZOOM)


class PanUp(ChartCommand):
    """Show what is further up."""

    id = "charts.pan_up"
    key = "shift+up"
    shown_key = "⇧↑"

    def change(self, charts: Charts) -> None:
        charts.pan_height(1)


class PanDown(ChartCommand):
    """Show what is further down."""

    id = "charts.pan_down"
    key = "shift+down"
    shown_key = "⇧↓"

    def change(self, charts: Charts) -> None:
        charts.pan_height(-1)


class ResetCharts(ChartCommand):
    """Whole curves, no value cursor.

    Limits that are locked stay.
    """

    id = "charts.reset"
    key = "0"

    def change(self, charts: Charts) -> None:
        charts.reset_view()
        charts.clear_cursor()


CHART_COMMANDS: tuple[CommandClass, ...] = (
    CycleXAxis,
    ChooseXAxis,
    ToggleLogX,
    ToggleLogY,
    SmoothMore,
    SmoothLess,
    ToggleClip,
    SetLimits,
    ChooseCharts,
    NextTab,
    PreviousTab,
    ToggleTogether,
    GroupRuns,
    ToggleSpread,
    NextChart,
    PreviousChart,
    NextCharts,
    PreviousCharts,
    MaximiseChart,
    FullScreen,
    CycleShape,
    CursorLeft,
    CursorRight,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    ZoomInHeight,
    ZoomOutHeight,
    PanUp,
    PanDown,
    ResetCharts,
)
