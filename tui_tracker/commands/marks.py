"""Commands that mark runs: what is marked is drawn, compared and changed together."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Marks"


class Marks(Protocol):
    """A list of runs that can be marked."""

    def toggle_mark(self) -> None: ...
    def mark_shown(self) -> None: ...
    def clear_marks(self) -> None: ...
    def invert_marks(self) -> None: ...
    def toggle_baseline(self) -> None: ...


class MarksRuns(Protocol):
    """A screen with such a list."""

    @property
    def pane(self) -> Marks: ...


class ToggleMark(Command[MarksRuns]):
    """Mark the run, or unmark it.

    Curves and comparisons show the marked runs.
    """

    id = "runs.mark"
    key = "space"
    group = GROUP
    show = True
    footer = "mark"

    def run(self, host: MarksRuns) -> None:
        host.pane.toggle_mark()


class MarkShown(Command[MarksRuns]):
    """Mark all runs that are shown."""

    id = "runs.mark_shown"
    key = "M"
    group = GROUP

    def run(self, host: MarksRuns) -> None:
        host.pane.mark_shown()


class ClearMarks(Command[MarksRuns]):
    """Unmark all runs."""

    id = "runs.unmark"
    key = "U"
    group = GROUP

    def run(self, host: MarksRuns) -> None:
        host.pane.clear_marks()


class InvertMarks(Command[MarksRuns]):
    """Mark the unmarked runs instead.

    Among those that the filter lets through.
    """

    id = "runs.invert"
    key = "I"
    group = GROUP

    def run(self, host: MarksRuns) -> None:
        host.pane.invert_marks()


class PinBaseline(Command[MarksRuns]):
    """Pin the run as the baseline, or unpin it.

    Compared runs are compared with it.
    """

    id = "runs.baseline"
    key = "P"
    group = GROUP

    def run(self, host: MarksRuns) -> None:
        host.pane.toggle_baseline()


MARK_COMMANDS: tuple[CommandClass, ...] = (ToggleMark, MarkShown, ClearMarks, InvertMarks, PinBaseline)
