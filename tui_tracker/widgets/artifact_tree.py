"""The files of a run: folders that open and close, sizes, steps, and which of them are not whole."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui_tracker.model import formats
from tui_tracker.model.artifact_tree import Entry, Listing
from tui_tracker.model.text import clean
from tui_tracker.widgets.branch_tree import BranchTree

_LONGEST_NAME = 80
# Folders this far down open by themselves, as long as there is not much in them.
_OPENED_FILES = 40


class ArtifactTree(BranchTree[Entry]):
    """Enter and space open and close folders."""

    DEFAULT_CSS = """
    ArtifactTree { background: $surface; scrollbar-size: 0 1; padding: 0; }
    """

    @dataclass
    class Chosen(Message):
        """The cursor came to an entry."""

        entry: Entry

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("files", id=id)
        self.show_root = False
        self._listing = Listing({})
        self._verdicts: Mapping[str, str] = {}

    @property
    def entry(self) -> Entry | None:
        """What the cursor is on."""
        node = self.cursor_node
        return node.data if node is not None else None

    def show_listing(self, found: Listing) -> None:
        """Show these files; folders stay open, and the cursor stays where it is."""
        self._listing = found
        self._fill(self.root, "", opened=found.files <= _OPENED_FILES)

    def choose_first(self) -> None:
        """Put the cursor on the first entry, also where a key that came before any entry has put it on that line."""
        self.set_reactive(ArtifactTree.cursor_line, -1)
        self.move_cursor_to_line(0)

    def show_verdicts(self, verdicts: Mapping[str, str]) -> None:
        """Mark files by what is wrong with them, "" for nothing."""
        self._verdicts = verdicts
        for node in self.walk():
            if node.data is not None:
                node.set_label(self.label_of(node.data))

    def _fill(self, node: TreeNode[Entry], folder: str, *, opened: bool) -> None:
        self.put(node, self._listing.entries(folder), opened=opened)
        for child in node.children:
            # What is in a closed folder waits until it is opened: there may be thousands.
            if child.data is not None and child.data.is_folder and child.is_expanded:
                self._fill(child, child.data.path, opened=opened)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Entry]) -> None:
        event.stop()
        entry = event.node.data
        if entry is not None and entry.is_folder:
            self._fill(event.node, entry.path, opened=False)

    def on_tree_node_selected(self, event: Tree.NodeSelected[Entry]) -> None:
        event.stop()
        if event.node.allow_expand:
            event.node.toggle()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Entry]) -> None:
        event.stop()
        if event.node.data is not None:
            self.post_message(self.Chosen(event.node.data))

    def label_of(self, entry: Entry) -> Text:
        if entry.hidden:
            return Text(f"… {entry.hidden:,} more", style="italic")
        parts: list[str | tuple[str, str]] = [
            clean(entry.name, _LONGEST_NAME) + ("/" if entry.is_folder else "")
        ]
        if entry.incomplete:
            many = f"{entry.incomplete:,} " if entry.is_folder else ""
            parts.append((f"  {many}incomplete", "bold yellow"))
        else:
            parts += self._verdict(entry)
        parts.append((f"  {formats.size(entry.size)}", "dim"))
        if entry.is_folder:
            parts.append((f"  {formats.counted(entry.files, 'file')}", "dim"))
        elif entry.artifact is not None and entry.artifact.step is not None:
            parts.append((f"  step {entry.artifact.step}", "dim"))
        return Text.assemble(*parts)

    def _verdict(self, entry: Entry) -> list[tuple[str, str]]:
        verdict = self._verdicts.get(entry.path)
        if verdict is None or entry.artifact is None:
            return []
        return [(f"  ✗ {verdict}", "bold red") if verdict else ("  ✓", "green")]

    def identity_of(self, entry: Entry) -> Hashable:
        return entry.path, entry.is_folder

    def is_branch(self, entry: Entry) -> bool:
        return entry.is_folder
