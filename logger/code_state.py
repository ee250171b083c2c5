"""The code of a run as it was: commit, uncommitted changes, untracked files, command, Python, packages.

Kept as artifacts of the run below `code/`: `state.json`, `changes.patch`, `files/...`. Children of a run have its code.
Secrets of known shapes are masked; files that are likely to hold some are left out. No environment variable is
recorded, but for `PYTHONHASHSEED`, which is a seed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logger import notebook as notebooks
from logger.git import GitError, WorkingTree, changes, submodules, untracked, working_tree
from logger.masking import MASK, mask, mask_arguments
from logger.store.runs import RUNNING

if TYPE_CHECKING:
    from logger.notebook import Notebook
    from logger.run import Run

FOLDER = "code"
STATE, PATCH, FILES = f"{FOLDER}/state.json", f"{FOLDER}/changes.patch", f"{FOLDER}/files"
VERSION = 1

_LARGEST_PATCH = 10_000_000
_LARGEST_FILE, _LARGEST_TOTAL, _MOST_FILES = 256_000, 5_000_000, 500
_SECRET_FILE = re.compile(
    r"(^|/)(\.env(\..*)?|\.netrc|\.pgpass|\.npmrc|\.pypirc|id_[a-z0-9]+|.*(secret|credential|password|token).*"
    r"|.*\.(pem|key|p12|pfx|keystore|kdbx))$",
    re.IGNORECASE,
)
_DISTRIBUTION = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)\.(dist|egg)-info$")


def keep(run: Run, place: str) -> bool | None:
    """Take the state of the code around a directory and keep it. Raises what file systems and libraries raise.

    Returns whether the working tree has changes that are in no commit; None where there is no tree, or none can tell.
    """
    directory = Path(place)
    state = _state(directory)
    notebook = notebooks.here()
    problems: list[str] = state["problems"]
    tree = _tree(directory)
    if tree is not None:
        state["git"] = {
            "root": str(tree.root),
            "commit": tree.commit,
            "branch": tree.branch,
            "remote": tree.remote,
            "directory": os.path.relpath(directory, tree.root),
            "submodules": {},
        }
        problems += _keep_changes(run, tree, state)
    elif notebook is None and (script := _script()):
        # Without a repository the script itself is all there is to keep.
        root = directory if script.is_relative_to(directory) else script.parent
        problems += _keep_files(run, root, [script.relative_to(root).as_posix()], state)
    if notebook is not None:
        _keep_cells(run, notebook, state)
    run.log_dict(state, STATE)
    changed: bool | None = state["changed"]
    return changed


def keep_fault(run: Run, error: Exception) -> None:
    """Say in the place of a state why there is none."""
    run.log_dict({"version": VERSION, "problems": [f"{type(error).__name__}: {error}"]}, STATE)


def _state(directory: Path) -> dict[str, Any]:
    machine = os.uname()
    arguments = mask_arguments(list(getattr(sys, "orig_argv", sys.argv)))
    return {
        "version": VERSION,
        "command": arguments,
        "masked": MASK in " ".join(arguments),
        "directory": str(directory),
        "python": ".".join(map(str, sys.version_info[:3])),
        "executable": sys.executable,
        "platform": f"{machine.sysname} {machine.release} {machine.machine}",
        "packages": packages(sys.path),
        "hash_seed": os.environ.get("PYTHONHASHSEED", ""),
        "git": None,
        "changed": None,
        "files": [],
        "problems": [],
    }


def packages(path: Iterable[str]) -> dict[str, str]:
    """The versions of the distributions on an import path, by normal name, from the names of their directories."""
    found: dict[str, str] = {}
    for place in path:
        try:
            names = [entry.name for entry in Path(place or ".").iterdir()]
        except OSError:
            continue
        for name in names:
            if match := _DISTRIBUTION.match(name):
                found.setdefault(re.sub(r"[-_.]+", "-", match["name"]).lower(), match["version"])
    return dict(sorted(found.items()))


def _tree(directory: Path) -> WorkingTree | None:
    # Asking git costs a process: only where there is something to ask.
    if not any((above / ".git").exists() for above in (directory, *directory.parents)):
        return None
    try:
        return working_tree(directory)
    except GitError:
        return None


def _script() -> Path | None:
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    # A module of an installed package is in the list of packages.
    if not file or getattr(main, "__spec__", None) is not None:
        return None
    return Path(file).absolute()


def _keep_changes(run: Run, tree: WorkingTree, state: dict[str, Any]) -> list[str]:
    """Keep patch and untracked files; returns what could not be kept."""
    try:
        patch, names = changes(tree), untracked(tree)
        inner = submodules(tree)
        for one in inner:
            patch += changes(one.tree, one.path)
            names += [f"{one.path}/{name}" for name in untracked(one.tree)]
    except GitError as error:
        return [str(error)]
    state["git"]["submodules"] = {one.path: one.tree.commit for one in inner}
    state["changed"] = bool(patch or names) or any(one.is_moved for one in inner)
    run.set_git_dirty(state["changed"])
    problems = _keep_files(run, tree.root, names, state)
    if len(patch) > _LARGEST_PATCH:
        problems.append(f"the uncommitted changes have {len(patch):,} bytes and are not kept")
    elif patch:
        run.log_bytes(masked_patch(patch), PATCH)
    return problems


def _keep_cells(run: Run, notebook: Notebook, state: dict[str, Any]) -> None:
    """Keep what the notebook has run, and goes on running while the run is open, as its script."""
    place = state["git"]["directory"] if state["git"] else "."
    name = os.path.normpath(f"{place}/{notebook.cells_name}")

    def keep(cells: str) -> bool:
        run.log_bytes(mask(cells).encode("utf-8", "replace"), f"{FILES}/{name}")
        return run.status == RUNNING

    state["command"], state["masked"] = [sys.executable, notebook.cells_name], False
    state["notebook"] = notebook.file
    state["files"].append(name)
    keep(notebook.cells())
    notebook.tell_of_cells(keep)


def masked_patch(patch: bytes) -> bytes:
    """The patch, secrets masked in what it adds, so that it still applies. The rest is in the history anyway."""
    lines = patch.decode("utf-8", "surrogateescape").split("\n")
    masked = [
        f"+{mask(line[1:])}" if line.startswith("+") and not line.startswith("+++") else line
        for line in lines
    ]
    return "\n".join(masked).encode("utf-8", "surrogateescape")


def _keep_files(run: Run, root: Path, names: list[str], state: dict[str, Any]) -> list[str]:
    """Keep small files below their names; returns which could not be kept."""
    left_out: list[str] = []
    total = 0
    store = run.store.directory.resolve()
    for name in names:
        path = root / name
        if path.is_symlink() or not path.is_file() or path.resolve().is_relative_to(store):
            continue
        size = path.stat().st_size
        full = total + size > _LARGEST_TOTAL or len(state["files"]) >= _MOST_FILES
        if size > _LARGEST_FILE or full or _SECRET_FILE.search(name):
            left_out.append(name)
            continue
        data = path.read_bytes()
        text = data.decode("utf-8", "replace")
        if mask(text) != text:
            left_out.append(name)
            continue
        try:
            run.log_bytes(data, f"{FILES}/{name}")
        except ValueError:  # a name that no artifact may have
            left_out.append(name)
            continue
        total += size
        state["files"].append(name)
    if not left_out:
        return []
    shown = ", ".join(left_out[:10]) + (f" and {len(left_out) - 10} more" if len(left_out) > 10 else "")
    return [f"untracked files not kept (too large, too many, odd names, or with secrets): {shown}"]
