"""A picture of many runs on the screen: drawn in a thread at the widget's own size, with a cursor on one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_tracker.plotting import roles
from tui_tracker.widgets.curve_look import COLOR_CSS, COMPONENT_CLASSES, Look

if TYPE_CHECKING:
    from tui_tracker.plotting.grid import Span
    from tui_tracker.plotting.picture import Picture

# As in `plotting.ramp`, which is not imported before there is something to draw, since it loads numpy.
_RAMP = roles.FAINT + roles.SLOTS
# After viridis (Smith and van der Walt, 2015), whose lightness rises evenly; the lowest step is what is nearest to the
# background.
_RAMP_CLASSES = tuple(f"plot--ramp-{step}" for step in range(5))
_RAMP_COLORS = ("#6a5acd", "#3f8fc4", "#21a585", "#7ad151", "#fde725")
_LIGHT_RAMP_COLORS = ("#b5a300", "#4f9a2c", "#15806d", "#2c5f8c", "#440154")
_RAMP_CSS = "\n".join(
    f"{where} > .{name} {{ color: {color}; }}"
    for where, colors in (("&", _RAMP_COLORS), ("&:light", _LIGHT_RAMP_COLORS))
    for name, color in zip(_RAMP_CLASSES, colors, strict=True)
)

Draw = Callable[[int, int], "Picture"]


class PlotView(Widget, can_focus=True):
    """Shows what `show` was given a function for, which gets width and height and is called in a thread."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {*COMPONENT_CLASSES, *_RAMP_CLASSES}
    DEFAULT_CSS = """
    PlotView {
        height: 1fr;
        width: 1fr;
        background: $surface;
        & > .curve--text, & > .curve--readout { color: $foreground; }
        & > .curve--title { color: $accent; text-style: bold; }
        & > .curve--note { color: $foreground 55%; }
        & > .curve--axis { color: $foreground 40%; }
        & > .curve--tick { color: $foreground 65%; }
        & > .curve--gridline { color: $foreground 20%; }
        & > .curve--cursor { background: $foreground; color: $background; text-style: bold; }
        SERIES_COLORS
    }
    """.replace("SERIES_COLORS", COLOR_CSS + _RAMP_CSS)

    @dataclass
    class Pointed(Message):
        """A person clicked on what is drawn; `place` is the nearest of the picture's spots."""

        place: int

    @dataclass
    class Drawn(Message):
        """A new picture is there."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw: Draw | None = None
        self._newest = 0
        self._picture: Picture | None = None
        self._cursor: int | None = None
        self._look = Look(self)
        self._sentence = "reading…"

    @property
    def picture(self) -> Picture | None:
        """What is on the screen; None before the first picture, and while a sentence is shown."""
        return self._picture

    @property
    def cursor(self) -> int | None:
        """The place of the spot that stands out."""
        return self._cursor

    @cursor.setter
    def cursor(self, place: int | None) -> None:
        if place != self._cursor:
            self._cursor = place
            self.refresh()

    def show(self, draw: Draw) -> None:
        """Draw this now, and again when the size changes."""
        self._draw = draw
        self._draw_again()

    def say(self, sentence: str) -> None:
        """Show a sentence and no picture."""
        self._newest += 1
        self._draw, self._picture, self._sentence = None, None, sentence
        self.refresh()

    def _draw_again(self) -> None:
        draw, (width, height) = self._draw, self.size
        if draw is None or not width or not height:
            return
        self._newest += 1
        token = self._newest

        def work() -> None:
            try:
                picture = draw(width, height)
            except Exception as error:  # said, rather than a picture that never comes
                self.call_later(self._fail, token, f"cannot draw this: {type(error).__name__}")
            else:
                self.call_later(self._take, token, picture)

        self.run_worker(work, thread=True, group="plot", exclusive=True, exit_on_error=False)

    def _take(self, token: int, picture: Picture) -> None:
        if token == self._newest:
            self._picture = picture
            self.refresh()
            self.post_message(self.Drawn())

    def _fail(self, token: int, sentence: str) -> None:
        if token == self._newest:
            self.say(sentence)

    def on_resize(self) -> None:
        self._draw_again()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._look.forget()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        spots = self._picture.spots if self._picture is not None else ()
        near = [
            (abs(spot[0] - event.x) + 2 * abs(spot[1] - event.y), place)
            for place, spot in enumerate(spots)
            if spot is not None
        ]
        if near:
            self.post_message(self.Pointed(min(near)[1]))

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self._style(roles.TEXT)
        if self._picture is None:
            text = self._sentence.center(width)[:width] if y == self.size.height // 2 else ""
            segment = Segment(text, self._style(roles.NOTE))
            return Strip([segment], len(text)).adjust_cell_length(width, base)
        if y >= len(self._picture.rows):
            return Strip.blank(width, base)
        return self._line(self._picture.rows[y], y).adjust_cell_length(width, base)

    def _line(self, row: Sequence[Span], y: int) -> Strip:
        strip = Strip([Segment(span.text, self._style(span.role)) for span in row])
        spot = self._spot()
        if spot is None or spot[1] != y:
            return strip
        end = min(spot[0] + (self._picture.spot_width if self._picture is not None else 1), strip.cell_length)
        before, under, after = strip.divide([spot[0], end, strip.cell_length])
        return Strip.join([before, Strip([Segment(under.text, self._style(roles.CURSOR))]), after])

    def _spot(self) -> tuple[int, int] | None:
        spots = self._picture.spots if self._picture is not None else ()
        return spots[self._cursor] if self._cursor is not None and self._cursor < len(spots) else None

    def _style(self, role: int) -> Style:
        if role >= _RAMP:
            return self.get_component_rich_style(_RAMP_CLASSES[role - _RAMP])
        return self._look.style(role)
