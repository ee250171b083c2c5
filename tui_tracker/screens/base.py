"""What the viewer's screens have in common: commands, a source, questions to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from textual.message import Message
from textual.screen import Screen

from logger.store.connection import Reader
from tui_tracker.commands.base import CommandHost
from tui_tracker.model.source import Source
from tui_tracker.widgets.asking import ask

T = TypeVar("T")


class HasSource(Protocol):
    """The app, as screens know it."""

    source: Source


class TrackerScreen(CommandHost, Screen[None]):
    """A full screen of the viewer. The app hands it StoreChanged while it is the current one."""

    @property
    def source(self) -> Source:
        return cast(HasSource, self.app).source

    def ask(self, group: str, question: Callable[[Reader], T], answer: Callable[[T], Message]) -> None:
        """Ask the store in a thread; see `tui_tracker.widgets.asking.ask`."""
        ask(self, self.source, group, question, answer)
