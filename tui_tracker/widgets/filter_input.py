"""The line that a filter is typed in."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import BindingType

from tui_tracker.commands import lines
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
        lines.Complete.on("complete(1)", priority=True),
        lines.CompleteBack.on("complete(-1)", priority=True),
        lines.AbandonLine.on("abandon", priority=True),
        lines.KeepLine.on("keep", priority=True),
        lines.EarlierLine.on("recall(-1)", priority=True),
        lines.LaterLine.on("recall(1)", priority=True),
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
