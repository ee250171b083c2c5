"""What the parts of a picture of curves look like: component classes, and the styles that a theme makes of them."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from tui_tracker.plotting import roles
from tui_tracker.plotting.palette import COLORS, LIGHT_COLORS

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

FAINT_CLASS = "curve--faint"
"""Component class whose text-opacity says how much of a run's colour its unsmoothed line keeps."""

COMPONENT_CLASSES = {*ROLE_CLASSES.values(), *SERIES_CLASSES, FAINT_CLASS}


def _rules(pattern: str, colors: tuple[str, ...]) -> str:
    return "\n".join(
        pattern.format(name=name, color=color) for name, color in zip(SERIES_CLASSES, colors, strict=True)
    )


COLOR_CSS = "\n".join(
    (
        _rules("& > .{name} {{ color: {color}; }}", COLORS),
        _rules("&:light > .{name} {{ color: {color}; }}", LIGHT_COLORS),
    )
)
"""The colours of the runs, as rules inside of a widget's own."""


class Look:
    """The styles of one widget's component classes, each found once."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[int, Style] = {}

    def forget(self) -> None:
        """The theme has changed."""
        self._styles.clear()

    def style(self, role: int) -> Style:
        """How a role looks."""
        style = self._styles.get(role)
        if style is None:
            style = self._styles[role] = self._find(role)
        return style

    def _find(self, role: int) -> Style:
        widget = self._widget
        if role < roles.SERIES:
            return widget.get_component_rich_style(ROLE_CLASSES[role])
        faint = role >= roles.FAINT
        slot = role - (roles.FAINT if faint else roles.SERIES)
        name = SERIES_CLASSES[slot % len(SERIES_CLASSES)]
        if not faint:
            return widget.get_component_rich_style(name)
        _, background = widget.background_colors
        kept = widget.get_component_styles(FAINT_CLASS).text_opacity
        color = background.blend(widget.get_component_styles(name).color, kept)
        return Style(color=color.rich_color, bgcolor=background.rich_color)
