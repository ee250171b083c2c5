"""The line that a filter is typed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from tui_tracker.widgets.plain_input import PlainInput, typed_in


class Owner(Protocol):
    """What the keys of the line do."""

    def complete(self, step: int) -> None: ...
    def keep(self) -> None: ...
    def abandon(self) -> None: ...
    def recall(self, step: int) -> None: ...


class FilterInput(PlainInput):
    """The line itself. Tab completes; Escape gives up; Enter keeps; the arrows go through the filters before.

    These keys act before a later key goes anywhere, and after all that was typed before them: where keys come
    in a burst, those behind Enter are meant for the table.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "complete", show=True, priority=True),
        Binding("shift+tab", "complete(-1)", "complete backwards", show=False, priority=True),
        Binding("escape", "abandon", "back", show=True, priority=True),
        Binding("enter", "keep", "keep", show=False, priority=True),
        Binding("up", "recall(-1)", "earlier filter", show=False, priority=True),
        Binding("down", "recall(1)", "later filter, to the runs", show=False, priority=True),
    ]
    owner: Owner | None = None

    async def action_complete(self, step: int) -> None:
        await self._then(lambda owner: owner.complete(step))

    async def action_abandon(self) -> None:
        await self._then(lambda owner: owner.abandon())

    async def action_keep(self) -> None:
        await self._then(lambda owner: owner.keep())

    async def action_recall(self, step: int) -> None:
        await self._then(lambda owner: owner.recall(step))

    async def _then(self, act: Callable[[Owner], None]) -> None:
        """Do it when the keys that came before have been typed in."""
        await typed_in(self)
        if self.owner is not None and self.has_focus:
            act(self.owner)
