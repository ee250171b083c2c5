"""Commands of the screen of one run."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass


class OneRun(Protocol):
    """The screen of a run, as its commands know it."""

    def go_back(self) -> None: ...


class GoBack(Command[OneRun]):
    """Back to the runs."""

    id = "run.back"
    key = "escape"
    group = "Run"
    show = True
    footer = "back"

    def run(self, host: OneRun) -> None:
        host.go_back()


RUN_COMMANDS: tuple[CommandClass, ...] = (GoBack,)
