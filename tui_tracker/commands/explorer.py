"""Commands of the explorer: choosing, sorting, marking and opening runs."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

TABLE, TREE = "Runs", "Experiments"


class Explorer(Protocol):
    """The explorer, as its commands know it."""

    @property
    def is_filtering(self) -> bool: ...

    def edit_filter(self) -> None: ...
    def clear_filter(self) -> None: ...
    def toggle_tree(self) -> None: ...
    def open_run(self) -> None: ...
    def stop_run(self) -> None: ...
    def compare(self) -> None: ...
    def plot_runs(self) -> None: ...
    def promote(self) -> None: ...


class EditFilter(Command[Explorer]):
    """Filter the runs.

    Tab completes names and values, Enter keeps the filter, Escape brings the last one back.
    """

    id = "runs.filter"
    key = "slash"
    group = TABLE
    show = True
    footer = "filter"

    def run(self, host: Explorer) -> None:
        host.edit_filter()

    def available(self, host: Explorer) -> bool:
        """In the filter itself the key is a character like any other."""
        return not host.is_filtering


class ClearFilter(Command[Explorer]):
    """Take the filter away."""

    id = "runs.clear_filter"
    key = "escape"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.clear_filter()


class OpenRun(Command[Explorer]):
    """Open the run.

    Shows what it is, what it measured, and its curves.
    """

    id = "runs.open"
    key = "enter"
    shown_key = "⏎"
    group = TABLE
    show = True
    footer = "open"

    def run(self, host: Explorer) -> None:
        host.open_run()


class CompareRuns(Command[Explorer]):
    """Compare the marked runs side by side."""

    id = "runs.compare"
    key = "c"
    group = TABLE
    show = True
    footer = "compare"

    def run(self, host: Explorer) -> None:
        host.compare()


class PlotRuns(Command[Explorer]):
    """Pictures of all runs that are listed.

    Scatter, parallel coordinates, boxes, and which params matter.
    """

    id = "runs.plot"
    key = "L"
    group = TABLE
    show = True
    footer = "plots"

    def run(self, host: Explorer) -> None:
        host.plot_runs()


class PromoteRun(Command[Explorer]):
    """Promote the run's model."""

    id = "runs.promote"
    key = "p"
    group = TABLE
    show = True
    footer = "promote"

    def run(self, host: Explorer) -> None:
        host.promote()


class ToggleTree(Command[Explorer]):
    """Show the tree, or fold it away."""

    id = "tree.toggle"
    key = "t"
    group = TREE

    def run(self, host: Explorer) -> None:
        host.toggle_tree()


class StopRun(Command[Explorer]):
    """Stop the run.

    First its script is asked, then SIGTERM, then SIGKILL; each is confirmed.
    """

    id = "runs.stop"
    key = "X"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.stop_run()


EXPLORER_COMMANDS: tuple[CommandClass, ...] = (
    EditFilter,
    OpenRun,
    CompareRuns,
    PlotRuns,
    PromoteRun,
    ClearFilter,
    ToggleTree,
    StopRun,
)
