"""What git knows of a working tree: commit, branch, remote, changes. Read by `git` itself, which only reads.

Nothing configured in the repository is run: no external diff, no text conversion, no file monitor.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 30.0
_SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
    "--no-optional-locks",
    "--literal-pathspecs",
)
# A password or token within a URL.
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


class GitError(RuntimeError):
    """git is not there, took too long or refused: one sentence that says which."""


def git(directory: Path, *arguments: str, text: bytes | None = None) -> bytes:
    """The output of a git command in that directory. Raises GitError."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", str(directory), *arguments],
            capture_output=True,
            check=False,
            env=environment,
            timeout=_SECONDS,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise GitError(f"git cannot be run: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"git {arguments[0]} says: {said[-1] if said else f'status {done.returncode}'}")
    return done.stdout


@dataclass(frozen=True)
class WorkingTree:
    """A repository's working tree as it is."""

    root: Path
    commit: str
    """40 hex digits; empty before the first commit"""
    branch: str
    """empty where HEAD is on none"""
    remote: str
    """the URL of `origin`, without credentials; empty where there is none"""


def working_tree(directory: Path) -> WorkingTree:
    """The working tree around a directory. Raises GitError where there is none."""
    root = Path(os.fsdecode(git(directory, "rev-parse", "--show-toplevel")).rstrip("\n"))
    return WorkingTree(
        root,
        _line(root, "rev-parse", "--verify", "--quiet", "HEAD"),
        _line(root, "symbolic-ref", "--short", "--quiet", "HEAD"),
        _CREDENTIALS.sub("", _line(root, "config", "--get", "remote.origin.url")),
    )


def changes(tree: WorkingTree, below: str = "") -> bytes:
    """The uncommitted changes of tracked files, staged or not, as a patch that `git apply` takes. Raises GitError.

    `below`: where in another tree this one lies, for a patch of that one. What a submodule has is left to its own tree.
    """
    against = tree.commit or git(tree.root, "hash-object", "-t", "tree", os.devnull).decode().strip()
    plain = ("--binary", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all")
    place = f"{below}/" if below else ""
    return git(tree.root, "diff", *plain, f"--src-prefix=a/{place}", f"--dst-prefix=b/{place}", against)


@dataclass(frozen=True)
class Submodule:
    """A repository within another's working tree."""

    path: str
    """relative to the root of the outermost"""
    tree: WorkingTree
    is_moved: bool
    """whether it is at another commit than the repository around it says"""


def submodules(tree: WorkingTree, below: str = "") -> list[Submodule]:
    """The submodules that are checked out, also those of submodules. Raises GitError."""
    if not (tree.root / ".gitmodules").is_file():
        return []
    found = []
    for entry in git(tree.root, "ls-files", "--stage", "-z").split(b"\0"):
        kind, _, name = entry.partition(b"\t")
        path = os.fsdecode(name)
        if kind.startswith(b"160000 ") and (tree.root / path / ".git").exists():
            inner = working_tree(tree.root / path)
            place = f"{below}{path}"
            found.append(Submodule(place, inner, inner.commit != kind.split(b" ")[1].decode()))
            found += submodules(inner, f"{place}/")
    return found


def untracked(tree: WorkingTree) -> list[str]:
    """The files that are neither tracked nor ignored, relative to the root. Raises GitError."""
    found = git(tree.root, "ls-files", "--others", "--exclude-standard", "-z")
    return [os.fsdecode(name) for name in found.split(b"\0") if name]


def _line(root: Path, *arguments: str) -> str:
    """One line of output; empty where git has no answer."""
    try:
        return git(root, *arguments).decode("utf-8", "replace").strip()
    except GitError:
        return ""
