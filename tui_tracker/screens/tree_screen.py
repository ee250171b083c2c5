"""A screen with a tree of runs beside the table: it chooses the place, its branches follow the store, it marks runs."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content

from logger.store.fields import Field
from tui_tracker.model.branches import Entry, Leaf, read_branch, read_run_ids
from tui_tracker.model.table_look import readable
from tui_tracker.model.text import clean
from tui_tracker.screens.table_screen import TableScreen
from tui_tracker.widgets.asking import timed
from tui_tracker.widgets.following import Throttle
from tui_tracker.widgets.run_tree import RunTree
from tui_tracker.widgets.runs_pane import RunsPane

# How often the open branches are read again while runs change.
_BRANCHES_SECONDS = 1.0


class TreeScreen(TableScreen):
    """Has a `RunTree`, a pane of runs, and charts."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[Field, ...] = ()
        self._growing = Throttle(self, _BRANCHES_SECONDS, self._read_open_branches)

    @property
    def tree_of_runs(self) -> RunTree:
        return self.query_one(RunTree)

    def follow_branches(self) -> None:
        """Runs have changed, have come or gone: the open branches are to say so."""
        self._growing.request()

    @on(RunTree.PlaceChosen)
    def _go_to(self, message: RunTree.PlaceChosen) -> None:
        message.stop()
        self.pane.go_to(message.place)

    @on(RunTree.BranchOpened)
    def _read_branch(self, message: RunTree.BranchOpened) -> None:
        message.stop()
        place, groups, metric = message.place, self.pane.look.groups, self._telling_metric

        def deliver(answer: tuple[Sequence[Entry], float]) -> None:
            entries, seconds = answer
            self._growing.took(seconds, _BRANCHES_SECONDS)
            self.tree_of_runs.fill(place, entries)

        question = timed(lambda reader: read_branch(reader, place, groups, metric))
        self.ask(f"branch {place}", question, deliver)

    def _read_open_branches(self) -> None:
        for place in self.tree_of_runs.open_places():
            self.tree_of_runs.post_message(RunTree.BranchOpened(place))

    @property
    def _telling_metric(self) -> Field | None:
        """The metric whose mean the branches show: the one that the runs are sorted by, else the first column's."""
        sorted_by = [sort.field for sort in self.pane.selection.order]
        shown = [readable(field) for field in self.pane.fields]
        return next((field for field in [*sorted_by, *shown] if field.kind == "metric"), None)

    @on(RunsPane.LookChanged)
    def _regroup(self, message: RunsPane.LookChanged) -> None:
        message.stop()
        tree, groups = self.tree_of_runs, message.look.groups
        by = ", ".join(field.label for field in groups)
        tree.border_subtitle = Content(clean(f"by {by}", 20) if groups else "")
        if groups != self._groups:
            self._groups = groups
            self.panel.prefer_grouping([field.key for field in groups if field.kind == "param"])
            tree.forget()
        self._tell_what_is_not_remembered()

    @on(RunTree.MarksWanted)
    def _mark_branch(self, message: RunTree.MarksWanted) -> None:
        message.stop()
        entry, table = message.entry, self.pane.table

        def deliver(run_ids: Sequence[int]) -> None:
            chosen = frozenset(run_ids)
            self.pane.set_marks(table.marked - chosen if chosen <= table.marked else table.marked | chosen)

        if isinstance(entry, Leaf):
            deliver([entry.run_id])
        else:
            self.ask("branch's runs", lambda reader: read_run_ids(reader, entry.place), deliver)
