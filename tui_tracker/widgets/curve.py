"""One chart: shows the picture that `tui_tracker.plotting` draws, which is made in a thread.

Give it curves with `show`; it draws at its own size, again when that changes, and only when something
changed. The last picture stays until the next one is there. A moved cursor needs no new drawing of the
lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState, get_current_worker

from tui_tracker.plotting import roles
from tui_tracker.plotting.palette import COLORS
from tui_tracker.plotting.spec import ChartSpec

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import Curve
    from tui_tracker.plotting.figure import Drawing, Plot
    from tui_tracker.plotting.grid import Span

ROLE_CLASSES = {
    roles.TEXT: "curve--text",
    roles.TITLE: "curve--title",
    roles.NOTE: "curve--note",
    roles.AXIS: "curve--axis",
    roles.TICK: "curve--tick",
    roles.GRIDLINE: "curve--gridline",
    roles.CURSOR: "curve--cursor",
    roles.READOUT: "curve--readout",
}
"""Component classes of what is not a line."""

SERIES_CLASSES = tuple(f"curve--series-{slot}" for slot in range(len(COLORS)))
"""Component classes of the runs' colours, by slot."""

_SERIES_COLORS = "\n".join(
    f"& > .{name} {{ color: {color}; }}" for name, color in zip(SERIES_CLASSES, COLORS, strict=True)
)

FAINT_CLASS = "curve--faint"
"""Component class whose text-opacity says how much of a run's colour its unsmoothed line keeps."""

ZOOM_PER_SCROLL = 1.25


@dataclass(frozen=True)
class _Request:
    """What is to be drawn."""

    spec: ChartSpec
    """How, at which size, without a cursor."""
    curves: tuple[Curve, ...]
    """Of what."""

    def same_as(self, other: _Request | None) -> bool:
        """Whether both ask for the same picture: curves are compared by identity, which costs nothing."""
        return (
            other is not None
            and self.spec == other.spec
            and len(self.curves) == len(other.curves)
            and all(mine is theirs for mine, theirs in zip(self.curves, other.curves, strict=True))
        )


class CurveChart(Widget, can_focus=True):
    """A chart of the curves of one metric."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*ROLE_CLASSES.values(), *SERIES_CLASSES, FAINT_CLASS}

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    CurveChart {
        height: 1fr;
        width: 1fr;

        & > .curve--text, & > .curve--readout { color: $foreground; }
        & > .curve--title { color: $foreground; text-style: bold; }
        & > .curve--note { color: $foreground 55%; }
        & > .curve--axis { color: $foreground 30%; }
        & > .curve--tick { color: $foreground 60%; }
        & > .curve--gridline { color: $foreground 12%; }
        & > .curve--cursor { color: $foreground 75%; }
        & > .curve--faint { text-opacity: 38%; }
        &:focus > .curve--title { color: $accent; text-style: bold; }
        SERIES_COLORS
    }
    """.replace("SERIES_COLORS", _SERIES_COLORS)

    @dataclass
    class Pointed(Message):
        """Someone clicked into the plot."""

        chart: CurveChart
        """Where."""
        x: float
        """The place on the x axis, that of the nearest point."""

        @property
        def control(self) -> CurveChart:
            """The chart, for `on` selectors."""
            return self.chart

    @dataclass
    class Zoomed(Message):
        """Someone turned the wheel over the plot."""

        chart: CurveChart
        """Where."""
        factor: float
        """Above 1 to see less, below 1 to see more."""
        x: float
        """The place on the x axis under the pointer."""

        @property
        def control(self) -> CurveChart:
            """The chart, for `on` selectors."""
            return self.chart

    @dataclass
    class _Drawn(Message):
        """A thread finished a picture."""

        request: _Request
        plot: Plot

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._spec: ChartSpec | None = None
        self._curves: tuple[Curve, ...] = ()
        self._requested: _Request | None = None
        self._drawing_now = False
        self._plot: Plot | None = None
        self._strips: list[Strip] = []
        self._styles: dict[int, Style] = {}
        self._failure = ""
        self._awaited = False
        self.pictures = 0

    @property
    def plot(self) -> Plot | None:
        """The finished picture with its scales; None before the first."""
        return self._plot

    @property
    def drawing(self) -> Drawing | None:
        """What is on the screen, cursor included; None before the first picture."""
        cursor = self._spec.cursor if self._spec else None
        return self._plot.drawing(cursor) if self._plot else None

    @property
    def busy(self) -> bool:
        """Whether a newer picture is being drawn."""
        return self._drawing_now

    def show(self, spec: ChartSpec, curves: Sequence[Curve]) -> None:
        """Show curves; the size in the specification is replaced by the widget's own.

        Equal specifications of the very same curve objects are not drawn again.
        """
        self._awaited = False
        retitled = self._spec is not None and self._spec.title != spec.title
        moved = self._spec is None or self._spec.cursor != spec.cursor
        self._spec, self._curves = spec, tuple(curves)
        if retitled:  # the old picture would stand under a wrong name
            self._plot = None
        if retitled or moved:
            self._lay()
        self._ask()

    def wait(self, spec: ChartSpec) -> None:
        """Say that the curves of this chart are being read; what was shown of it stays."""
        if self._spec is None or self._spec.title != spec.title:
            self._awaited = True
            self._spec, self._curves, self._plot, self._requested = spec, (), None, None
            self._lay()

    def _ask(self) -> None:
        """Have the current curves drawn, unless they are or are about to be."""
        if self._spec is None or self._awaited or not self.size.width or not self.size.height:
            return
        spec = replace(self._spec, width=self.size.width, height=self.size.height, cursor=None)
        request = _Request(spec, self._curves)
        if request.same_as(self._requested):
            return
        self._requested = request
        if not self._drawing_now:
            self._start(request)

    def _start(self, request: _Request) -> None:
        # One thread a chart: what is asked for meanwhile replaces what was asked before and is drawn next.
        self._drawing_now = True
        # Without a description the worker would take the request's, and so write out its arrays.
        self.run_worker(
            partial(self._draw, request), thread=True, group="draw", description="draw", exit_on_error=False
        )

    def _draw(self, request: _Request) -> None:
        from tui_tracker.plotting import figure

        worker = get_current_worker()
        plot = figure.plot(request.spec, request.curves)
        if not worker.is_cancelled:
            self.post_message(self._Drawn(request, plot))

    def on_curve_chart__drawn(self, message: _Drawn) -> None:
        """Show a finished picture, or draw the one that was asked for meanwhile."""
        message.stop()
        self._drawing_now = False
        self.pictures += 1
        self._failure = ""
        # A late picture of the metric that is still shown is better than an old one.
        if self._spec is not None and message.request.spec.title == self._spec.title:
            self._exchange(message.plot)
        if self._requested is not None and not message.request.same_as(self._requested):
            self._start(self._requested)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when a picture could not be drawn."""
        if event.worker.group != "draw":
            return
        event.stop()
        if event.state is WorkerState.ERROR:
            self._drawing_now = False
            self._plot = None
            self._failure = f"cannot draw this: {type(event.worker.error).__name__}"
            self._lay()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._ask()

    def notify_style_update(self) -> None:
        """Take the colours of a new theme."""
        super().notify_style_update()
        self._styles.clear()
        self._lay()

    def _exchange(self, plot: Plot) -> None:
        """Show another picture, repainting only the lines that differ: of a curve that grows, most stay."""
        before = self.drawing if self._strips else None
        self._plot = plot
        after = self.drawing
        if (
            before is None
            or after is None
            or (before.width, len(before.rows)) != (after.width, len(after.rows))
        ):
            self._lay()
            return
        different = [
            y for y, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)) if old != new
        ]
        for y in different:
            self._strips[y] = self._strip(after.rows[y], after.width)
        if different:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in different))

    def _lay(self) -> None:
        """Turn the picture into strips and show them."""
        self._strips = []
        self.refresh()

    def _strip(self, row: Sequence[Span], width: int) -> Strip:
        return Strip([Segment(span.text, self._style(span.role)) for span in row], width)

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture, of the placeholder while there is none."""
        drawing = None if self._strips else self.drawing
        if drawing is not None:
            self._strips = [self._strip(row, drawing.width) for row in drawing.rows]
        width, base = self.size.width, self._style(roles.TEXT)
        if y < len(self._strips) and self._plot is not None:
            return self._strips[y].adjust_cell_length(width, base)
        return self._placeholder(y, width, base)

    def _placeholder(self, y: int, width: int, base: Style) -> Strip:
        text = ""
        if self._plot is None and y == self.size.height // 2:
            empty = self._spec is None or not self._curves
            text = self._failure or ("reading…" if self._awaited else "no points yet" if empty else "")
        segment = Segment(text.center(width)[:width], self._style(roles.NOTE))
        return Strip([segment], len(segment.text)).adjust_cell_length(width, base)

    def _style(self, role: int) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = self._styles[role] = self._find_style(role)
        return style

    def _find_style(self, role: int) -> Style:
        if role < roles.SERIES:
            return self.get_component_rich_style(ROLE_CLASSES[role])
        faint = role >= roles.FAINT
        slot = role - (roles.FAINT if faint else roles.SERIES)
        name = SERIES_CLASSES[slot % len(SERIES_CLASSES)]
        if not faint:
            return self.get_component_rich_style(name)
        _, background = self.background_colors
        kept = self.get_component_styles(FAINT_CLASS).text_opacity
        color = background.blend(self.get_component_styles(name).color, kept)
        return Style(color=color.rich_color, bgcolor=background.rich_color)

    def nearest(self, column: int) -> float | None:
        """Return the place of the point nearest to a column of the picture, None beside the plot."""
        if self._plot is None:
            return None
        x = self._plot.x_at(column)
        if x is None:
            return None
        from tui_tracker.plotting.chart import snap

        return snap(self._plot.curves, x)

    def on_click(self, event: events.Click) -> None:
        """Report where the plot was clicked."""
        x = self.nearest(event.x)
        if x is not None:
            event.stop()
            self.post_message(self.Pointed(self, x))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        self._zoom(event, ZOOM_PER_SCROLL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        self._zoom(event, 1 / ZOOM_PER_SCROLL)

    def _zoom(self, event: events.MouseEvent, factor: float) -> None:
        x = self._plot.x_at(event.x) if self._plot is not None else None
        if x is not None:
            event.stop()
            self.post_message(self.Zoomed(self, factor, x))
