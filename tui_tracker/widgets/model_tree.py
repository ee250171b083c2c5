"""The registry in short, below the tree of runs: models, and under each its live and newest versions.

It asks the store itself, when told to `reload`, and is not there while no model is registered.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import Tree

from logger.store.registry import NO_STAGE
from tui_tracker.model.shelves import ModelEntry, Rest, ShelfEntry, Shelves, read_shelves
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.branch_tree import BranchTree

_LONGEST_LABEL = 60


class ModelTree(BranchTree[ShelfEntry]):
    """Models -> versions."""

    DEFAULT_CSS = """
    ModelTree { height: auto; max-height: 40%; }
    """

    @dataclass
    class VersionChosen(Message):
        """A version was chosen with Enter or a click."""

        model: str
        version: int

    def __init__(self, source: Source, *, id: str | None = None) -> None:
        super().__init__("models", id=id)
        self.show_root = False
        self.display = False
        self._questions = Questions(self, source)

    def on_mount(self) -> None:
        self.border_title = "Models"
        self.reload()

    def reload(self) -> None:
        """Read the registry anew; the cursor stays where it is."""
        self._questions.ask("models", read_shelves, self._show)

    def _show(self, shelves: Shelves) -> None:
        models: list[ShelfEntry] = [shelf.model for shelf in shelves.shelves]
        self.put(self.root, [*models, Rest(shelves.hidden)] if shelves.hidden else models, opened=True)
        for node, shelf in zip(self.root.children, shelves.shelves, strict=False):
            self.put(node, shelf.entries)
        self.display = bool(models)

    def label_of(self, entry: ShelfEntry) -> Text:
        if isinstance(entry, ModelEntry):
            return Text(clean(entry.model, _LONGEST_LABEL))
        if isinstance(entry, Rest):
            return Text(f"… {entry.count:,} more", style="italic")
        stage = "" if entry.stage == NO_STAGE else clean(entry.stage, _LONGEST_LABEL)
        return Text.assemble(clean(f"v{entry.version}"), (f" {stage}", "dim"))

    def identity_of(self, entry: ShelfEntry) -> Hashable:
        if isinstance(entry, Rest):
            return "rest"
        return entry.model if isinstance(entry, ModelEntry) else (entry.model, entry.version)

    def is_branch(self, entry: ShelfEntry) -> bool:
        return isinstance(entry, ModelEntry)

    def on_tree_node_selected(self, event: Tree.NodeSelected[ShelfEntry]) -> None:
        event.stop()
        entry = event.node.data
        if isinstance(entry, ModelEntry):
            event.node.toggle()
        elif entry is not None and entry.model is not None:
            self.post_message(self.VersionChosen(entry.model, entry.version))
