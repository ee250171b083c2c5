"""What the viewer's full screens have in common: commands, a source, questions to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any, ClassVar, Protocol, TypeVar, cast

from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from logger.store.connection import Reader, StoreError
from tui_tracker.commands.base import CommandHost
from tui_tracker.commands.moving import pane_moves
from tui_tracker.model.run_edits import UndoHistory
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.widgets.asking import Questions

T = TypeVar("T")


class Viewer(Protocol):
    """The app, as screens know it."""

    source: Source
    state: StateFile
    viewer_state: StateFile
    undo: UndoHistory

    def tell_failure(self, reason: str) -> None: ...
    def run_errand(self, node: DOMNode, work: Coroutine[Any, Any, None]) -> None: ...


class TrackerScreen(CommandHost, Screen[None]):
    """A full screen of the viewer. The app hands it StoreChanged while it shows."""

    BINDINGS: ClassVar[list[BindingType]] = pane_moves()
    # Textual takes them from the first base only; text that the mouse is dragged over is painted by this one.
    COMPONENT_CLASSES: ClassVar[set[str]] = {"screen--selection"}

    @property
    def source(self) -> Source:
        return cast(Viewer, self.app).source

    @property
    def state(self) -> StateFile:
        """What is remembered of the store."""
        return cast(Viewer, self.app).state

    @property
    def undo(self) -> UndoHistory:
        """The edits of runs that can be taken back, on whatever screen they were made."""
        return cast(Viewer, self.app).undo

    @property
    def is_ready(self) -> bool:
        """Whether all is there that keys act on: what is typed earlier waits for it."""
        return True

    @cached_property
    def questions(self) -> Questions:
        return Questions(self, self.source)

    def ask(self, kind: str, question: Callable[[Reader], T], deliver: Callable[[T], Any]) -> None:
        """Ask the store in a thread; a failure is told in a notification. See `Questions.ask`."""
        self.questions.ask(kind, question, deliver, self.tell_failure)

    async def answer(self, question: Callable[[Reader], T]) -> T | None:
        """Ask the store, and wait for the answer; None where it fails, which is told in a notification."""
        try:
            return await asyncio.to_thread(self.source.read, question)
        except StoreError as error:
            self.tell_failure(str(error))
            return None

    def tell_failure(self, reason: str) -> None:
        """Say that the store could not be read."""
        cast(Viewer, self.app).tell_failure(reason)

    def run_errand(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what a key asked for and what asks the person something: later keys are meant for the dialog."""
        cast(Viewer, self.app).run_errand(self, work)
