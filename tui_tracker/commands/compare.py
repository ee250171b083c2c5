"""Commands of the comparison."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Comparison"


class Comparing(Protocol):
    """The comparison, as its commands know it."""

    def toggle_equal(self) -> None: ...
    def next_baseline(self) -> None: ...
    def toggle_aggregate(self) -> None: ...
    def leave(self) -> None: ...


class ToggleEqual(Command[Comparing]):
    """Show rows in which the runs are equal, or only those in which they differ."""

    id = "compare.equal"
    key = "d"
    group = GROUP
    show = True
    footer = "equal rows"

    def run(self, host: Comparing) -> None:
        host.toggle_equal()


class NextBaseline(Command[Comparing]):
    """Measure differences against the next run."""

    id = "compare.baseline"
    key = "b"
    group = GROUP
    show = True
    footer = "baseline"

    def run(self, host: Comparing) -> None:
        host.next_baseline()


class ToggleAggregate(Command[Comparing]):
    """Compare the best value of each metric, or the latest."""

    id = "compare.aggregate"
    key = "a"
    group = GROUP
    show = True
    footer = "best or latest"

    def run(self, host: Comparing) -> None:
        host.toggle_aggregate()


class LeaveComparison(Command[Comparing]):
    """Back to the runs."""

    id = "compare.leave"
    key = "escape"
    shown_key = "esc"
    group = GROUP
    show = True
    footer = "back"

    def run(self, host: Comparing) -> None:
        host.leave()


COMPARE_COMMANDS: tuple[CommandClass, ...] = (ToggleEqual, NextBaseline, ToggleAggregate, LeaveComparison)
