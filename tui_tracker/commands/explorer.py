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
    def group_tree(self) -> None: ...
    def toggle_mark(self) -> None: ...
    def mark_shown(self) -> None: ...
    def clear_marks(self) -> None: ...
    def invert_marks(self) -> None: ...
    def next_shelf(self) -> None: ...
    def sort_by_column(self) -> None: ...
    def reverse_order(self) -> None: ...
    def open_run(self) -> None: ...
    def compare(self) -> None: ...
    def promote(self) -> None: ...
    def choose_columns(self) -> None: ...


class EditFilter(Command[Explorer]):
    """Filter the runs.

    Tab completes names and values, Enter keeps the filter, Escape brings the last one back.
    """

    id = "runs.filter"
    key = "slash"
    group = TABLE
    show = True
    footer = "filter"
    priority = True

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


class ToggleMark(Command[Explorer]):
    """Mark the run, or unmark it.

    Curves and comparisons show the marked runs.
    """

    id = "runs.mark"
    key = "space"
    group = TABLE
    show = True
    footer = "mark"

    def run(self, host: Explorer) -> None:
        host.toggle_mark()


class MarkShown(Command[Explorer]):
    """Mark all runs that are shown."""

    id = "runs.mark_shown"
    key = "M"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.mark_shown()


class ClearMarks(Command[Explorer]):
    """Unmark all runs."""

    id = "runs.unmark"
    key = "U"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.clear_marks()


class InvertMarks(Command[Explorer]):
    """Mark the unmarked runs instead.

    Among those that the filter lets through.
    """

    id = "runs.invert"
    key = "I"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.invert_marks()


class NextShelf(Command[Explorer]):
    """Show archived runs, deleted ones, current ones."""

    id = "runs.shelf"
    key = "A"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.next_shelf()


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


class SortByColumn(Command[Explorer]):
    """Sort by the current column.

    Again: the other way round.
    """

    id = "runs.sort"
    key = "s"
    group = TABLE
    show = True
    footer = "sort"

    def run(self, host: Explorer) -> None:
        host.sort_by_column()


class ReverseOrder(Command[Explorer]):
    """Reverse the order."""

    id = "runs.reverse"
    key = "S"
    group = TABLE

    def run(self, host: Explorer) -> None:
        host.reverse_order()


class ChooseColumns(Command[Explorer]):
    """Choose and order the columns."""

    id = "runs.columns"
    key = "m"
    group = TABLE
    show = True
    footer = "columns"

    def run(self, host: Explorer) -> None:
        host.choose_columns()


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


class GroupTree(Command[Explorer]):
    """Group the tree by the next param.

    Those that vary, one after another, then none.
    """

    id = "tree.group"
    key = "b"
    group = TREE

    def run(self, host: Explorer) -> None:
        host.group_tree()


EXPLORER_COMMANDS: tuple[CommandClass, ...] = (
    EditFilter,
    ToggleMark,
    OpenRun,
    CompareRuns,
    SortByColumn,
    ChooseColumns,
    PromoteRun,
    ReverseOrder,
    MarkShown,
    ClearMarks,
    InvertMarks,
    NextShelf,
    ClearFilter,
    ToggleTree,
    GroupTree,
)
