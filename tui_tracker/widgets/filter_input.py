"""The line that a filter is typed in."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from tui_tracker.widgets.plain_input import PlainInput


class Owner(Protocol):
    """What the keys of the line do."""

    def complete(self, step: int) -> None: ...
    def keep(self) -> None: ...
    def abandon(self) -> None: ...
    def recall(self, step: int) -> None: ...


class FilterInput(PlainInput):
    """The line itself. Tab completes; Escape gives up; Enter keeps; the arrows go through the filters before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "complete", show=True, priority=True),
        Binding("shift+tab", "complete(-1)", "complete backwards", show=False, priority=True),
        Binding("escape", "abandon", "back", show=True, priority=True),
        Binding("enter", "keep", "keep", show=False, priority=True),
        Binding("up", "recall(-1)", "earlier filter", show=False, priority=True),
        Binding("down", "recall(1)", "later filter, to the runs", show=False, priority=True),
    ]
    owner: Owner | None = None

    def action_complete(self, step: int) -> None:
        if self.owner is not None:
            self.owner.complete(step)

    def action_abandon(self) -> None:
        if self.owner is not None:
            self.owner.abandon()

    def action_keep(self) -> None:
        if self.owner is not None:
            self.owner.keep()

    def action_recall(self, step: int) -> None:
        if self.owner is not None:
            self.owner.recall(step)
