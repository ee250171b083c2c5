"""How the code of one run differs from that of another, as lines of unified diffs.

Between two commits git tells, where the repository of the working directory has both; uncommitted changes are
kept as patches, which are compared with each other.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from logger.store.connection import StoreError
from logger.store.locate import Store
from tui_tracker.model.code import CodeState, read_patch

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_GIT_SECONDS = 20
_SHORT = 12
# Longer diffs are not read on a screen, and two long patches take long to compare.
MOST_LINES = 4000


@dataclass(frozen=True)
class CodeDiff:
    """What became of the code between two runs."""

    remark: str
    """one sentence: what was compared, and what could not be"""
    lines: tuple[str, ...]
    """of unified diffs, not yet cleaned; empty where nothing differs"""


def code_diff(
    store: Store, before: CodeState | None, after: CodeState | None, repository: Path | None = None
) -> CodeDiff:
    """The difference between the code of two runs. Blocks.

    `repository`: where both commits may be; the working directory where it is not given, and never a place that a
    store names, since git runs what a repository's settings say.
    """
    if before is None or after is None:
        return CodeDiff("Not both runs have kept their code: `start_run` does in a git repository.", ())
    commits = [code.git.commit if code.git else "" for code in (before, after)]
    lines: list[str] = []
    words = []
    if all(commits) and commits[0] != commits[1]:
        between = _between(repository or Path.cwd(), *commits)
        named = " and ".join(commit[:_SHORT] for commit in commits)
        words.append(
            f"commits {named} are not in this directory's repository"
            if between is None
            else f"commits {named}"
        )
        lines += between or []
    elif commits[0]:
        words.append(f"both at commit {commits[0][:_SHORT]}")
    else:
        words.append("no commit is known")
    patches = [_patch_lines(store, code) for code in (before, after)]
    if None in patches:
        words.append("the uncommitted changes of one cannot be read")
    elif patches[0] == patches[1]:
        words.append("the same uncommitted changes" if patches[0] else "no uncommitted changes")
    else:
        words.append("uncommitted changes differ")
        lines += difflib.unified_diff(
            patches[0] or [], patches[1] or [], "changes of the first", "changes of the second", lineterm=""
        )
    if len(lines) > MOST_LINES:
        words.append(f"showing {MOST_LINES:,} of {len(lines):,} lines")
    return CodeDiff("; ".join(words), tuple(lines[:MOST_LINES]))


def _between(repository: Path, before: str, after: str) -> list[str] | None:
    """What git says between two commits; None where it does not have both."""
    if not all(_COMMIT.fullmatch(commit) for commit in (before, after)):
        return None
    command: Sequence[str] = (
        *("git", "-C", str(repository), "--no-pager", "-c", "core.fsmonitor=false"),
        *("diff", "--no-color", "--no-ext-diff", "--no-textconv", before, after, "--"),
    )
    # Objects that are missing are not to be fetched from anywhere.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_GIT_SECONDS,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").splitlines() if done.returncode == 0 else None


def _patch_lines(store: Store, code: CodeState) -> list[str] | None:
    """The lines of a run's patch; None where it cannot be read, or compared in a reasonable time."""
    try:
        lines = read_patch(store, code).decode("utf-8", "replace").splitlines()
    except StoreError:
        return None
    return lines if len(lines) <= 10 * MOST_LINES else None
