"""Commands that give the panes of a screen more room or less."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Panes"
_CELLS, _LINES = 3, 2


class Paned(Protocol):
    """A screen in panes, as the commands know it."""

    def move_border(self, upright: bool, by: int) -> None: ...
    def toggle_pane(self) -> None: ...


class WidenPane(Command[Paned]):
    """Widen the left pane; the mouse drags its border too."""

    id = "panes.wider"
    key = "alt+right"
    shown_key = "alt→"
    group = GROUP

    def run(self, host: Paned) -> None:
        host.move_border(True, _CELLS)


class NarrowPane(Command[Paned]):
    """Narrow the left pane."""

    id = "panes.narrower"
    key = "alt+left"
    shown_key = "alt←"
    group = GROUP

    def run(self, host: Paned) -> None:
        host.move_border(True, -_CELLS)


class HeightenPane(Command[Paned]):
    """More lines for the table, fewer for the charts."""

    id = "panes.higher"
    key = "alt+down"
    shown_key = "alt↓"
    group = GROUP

    def run(self, host: Paned) -> None:
        host.move_border(False, _LINES)


class FlattenPane(Command[Paned]):
    """Fewer lines for the table, more for the charts."""

    id = "panes.flatter"
    key = "alt+up"
    shown_key = "alt↑"
    group = GROUP

    def run(self, host: Paned) -> None:
        host.move_border(False, -_LINES)


class MaximisePane(Command[Paned]):
    """Nothing but the pane that has the focus, or all again."""

    id = "panes.maximise"
    key = "f11,alt+z"
    shown_key = "f11"
    group = GROUP

    def run(self, host: Paned) -> None:
        host.toggle_pane()


PANE_COMMANDS: tuple[CommandClass, ...] = (WidenPane, NarrowPane, HeightenPane, FlattenPane, MaximisePane)
