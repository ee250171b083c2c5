"""The command that copies what a screen shows."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass


class Copyable(Protocol):
    """A screen that has something to copy."""

    def copy(self) -> None: ...


class Copy(Command[Copyable]):
    """Copy a name, an id, a command line, the table ...

    Through OSC 52, so that it reaches your own machine's clipboard over SSH, tmux and screen.
    """

    id = "screen.copy"
    key = "ctrl+y"
    shown_key = "^y"
    group = "Copying"

    def run(self, host: Copyable) -> None:
        host.copy()


COPY_COMMANDS: tuple[CommandClass, ...] = (Copy,)
