"""Commands of the page that shows what a run printed."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Console"


class ConsolePage(Protocol):
    """The page, as its commands know it."""

    @property
    def is_typing(self) -> bool: ...
    @property
    def has_search(self) -> bool: ...
    @property
    def process_count(self) -> int: ...

    def toggle_following(self) -> None: ...
    def toggle_wrapping(self) -> None: ...
    def toggle_times(self) -> None: ...
    def edit_search(self) -> None: ...
    def search_on(self, *, backwards: bool) -> None: ...
    def next_process(self) -> None: ...


class Follow(Command[ConsolePage]):
    """Follow the end, or stay where one is."""

    id = "console.follow"
    key = "f"
    group = GROUP
    show = True
    footer = "follow"

    def run(self, host: ConsolePage) -> None:
        host.toggle_following()


class Search(Command[ConsolePage]):
    """Search.

    Capitals count where there are any. Escape ends a search that is under way.
    """

    id = "console.search"
    key = "slash"
    group = GROUP
    show = True
    footer = "search"

    def run(self, host: ConsolePage) -> None:
        host.edit_search()

    def available(self, host: ConsolePage) -> bool:
        """In the line that is searched for the key is a character like any other."""
        return not host.is_typing


class NextMatch(Command[ConsolePage]):
    """Next line that is searched for."""

    id = "console.next"
    key = "n"
    group = GROUP
    show = True
    footer = "next"

    def run(self, host: ConsolePage) -> None:
        host.search_on(backwards=False)

    def available(self, host: ConsolePage) -> bool:
        return host.has_search


class PreviousMatch(Command[ConsolePage]):
    """Previous line that is searched for."""

    id = "console.previous"
    key = "N"
    group = GROUP

    def run(self, host: ConsolePage) -> None:
        host.search_on(backwards=True)

    def available(self, host: ConsolePage) -> bool:
        return host.has_search


class Wrap(Command[ConsolePage]):
    """Wrap long lines, or cut them at the edge."""

    id = "console.wrap"
    key = "w"
    group = GROUP
    show = True
    footer = "wrap"

    def run(self, host: ConsolePage) -> None:
        host.toggle_wrapping()


class Times(Command[ConsolePage]):
    """Show when each line was printed."""

    id = "console.times"
    key = "t"
    group = GROUP
    show = True
    footer = "times"

    def run(self, host: ConsolePage) -> None:
        host.toggle_times()


class NextProcess(Command[ConsolePage]):
    """Next process of the run that printed."""

    id = "console.process"
    key = "o"
    group = GROUP

    def run(self, host: ConsolePage) -> None:
        host.next_process()

    def available(self, host: ConsolePage) -> bool:
        return host.process_count > 1


CONSOLE_COMMANDS: tuple[CommandClass, ...] = (
    Follow,
    Search,
    NextMatch,
    PreviousMatch,
    Wrap,
    Times,
    NextProcess,
)
