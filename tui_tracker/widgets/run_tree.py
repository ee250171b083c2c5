"""The tree at the left: experiments, branches of runs that share a param's value, runs.

Branches are filled when they are opened: the tree says what it needs and is told.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from logger.store.runs import Experiment
from tui_tracker.model.branches import Branch, Entry, Leaf, More
from tui_tracker.model.columns import STATUS_GLYPHS
from tui_tracker.model.selection import Place
from tui_tracker.model.text import clean
from tui_tracker.widgets.branch_tree import BranchTree

_LONGEST_LABEL = 60


class RunTree(BranchTree[Entry]):
    """Experiments -> branches -> runs."""

    @dataclass
    class PlaceChosen(Message):
        """The cursor stands on a place: the table shall show it."""

        place: Place

    @dataclass
    class RunChosen(Message):
        """The cursor stands on a run, or with `opened`, it was entered."""

        leaf: Leaf
        opened: bool = False

    @dataclass
    class BranchOpened(Message):
        """What is below this place is wanted: answer with `fill`."""

        place: Place

    @dataclass
    class MarksWanted(Message):
        """The run, or all runs of the branch, shall be marked; or unmarked, if they are."""

        entry: Leaf | Branch

    BINDINGS: ClassVar[list[BindingType]] = [
        # By the id of the screen's command, which so keeps its key where a person sets another.
        Binding("space", "show", "mark", show=False, id="runs.mark")
    ]

    def __init__(self, *, id: str | None = None) -> None:
        self._visible: frozenset[int] = frozenset()
        self._colours: dict[int, str] = {}
        super().__init__("all runs", Branch(Place(), 0), id=id)

    def show_experiments(self, experiments: Sequence[Experiment]) -> None:
        """Show these; the ones that stay keep their branches."""
        total = sum(experiment.runs for experiment in experiments)
        running = sum(experiment.running for experiment in experiments)
        self.root.data = Branch(Place(), total, running)
        self.root.set_label(self.label_of(self.root.data))
        branches: list[Entry] = [
            Branch(
                Place((experiment.id,), experiment.name, experiment=experiment.name),
                experiment.runs,
                experiment.running,
            )
            for experiment in experiments
            if experiment.runs or experiment.id
        ]
        self.put(self.root, branches)

    def fill(self, place: Place, entries: Sequence[Entry]) -> None:
        """Put these below a place, if it is still there."""
        node = self._node(place)
        if node is not None:
            self.put(node, entries)

    def open_places(self) -> list[Place]:
        """The places below the root whose branches are open."""
        return [
            node.data.place
            for node in self.walk()
            if node is not self.root and node.is_expanded and isinstance(node.data, Branch)
        ]

    def forget(self) -> None:
        """Take away what is below the experiments: it hangs differently from here on."""
        for node in list(self.root.children):
            open_again = node.is_expanded
            node.remove_children()
            if open_again and isinstance(node.data, Branch):
                self.post_message(self.BranchOpened(node.data.place))

    def choose(self, place: Place) -> None:
        """Move the cursor to a place."""
        node = self._node(place)
        if node is not None:
            self.move_cursor(node)

    def label_of(self, entry: Entry) -> Text:
        if isinstance(entry, Leaf):
            return Text.assemble(
                self._gutter(entry),
                STATUS_GLYPHS.get(entry.status, "·"),
                " ",
                clean(entry.name, _LONGEST_LABEL),
            )
        if isinstance(entry, More):
            return Text(f"… {entry.count:,} more in the table", style="italic")
        reached = f"  {entry.reached}" if entry.reached else ""
        return Text.assemble(
            self._gutter(entry),
            clean(entry.place.title, _LONGEST_LABEL),
            (f"  {entry.runs:,}{reached}", "dim"),
        )

    def _gutter(self, entry: Leaf | Branch) -> tuple[str, str]:
        """Whether the curves show it: a sign before a run, none before a branch."""
        if not isinstance(entry, Leaf):
            return "", ""
        colour = self._colours.get(entry.run_id, "")
        return ("◉ " if entry.run_id in self._visible else "○ ", colour)

    def show_visible(self, run_ids: Collection[int], colours: Mapping[int, str]) -> None:
        """Say of each run in the tree whether it is marked, and so drawn, in the colour of its curve."""
        visible = frozenset(run_ids)
        if (visible, colours) == (self._visible, self._colours):
            return
        before = self._visible
        repainted = {run_id for run_id, colour in colours.items() if self._colours.get(run_id) != colour}
        repainted |= self._colours.keys() - colours.keys()
        self._visible, self._colours = visible, dict(colours)
        for node in self.walk():
            if isinstance(node.data, Leaf) and node.data.run_id in (before ^ visible) | repainted:
                node.set_label(self.label_of(node.data))

    def action_show(self) -> None:
        """Mark the runs under the cursor, or unmark them."""
        node = self.cursor_node
        entry = None if node is None else node.data
        if isinstance(entry, (Leaf, Branch)):
            self.post_message(self.MarksWanted(entry))

    def identity_of(self, entry: Entry) -> Hashable:
        if isinstance(entry, Leaf):
            return ("run", entry.run_id, entry.place)
        return "more" if isinstance(entry, More) else entry.place

    def is_branch(self, entry: Entry) -> bool:
        return isinstance(entry, Branch)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Entry]) -> None:
        event.stop()
        if isinstance(event.node.data, Branch) and event.node is not self.root:
            self.post_message(self.BranchOpened(event.node.data.place))

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Entry]) -> None:
        event.stop()
        if not self.has_focus:
            return
        entry = event.node.data
        if isinstance(entry, Branch):
            self.post_message(self.PlaceChosen(entry.place))
        elif isinstance(entry, Leaf):
            self.post_message(self.RunChosen(entry))

    def on_tree_node_selected(self, event: Tree.NodeSelected[Entry]) -> None:
        event.stop()
        entry = event.node.data
        if isinstance(entry, Leaf):
            self.post_message(self.RunChosen(entry, opened=True))
        elif isinstance(entry, Branch):
            self.post_message(self.PlaceChosen(entry.place))
            if event.node is not self.root:
                event.node.toggle()

    def _node(self, place: Place) -> TreeNode[Entry] | None:
        return next(
            (node for node in self.walk() if isinstance(node.data, Branch) and node.data.place == place),
            None,
        )
