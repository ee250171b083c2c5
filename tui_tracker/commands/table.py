"""Commands that change how the table shows the runs: order, columns, groups."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Table"


class Table(Protocol):
    """A table of runs with a current column."""

    def sort_by_column(self, *, also: bool = False) -> None: ...
    def reverse(self) -> None: ...
    def move_column(self, step: int) -> None: ...
    def hide_column(self) -> None: ...
    def pin_column(self) -> None: ...
    def widen_column(self, by: int) -> None: ...
    def next_shelf(self) -> None: ...


class ShowsTable(Protocol):
    """A screen with such a table."""

    @property
    def pane(self) -> Table: ...

    def choose_columns(self) -> None: ...
    def turn_direction(self) -> None: ...
    def choose_groups(self) -> None: ...
    def toggle_grouped(self) -> None: ...
    def pick_view(self) -> None: ...


class SortByColumn(Command[ShowsTable]):
    """Sort by the current column.

    Again: the other way round.
    """

    id = "runs.sort"
    key = "s"
    group = GROUP
    show = True
    footer = "sort"

    def run(self, host: ShowsTable) -> None:
        host.pane.sort_by_column()


class AlsoSortByColumn(Command[ShowsTable]):
    """Sort by the current column too.

    After the keys that are there already; again: the other way round.
    """

    id = "runs.sort_also"
    key = "S"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.sort_by_column(also=True)


class ReverseOrder(Command[ShowsTable]):
    """Reverse the order."""

    id = "runs.reverse"
    key = "r"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.reverse()


class ChooseColumns(Command[ShowsTable]):
    """Choose and order the columns."""

    id = "runs.columns"
    key = "m"
    group = GROUP
    show = True
    footer = "columns"

    def run(self, host: ShowsTable) -> None:
        host.choose_columns()


class TurnDirection(Command[ShowsTable]):
    """Turn which way the metric is better."""

    id = "runs.direction"
    key = "d"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.turn_direction()


class MoveColumnLeft(Command[ShowsTable]):
    """Move the column to the left."""

    id = "runs.column_left"
    key = "ctrl+left"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.move_column(-1)


class MoveColumnRight(Command[ShowsTable]):
    """Move the column to the right."""

    id = "runs.column_right"
    key = "ctrl+right"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.move_column(1)


class NarrowColumn(Command[ShowsTable]):
    """Make the column narrower.

    Or draw its border in the header with the mouse.
    """

    id = "runs.narrow"
    key = "i"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.widen_column(-2)


class WidenColumn(Command[ShowsTable]):
    """Make the column wider."""

    id = "runs.widen"
    key = "w"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.widen_column(2)


class PinColumn(Command[ShowsTable]):
    """Pin the column at the left, or let it scroll."""

    id = "runs.pin"
    key = "K"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.pin_column()


class HideColumn(Command[ShowsTable]):
    """Hide the column."""

    id = "runs.hide"
    key = "C"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.hide_column()


class ChooseGroups(Command[ShowsTable]):
    """Choose what the runs are grouped by.

    Params, tags, the parent: one or several, in the tree and the table.
    """

    id = "runs.group"
    key = "b"
    group = GROUP
    show = True
    footer = "group"

    def run(self, host: ShowsTable) -> None:
        host.choose_groups()


class ToggleGrouped(Command[ShowsTable]):
    """Show the table in groups, or run by run.

    Groups say how many runs they hold, with means and spreads.
    """

    id = "runs.grouped"
    key = "E"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.toggle_grouped()


class PickView(Command[ShowsTable]):
    """Saved views: show, save, delete one.

    A filter, columns, order, groups and charts under a name.
    """

    id = "runs.views"
    key = "o"
    group = GROUP
    show = True
    footer = "views"

    def run(self, host: ShowsTable) -> None:
        host.pick_view()


class NextShelf(Command[ShowsTable]):
    """Show archived runs, deleted ones, current ones."""

    id = "runs.shelf"
    key = "A"
    group = GROUP

    def run(self, host: ShowsTable) -> None:
        host.pane.next_shelf()


TABLE_COMMANDS: tuple[CommandClass, ...] = (
    SortByColumn,
    AlsoSortByColumn,
    ReverseOrder,
    ChooseColumns,
    TurnDirection,
    MoveColumnLeft,
    MoveColumnRight,
    NarrowColumn,
    WidenColumn,
    PinColumn,
    HideColumn,
    ChooseGroups,
    ToggleGrouped,
    PickView,
    NextShelf,
)
