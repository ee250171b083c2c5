"""The tree at the left: experiments, branches of runs that share a param's value, runs.

Branches are filled when they are opened: the tree says what it needs and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
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

_LONGEST_LABEL = 60


class RunTree(Tree[Entry]):
    """Experiments -> branches -> runs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
        Binding("right,l", "open_branch", "open branch", show=False),
        Binding("left,h", "close_branch", "close branch", show=False),
    ]

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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(Text("all runs"), Branch(Place(), 0), id=id)
        self.show_root = True
        self.guide_depth = 2
        self.auto_expand = False
        self.root.expand()

    def show_experiments(self, experiments: Sequence[Experiment]) -> None:
        """Show these; the ones that stay keep their branches."""
        total = sum(experiment.runs for experiment in experiments)
        running = sum(experiment.running for experiment in experiments)
        self.root.data = Branch(Place(), total, running)
        self.root.set_label(_label(self.root.data))
        branches: list[Entry] = [
            Branch(Place((experiment.id,), experiment.name), experiment.runs, experiment.running)
            for experiment in experiments
            if experiment.runs or experiment.id
        ]
        self._put(self.root, branches)

    def fill(self, place: Place, entries: Sequence[Entry]) -> None:
        """Put these below a place, if it is still there."""
        node = self._node(place)
        if node is not None:
            self._put(node, entries)

    def open_places(self) -> list[Place]:
        """The places below the root whose branches are open."""
        return [
            node.data.place
            for node in self._walk(self.root)
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

    def render_label(self, node: TreeNode[Entry], base_style: Style, style: Style) -> Text:
        """The label after the arrow; a leaf has its status instead."""
        label = node.label.copy() if isinstance(node.label, Text) else Text(str(node.label))
        label.stylize_before(style)
        if not node.allow_expand:
            return label
        return Text.assemble(("▾ " if node.is_expanded else "▸ ", base_style), label)

    def action_open_branch(self) -> None:
        """Open the branch under the cursor; on an open one, go into it."""
        node = self.cursor_node
        if node is None or not node.allow_expand:
            return
        if node.is_expanded and node.children:
            self.move_cursor(node.children[0])
        else:
            node.expand()

    def action_close_branch(self) -> None:
        """Close the branch under the cursor; on a leaf or closed one, go to its parent."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.allow_expand and node is not self.root:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)

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

    def _put(self, node: TreeNode[Entry], entries: Sequence[Entry]) -> None:
        """Make the children of a node these, touching as few as possible."""
        old = [child.data for child in node.children]
        if [_identity(entry) for entry in old] == [_identity(entry) for entry in entries]:
            for child, entry in zip(node.children, entries, strict=True):
                if child.data != entry:
                    child.data = entry
                    child.set_label(_label(entry))
            return
        stood_on = _identity(self.cursor_node.data) if self.cursor_node is not None else None
        opened = {_identity(child.data) for child in node.children if child.is_expanded}
        node.remove_children()
        for entry in entries:
            child = node.add(_label(entry), entry, allow_expand=isinstance(entry, Branch))
            if _identity(entry) in opened:
                child.expand()
        self.call_after_refresh(self._stand_on, stood_on)

    def _stand_on(self, identity: object) -> None:
        for node in self._walk(self.root):
            if _identity(node.data) == identity and node.line >= 0:
                with self.prevent(Tree.NodeHighlighted):
                    self.move_cursor(node)
                return

    def _node(self, place: Place) -> TreeNode[Entry] | None:
        return next(
            (
                node
                for node in self._walk(self.root)
                if isinstance(node.data, Branch) and node.data.place == place
            ),
            None,
        )

    def _walk(self, node: TreeNode[Entry]) -> list[TreeNode[Entry]]:
        found = [node]
        for child in node.children:
            found += self._walk(child)
        return found


def _label(entry: Entry) -> Text:
    if isinstance(entry, Leaf):
        return Text.assemble(STATUS_GLYPHS.get(entry.status, "·"), " ", clean(entry.name, _LONGEST_LABEL))
    if isinstance(entry, More):
        return Text(f"… {entry.count:,} more in the table", style="italic")
    return Text.assemble(clean(entry.place.title, _LONGEST_LABEL), (f"  {entry.runs:,}", "dim"))


def _identity(entry: Entry | None) -> object:
    """What makes an entry the same one after its counts or status have changed."""
    if isinstance(entry, Leaf):
        return ("run", entry.run_id, entry.place)
    if isinstance(entry, More):
        return "more"
    return entry.place if entry is not None else None
