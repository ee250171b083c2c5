"""The data sets of a run in its workspace: linked, where they lay in the repository and are in no commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from logger.store.artifacts import safe_path
from logger.store.inputs import Input
from tui_tracker.model.code import CodeState
from tui_tracker.reproducing.workspace import Workspace


def link_data(inputs: Sequence[Input], code: CodeState, workspace: Workspace) -> tuple[str, ...]:
    """Make relative paths to the run's data lead to it from the workspace too; a sentence for each that was linked.

    Data in the repository that git ignores is in no worktree, and too large to be copied. Raises OSError.
    """
    old = code.git.root if code.git is not None else code.directory
    notes = []
    for source in dict.fromkeys(Path(os.path.normpath(found.path)) for found in inputs if found.path):
        place = _place(source, Path(old))
        if place is None or not source.exists():
            continue
        target = workspace.root / place
        if target.exists() or target.is_symlink():
            if source.is_dir() and not target.is_symlink():
                notes.append(f"of {place} only what git had is here: the rest is in {source}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.parent.resolve().is_relative_to(workspace.root.resolve()):
            target.symlink_to(source)
            notes.append(f"{place} leads to the data in {source}")
    return tuple(notes)


def _place(source: Path, root: Path) -> str | None:
    """Where a data set lay in the repository; None for one that did not."""
    try:
        return safe_path(source.relative_to(root).as_posix())
    except ValueError:
        return None
