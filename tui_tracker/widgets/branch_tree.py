"""A tree whose branches follow what they stand for: its keys, its labels, and changing it under the cursor.

A subclass says of an entry what its label is, what makes it the same entry after a change, and whether it
is a branch.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar, TypeVar

from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui_tracker.commands import moving

T = TypeVar("T")


class BranchTree(Tree[T]):
    """Opens and closes with the arrows; Enter is for the subclass."""

    BINDINGS: ClassVar[list[BindingType]] = moving.moves(
        up="cursor_up",
        down="cursor_down",
        page_up="page_up",
        page_down="page_down",
        first="scroll_home",
        last="scroll_end",
        right="open_branch",
        left="close_branch",
        choose="select_cursor",
    )

    def __init__(self, title: str, data: T | None = None, *, id: str | None = None) -> None:
        super().__init__(Text(title), data, id=id)
        self.guide_depth = 2
        self.auto_expand = False
        self.root.expand()

    def label_of(self, entry: T) -> Text:
        """What stands in its line."""
        raise NotImplementedError

    def identity_of(self, entry: T) -> Hashable:
        """What an entry keeps while its counts or its status change."""
        raise NotImplementedError

    def is_branch(self, entry: T) -> bool:
        """Whether something hangs below it, or may."""
        raise NotImplementedError

    def render_label(self, node: TreeNode[T], base_style: Style, style: Style) -> Text:
        """The label after the arrow; a leaf has none."""
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
        elif node.parent is not None and (self.show_root or node.parent is not self.root):
            self.move_cursor(node.parent)

    def put(self, node: TreeNode[T], entries: Sequence[T], *, opened: bool = False) -> None:
        """Make the children of a node these, touching as few as possible; `opened`: new branches are open."""
        before = {self._identity(child): child.is_expanded for child in node.children}
        if list(before) == [self.identity_of(entry) for entry in entries]:
            for child, entry in zip(node.children, entries, strict=True):
                if child.data != entry:
                    child.data = entry
                    child.set_label(self.label_of(entry))
            return
        stood_on = self._identity(self.cursor_node) if self._stands_below(node) else None
        node.remove_children()
        for entry in entries:
            child = node.add(self.label_of(entry), entry, allow_expand=self.is_branch(entry))
            if before.get(self.identity_of(entry), opened):
                child.expand()
        if stood_on is not None:
            self.call_after_refresh(self._stand_on, stood_on)

    def _stands_below(self, node: TreeNode[T]) -> bool:
        """Whether the cursor is on a descendant of this node."""
        above = self.cursor_node
        while above is not None and above is not node:
            above = above.parent
        return above is node and self.cursor_node is not node

    def walk(self, node: TreeNode[T] | None = None) -> Iterator[TreeNode[T]]:
        """All nodes from this one (the root) down, in their order."""
        node = node or self.root
        yield node
        for child in list(node.children):
            yield from self.walk(child)

    def _identity(self, node: TreeNode[T] | None) -> Hashable:
        return None if node is None or node.data is None else self.identity_of(node.data)

    def _stand_on(self, identity: Hashable) -> None:
        for node in self.walk():
            if self._identity(node) == identity and node.line >= 0:
                with self.prevent(Tree.NodeHighlighted):
                    self.move_cursor(node)
                return
