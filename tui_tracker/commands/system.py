"""Commands of the System screen."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass


class System(Protocol):
    """The System screen, as its commands know it."""

    def sort_by_next(self) -> None: ...
    def show_all_or_known(self) -> None: ...
    def open_run(self) -> None: ...
    def has_run(self) -> bool: ...


class OpenRun(Command[System]):
    """Open the run that the process belongs to."""

    id = "system.open"
    key = "enter"
    shown_key = "⏎"
    group = "System"
    show = True
    footer = "open run"

    def run(self, host: System) -> None:
        host.open_run()

    def available(self, host: System) -> bool:
        return host.has_run()


class SortProcesses(Command[System]):
    """Sort the processes by processor, by memory, by GPU memory."""

    id = "system.sort"
    key = "s"
    group = "System"
    show = True
    footer = "sort"

    def run(self, host: System) -> None:
        host.sort_by_next()


class OnlyKnown(Command[System]):
    """Only the processes of runs and those on GPUs, or all."""

    id = "system.only-known"
    key = "f"
    group = "System"
    show = True
    footer = "runs only"

    def run(self, host: System) -> None:
        host.show_all_or_known()


SYSTEM_COMMANDS: tuple[CommandClass, ...] = (OpenRun, SortProcesses, OnlyKnown)
