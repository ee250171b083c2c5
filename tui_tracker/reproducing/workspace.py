"""A directory with the code of a run: a git worktree at its commit with its changes, or the kept files alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from logger.git import GitError, git
from logger.store.artifacts import safe_path
from logger.store.connection import StoreError
from logger.store.locate import Store
from tui_tracker.model.code import CodeState, GitState, kept_file, read_patch


@dataclass(frozen=True)
class Workspace:
    """Where a run's code lies again."""

    root: Path
    directory: Path
    """where its command is to be run"""
    notes: tuple[str, ...]
    """what was done and what is missing, a sentence each"""


def make_workspace(store: Store, code: CodeState, target: Path, repository: Path | None) -> Workspace:
    """Bring the code into `target`, which is new or empty. Raises StoreError when it cannot be had whole.

    `repository`: where the commit is looked for first; then where the run found it, then here.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError(f"{target} is there already: name another directory with --into")
    notes: list[str] = []
    submodules: Mapping[str, str] = {}
    source = target
    if code.git is not None and code.git.commit:
        submodules = code.git.submodules
        source = _repository(code.git, repository)
        _run_git(source, "worktree", "add", "--quiet", "--detach", str(target.absolute()), code.git.commit)
        notes.append(f"worktree of {source} at {code.git.commit[:12]}")
    else:
        target.mkdir(parents=True, exist_ok=True)
        notes.append("the run was in no git repository with a commit: only what it kept is here")
    try:
        notes += [_bring_submodule(source, target, path, commit) for path, commit in submodules.items()]
        notes += _bring_changes(store, code, target)
    except BaseException:
        _remove(target, code)
        raise
    directory = target / (code.git.directory if code.git is not None else ".")
    if not directory.is_dir() or not directory.resolve().is_relative_to(target.resolve()):
        directory = target
    return Workspace(target, directory, (*notes, *code.problems))


def _repository(state: GitState, given: Path | None) -> Path:
    """A repository on this machine that has the commit."""
    if shutil.which("git") is None:
        raise StoreError(
            f"git is not installed, and the run's code is the commit {state.commit[:12]} of a repository"
        )
    places = [given] if given is not None else [Path(state.root), Path.cwd()]
    for place in places:
        try:
            git(place, "cat-file", "-e", f"{state.commit}^{{commit}}")
        except (GitError, OSError):
            continue
        return place
    looked = " or ".join(str(place) for place in places)
    remote = f" {state.remote}" if state.remote else ""
    raise StoreError(
        f"the commit {state.commit[:12]} is not in {looked}: clone the repository{remote} and name it with --repository"
    )


def _bring_submodule(repository: Path, target: Path, name: str, commit: str) -> str:
    """Make a worktree of a submodule at its place, from the one in the repository; returns what was done."""
    try:
        path = safe_path(name)
        source, place = repository / path, target / path
        if not place.parent.resolve().is_relative_to(target.resolve()) or place.is_symlink():
            raise StoreError(f"the submodule {name[:80]!r} would lie outside {target}: it is not put back")
        if not (source / ".git").exists():
            raise GitError("it is not checked out")
        git(source, "worktree", "add", "--quiet", "--detach", str(place.absolute()), f"{commit}^{{commit}}")
    except (GitError, OSError, ValueError) as error:
        raise StoreError(
            f"the submodule {name[:80]!r} is not in {repository} at {commit[:12]} ({error}):"
            " `git submodule update --init --recursive` there may bring it"
        ) from None
    return f"submodule {path} at {commit[:12]}"


def _bring_changes(store: Store, code: CodeState, target: Path) -> list[str]:
    notes = []
    patch = read_patch(store, code)
    if patch:
        _run_git(target, "apply", "--binary", "--whitespace=nowarn", text=patch)
        notes.append(f"its uncommitted changes applied ({len(patch):,} bytes)")
    for name in code.files:
        _copy(store, code, name, target)
    if code.files:
        files = "1 file" if len(code.files) == 1 else f"{len(code.files)} files"
        notes.append(f"{files} that git did not have copied")
    return notes


def _copy(store: Store, code: CodeState, name: str, target: Path) -> None:
    """Copy a kept file to its place, which is within the target whatever its name or a link there says."""
    try:
        place = target / safe_path(name)
        parent = place.parent.resolve()
    except (ValueError, OSError) as error:
        raise StoreError(f"the kept file {name[:80]!r} cannot be put back: {error}") from None
    if not parent.is_relative_to(target.resolve()) or place.is_symlink():
        raise StoreError(f"the kept file {name[:80]!r} would lie outside {target}: it is not put back")
    parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept_file(store, code, name), place)


def _remove(target: Path, code: CodeState) -> None:
    """Take a workspace back that could not be finished."""
    if code.git is not None and code.git.commit:
        try:
            git(target, "worktree", "remove", "--force", str(target.absolute()))
        except GitError:
            return
    else:
        shutil.rmtree(target, ignore_errors=True)


def _run_git(directory: Path, *arguments: str, text: bytes | None = None) -> None:
    try:
        git(directory, *arguments, text=text)
    except GitError as error:
        raise StoreError(f"cannot bring the code back: {error}") from None


def moved(arguments: Sequence[str], code: CodeState, workspace: Workspace) -> list[str]:
    """The arguments of the command with paths below the old root turned to the new one, also behind `--option=`."""
    old = code.git.root if code.git is not None else code.directory
    if not old:
        return list(arguments)
    new = str(workspace.root.absolute())
    found = []
    for argument in arguments:
        option, separator, value = argument.rpartition("=")
        inside = value == old or value.startswith(old.rstrip(os.sep) + os.sep)
        found.append(f"{option}{separator}{new}{value[len(old) :]}" if inside else argument)
    return found
