"""A screen in panes: their borders are moved by keys and by the mouse, one pane may have all the room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import ClassVar, cast

from textual import events

from tui_tracker.screens.base import TrackerScreen, Viewer
from tui_tracker.screens.panes import Border, Panes


class PanedScreen(TrackerScreen):
    """Names its panes and their borders."""

    BORDERS: ClassVar[Sequence[Border]] = ()
    PANES: ClassVar[Collection[str]] = ()
    """ids"""

    @cached_property
    def panes(self) -> Panes:
        return Panes(self, cast(Viewer, self.app).viewer_state, self.BORDERS, self.PANES)

    def _on_mount(self, event: events.Mount) -> None:
        super()._on_mount(event)
        self.panes.restore()

    def move_border(self, upright: bool, by: int) -> None:
        self.panes.move(upright, by)

    def toggle_pane(self) -> None:
        self.panes.toggle_full()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.panes.press(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.panes.drag(event)

    def on_mouse_up(self) -> None:
        self.panes.release()
