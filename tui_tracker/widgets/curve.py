"""One chart: shows the picture that `tui_tracker.plotting` draws, which is made in a thread of the drawing room.

Give it curves with `show`; it draws at its own size, again when that changes, and only when something
changed. The last picture stays until the next one is there. A moved cursor needs no new drawing of the
lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui_tracker.plotting import roles
from tui_tracker.plotting.spec import ChartSpec
from tui_tracker.widgets.curve_look import COLOR_CSS, COMPONENT_CLASSES, Look
from tui_tracker.widgets.curve_pointer import PointedCurve
from tui_tracker.widgets.drawing_room import DrawingRoom, Outcome, Request

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import Curve
    from tui_tracker.plotting.grid import Span
    from tui_tracker.plotting.plot import Box, Drawing, Plot


class CurveChart(PointedCurve, can_focus=True):
    """A chart of the curves of one metric."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENT_CLASSES

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
    """.replace("SERIES_COLORS", COLOR_CSS)

    def __init__(
        self,
        room: DrawingRoom,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._spec: ChartSpec | None = None
        self._curves: tuple[Curve, ...] = ()
        self._room = room
        self._requested: Request | None = None
        self._drawn: Request | None = None
        self._plot: Plot | None = None
        self._strips: list[Strip] = []
        self._rows: Sequence[Sequence[Span]] = ()
        self._look = Look(self)
        self._box: Box | None = None
        self._failure = ""
        self._awaited = False
        self.pictures = 0

    @property
    def plot(self) -> Plot | None:
        """The finished picture with its scales; None before the first."""
        return self._plot

    @property
    def box(self) -> Box | None:
        """The rectangle of cells that is outlined."""
        return self._box

    def outline(self, box: Box | None) -> None:
        """Outline a rectangle of cells, or none."""
        if box != self._box:
            self._box = box
            self._repaint(self._rows)

    @property
    def drawing(self) -> Drawing | None:
        """What is on the screen, cursor included; None before the first picture."""
        cursor = self._spec.cursor if self._spec else None
        return self._plot.drawing(cursor, self._box) if self._plot else None

    @property
    def busy(self) -> bool:
        """Whether a newer picture is being drawn."""
        return self._requested is not None and self._requested is not self._drawn

    def show(self, spec: ChartSpec, curves: Sequence[Curve]) -> None:
        """Show curves; the size in the specification is replaced by the widget's own.

        Equal specifications of the very same curve objects are not drawn again.
        """
        self._awaited, self._failure = False, ""
        retitled = self._spec is not None and self._spec.title != spec.title
        moved = self._spec is None or self._spec.cursor != spec.cursor
        self._spec, self._curves = spec, tuple(curves)
        if retitled:  # the old picture would stand under a wrong name
            self._plot = None
            self._lay()
        elif moved:
            self._repaint(self._rows)
        self._ask()

    def wait(self, spec: ChartSpec) -> None:
        """Say that the curves of this chart are being read; what was shown of it stays."""
        if self._spec is None or self._spec.title != spec.title:
            self._awaited = True
            self._spec, self._curves, self._plot = spec, (), None
            self._requested = self._drawn = None
            self._lay()

    def tell(self, sentence: str) -> None:
        """Show a sentence and no curves."""
        if sentence != self._failure or self._spec is not None:
            self._awaited, self._failure = False, sentence
            self._spec, self._curves, self._plot = None, (), None
            self._requested = self._drawn = None
            self._lay()

    def _ask(self) -> None:
        """Have the current curves drawn, unless they are or are about to be."""
        if self._spec is None or self._awaited or not self.size.width or not self.size.height:
            return
        spec = replace(self._spec, width=self.size.width, height=self.size.height, cursor=None)
        request = Request(spec, self._curves)
        if request.same_as(self._requested):
            return
        self._requested = request
        self._room.draw(request, self._take)

    def _take(self, outcome: Outcome) -> None:
        """Show a finished picture."""
        self.pictures += 1
        request = self._drawn = outcome.request
        # A late picture of the metric that is still shown is better than an old one.
        if self._spec is None or request.spec.title != self._spec.title:
            return
        self._failure = ""
        if outcome.plot is not None:
            self._exchange(outcome.plot)
        elif request.same_as(self._requested):
            self._plot, self._failure = None, f"cannot draw this: {outcome.failure}"
            self._lay()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._ask()

    def notify_style_update(self) -> None:
        """Take the colours of a new theme."""
        super().notify_style_update()
        self._look.forget()
        self._lay()

    def _exchange(self, plot: Plot) -> None:
        """Show another picture, repainting only the lines that differ: of a curve that grows, most stay."""
        before = self._rows
        self._plot = plot
        self._repaint(before)

    def _repaint(self, before: Sequence[Sequence[Span]]) -> None:
        """Paint the picture, but for the lines that are as they were `before`."""
        after = self.drawing
        if after is None or len(before) != len(after.rows) or len(self._strips) != len(after.rows):
            self._lay()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, after.rows, strict=True)) if old != new]
        for y in changed:
            self._strips[y] = self._strip(after.rows[y], after.width)
        self._rows = after.rows
        if changed:
            width = self.size.width
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _lay(self) -> None:
        """Turn the picture into strips and show them."""
        self._strips, self._rows = [], ()
        self.refresh()

    def _strip(self, row: Sequence[Span], width: int) -> Strip:
        return Strip([Segment(span.text, self._look.style(span.role)) for span in row], width)

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture, of the placeholder while there is none."""
        drawing = None if self._strips else self.drawing
        if drawing is not None:
            self._strips = [self._strip(row, drawing.width) for row in drawing.rows]
            self._rows = drawing.rows
        width, base = self.size.width, self._look.style(roles.TEXT)
        if y < len(self._strips) and self._plot is not None:
            return self._strips[y].adjust_cell_length(width, base)
        return self._placeholder(y, width, base)

    def _placeholder(self, y: int, width: int, base: Style) -> Strip:
        text = ""
        if self._plot is None and y == self.size.height // 2:
            empty = self._spec is None or not self._curves
            text = self._failure or ("reading…" if self._awaited else "no points yet" if empty else "")
        segment = Segment(text.center(width)[:width], self._look.style(roles.NOTE))
        return Strip([segment], len(segment.text)).adjust_cell_length(width, base)
