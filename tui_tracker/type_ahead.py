"""Typing ahead: what is typed in one burst is acted on key by key, each as if the person had waited for the one before.

Textual hands keys out as they come, and each then takes its own time to climb to whoever acts on it: behind a key that
opens a dialog, those for the dialog would be acted on by what it covers. Here a key is handed out when the one before
has been acted on, with all that followed from it: its messages, the screen it opened, and its errand up to the dialog.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen

# What is typed waits no longer than this for what it may be meant for: a store that answers late must not take the
# keys away from the person.
PATIENCE_SECONDS = 2.0
# How often what keys wait for is looked at again, while there are any.
_LOOK_SECONDS = 0.01
# Messages that lead to messages, one behind the other, from a key on.
_MOST_ROUNDS = 8


class Passed(Message, namespace="type_ahead"):
    """Goes the way of a key, behind it: where this has come, the key has been acted on."""


class Errand:
    """What a key began that asks the person something: it is under way until its dialog shows, and again after it."""

    def __init__(self) -> None:
        self.screens: set[Screen[Any]] = set()
        """the dialogs that it has shown so far"""


_errand: ContextVar[Errand | None] = ContextVar("errand", default=None)


class TypeAheadApp(App[None]):
    """Mixin of an app in which no key outruns what the keys before it open."""

    _TYPED = (events.Key, events.Paste)

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._passing: Passed | None = None
        self._way: Widget | None = None
        self._rounds = 0
        self._passing_since = 0.0
        self._waiting_since: float | None = None
        self._looking: Timer | None = None
        self._errands: set[Errand] = set()

    def run_errand(self, node: DOMNode, work: Coroutine[Any, Any, None]) -> None:
        """Do work that asks the person something: keys wait until it asks, and then until it is done."""
        errand = Errand()
        self._errands.add(errand)

        async def run() -> None:
            _errand.set(errand)
            try:
                await work
            except Exception as error:  # a fault of ours: said, rather than a key that does nothing
                fault = f"This went wrong in a way nobody foresaw ({type(error).__name__}: {error})"
                self.notify(clean(fault), severity="error", markup=False)
            finally:
                self._errands.discard(errand)

        node.run_worker(run(), group="errand", exit_on_error=False)

    def push_screen(self, screen: Any, *arguments: Any, **keywords: Any) -> Any:
        errand = _errand.get()
        if errand is not None:
            errand.screens.add(screen)
        return super().push_screen(screen, *arguments, **keywords)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, self._TYPED) and not event.is_forwarded:
            self._typed.append(event)
            await self._hand_out()
        else:
            await super().on_event(event)

    async def _hand_out(self) -> None:
        """Hand out what is typed as far as it need not wait."""
        while self._typed and self._passing is None and not self._has_to_wait():
            event = self._typed.popleft()
            way = self.focused or self.screen
            await super().on_event(event)
            self._passing_since = time.monotonic()
            self._rounds = 0
            self._follow(way)
        if self._typed and self._looking is None:
            self._looking = self.set_interval(_LOOK_SECONDS, self._look)
        elif not self._typed and self._looking is not None:
            self._looking.stop()
            self._looking = None

    async def _look(self) -> None:
        """Whether keys still have to wait; a key whose way is no longer there has been acted on."""
        if not self.screen_stack:
            return
        if self._passing is not None:
            gone = self._way is None or not self._way.is_attached
            if gone or time.monotonic() - self._passing_since > PATIENCE_SECONDS:
                self._passing = None
        await self._hand_out()

    def _follow(self, way: Widget) -> None:
        """Send behind the key what tells that it has been acted on."""
        self._rounds += 1
        self._way = way
        self._passing = Passed()
        self._passing.set_sender(way)
        if not way.post_message(self._passing):
            self._passing = None

    async def on_type_ahead_passed(self, message: Passed) -> None:
        message.stop()
        way = self._way
        if message is not self._passing or way is None:
            return
        self._passing = None
        if not self.screen_stack:  # the app is about to end
            return
        now_at = self.focused or self.screen
        quiet = not any(node.message_queue_size for node in way.ancestors_with_self if node is not self)
        if (not quiet or now_at is not way) and self._rounds < _MOST_ROUNDS:
            self._follow(now_at if quiet else way)
        else:
            await self._hand_out()

    def _has_to_wait(self) -> bool:
        """Whether what is to get the next key is not there yet, and may still be hoped for."""
        if self._is_there():
            self._waiting_since = None
            return False
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        return time.monotonic() - self._waiting_since < PATIENCE_SECONDS

    def _is_there(self) -> bool:
        shown = self.screen_stack
        if not shown:
            return False
        screen = shown[-1]
        asking = all(not errand.screens.isdisjoint(shown) for errand in self._errands)
        return asking and screen.is_mounted and (not isinstance(screen, TrackerScreen) or screen.is_ready)
