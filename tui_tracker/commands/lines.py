"""Keys of the lines that filters and searches are typed in."""

from __future__ import annotations

from tui_tracker.commands.base import CommandClass, WidgetKey

GROUP = "Lines of text"


class Complete(WidgetKey):
    """Complete what is typed."""

    id = "line.complete"
    key = "tab"
    group = GROUP


class CompleteBack(WidgetKey):
    """Complete, the options backwards."""

    id = "line.complete_back"
    key = "shift+tab"
    group = GROUP


class KeepLine(WidgetKey):
    """Keep what is typed."""

    id = "line.keep"
    key = "enter"
    group = GROUP


class AbandonLine(WidgetKey):
    """Back to what was there."""

    id = "line.abandon"
    key = "escape"
    group = GROUP


class EarlierLine(WidgetKey):
    """An earlier filter."""

    id = "line.earlier"
    key = "up"
    group = GROUP


class LaterLine(WidgetKey):
    """A later filter, then the runs."""

    id = "line.later"
    key = "down"
    group = GROUP


LINE_KEYS: tuple[CommandClass, ...] = (
    Complete,
    CompleteBack,
    KeepLine,
    AbandonLine,
    EarlierLine,
    LaterLine,
)
