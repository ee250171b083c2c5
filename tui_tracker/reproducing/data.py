"""The data sets of a run in its workspace: linked, where they lay in the repository and are in no commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from logger.store.artifacts import safe_path
from logger.store.inputs import Input
from tui_tracker.model.code import CodeState
from tui_tracker.reproducing.workspace import Workspace


def found_again(inputs: Sequence[Input], code: CodeState, repository: Path | None) -> list[Input]:
    """The run's data, where its repository has been moved, at the place that it has there."""
    return [
        replace(found, path=str(repository.absolute() / place))
        if repository is not None
        and found.path
        and not Path(found.path).exists()
        and (place := _place(Path(os.path.normpath(found.path)), Path(_root(code)))) is not None
        and (repository / place).exists()
        else found
        for found in inputs
    ]


def link_data(
    inputs: Sequence[Input], code: CodeState, workspace: Workspace, repository: Path | None = None
) -> tuple[str, ...]:
    """Make relative paths to the run's data lead to it from the workspace too; a sentence for each that was linked.

    Data in the repository that git ignores is in no worktree, and too large to be copied. `repository`: where it is,
    if not where it was. Raises OSError.
    """
    roots = [Path(_root(code)), *([repository.absolute()] if repository is not None else [])]
    notes = []
    for source in dict.fromkeys(Path(os.path.normpath(found.path)) for found in inputs if found.path):
        place = next((found for root in roots if (found := _place(source, root)) is not None), None)
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


def _root(code: CodeState) -> str:
    """Below what a path of the run is found again in its workspace."""
    return code.git.root if code.git is not None else code.directory


def _place(source: Path, root: Path) -> str | None:
    """Where a data set lay in the repository; None for one that did not."""
    try:
        return safe_path(source.relative_to(root).as_posix())
    except ValueError:
        return None
