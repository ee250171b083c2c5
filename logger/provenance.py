"""Where a run comes from: host, process, user, command line, git commit. Nothing of the environment is recorded."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from logger import notebook
from logger.identity import birth
from logger.masking import mask, mask_arguments


def here() -> dict[str, Any]:
    """The columns of `runs` that say which process of whom writes."""
    return {"host": os.uname().nodename, "pid": os.getpid(), "user": user()}


def this_process() -> dict[str, Any]:
    """What tells this process from every other: the columns of `processes`."""
    return {**here(), "started": time.time(), "birth": birth(os.getpid())}


def origin() -> dict[str, Any]:
    """The columns of `runs` that say where it came from."""
    return {**here(), "source": command_line(), "git_commit": git_commit(Path.cwd())}


def user() -> str:
    """The login name, or the numeric id where there is none."""
    name = os.environ.get("USER") or os.environ.get("LOGNAME")
    if name:
        return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid())


def command_line() -> str:
    """The command that started this process, as a shell would take it, secrets masked; of a kernel, its notebook."""
    if found := notebook.here():
        return mask(found.file)
    arguments = list(getattr(sys, "orig_argv", sys.argv))
    if arguments:
        arguments[0] = Path(arguments[0]).name
    return shlex.join(mask_arguments(arguments))


def git_commit(directory: Path) -> str:
    """The commit that HEAD names in the repository around `directory`; empty where there is none.

    Read from the repository's files, since starting git costs milliseconds.
    """
    for above in (directory, *directory.parents):
        git = above / ".git"
        if git.exists():
            return _head(git) or ""
    return ""


def _head(git: Path) -> str | None:
    try:
        if git.is_file():
            # A worktree or submodule: the file says where its own directory is.
            git = (git.parent / git.read_text().partition("gitdir:")[2].strip()).resolve()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        common = git / "commondir"
        shared = (git / common.read_text().strip()).resolve() if common.is_file() else git
        for place in (git, shared):
            if (place / name).is_file():
                return (place / name).read_text().strip()
        for line in (shared / "packed-refs").read_text().splitlines():
            commit, _, found = line.partition(" ")
            if found == name:
                return commit
    except (OSError, UnicodeDecodeError):
        return None
    return None
