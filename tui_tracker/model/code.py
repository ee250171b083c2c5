"""The code of a run as it was kept: read back with suspicion, since a store may come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from logger.code_state import FILES, PATCH, STATE
from logger.store import artifacts, search
from logger.store.connection import Reader, StoreError
from logger.store.locate import Store
from logger.store.runs import StoredRun

_LARGEST_STATE = 4_000_000
_LARGEST_PATCH = 20_000_000
_MOST_ANCESTORS = 20


@dataclass(frozen=True)
class GitState:
    """Where the code was in its history."""

    root: str
    commit: str
    branch: str
    remote: str
    directory: str
    """the working directory, relative to the root"""
    submodules: Mapping[str, str] = field(default_factory=dict)
    """their commits by their paths, the outer ones first"""


@dataclass(frozen=True)
class CodeState:
    """What was kept of a run's code; texts are not cleaned yet."""

    run: StoredRun
    """the run whose files hold it: the one asked for, or the parent that started it"""
    command: tuple[str, ...]
    masked: bool
    """whether secrets in the command were replaced, so that it cannot be run as it stands"""
    directory: str
    python: str
    executable: str
    platform: str
    packages: Mapping[str, str]
    hash_seed: str
    git: GitState | None
    changed: bool
    """whether the working tree had changes that are in no commit"""
    files: tuple[str, ...]
    """kept files that git did not have, relative to the root"""
    problems: tuple[str, ...]
    """what could not be kept"""
    notebook: str = ""
    """the notebook whose cells were run; empty for a script"""

    @property
    def module(self) -> str:
        """The module that `python -m` ran; empty where it was a script."""
        arguments = self.command[1:]
        return arguments[1] if len(arguments) > 1 and arguments[0] == "-m" else ""


def read_code(reader: Reader, store: Store, run: StoredRun) -> CodeState | None:
    """The code of a run, or of the nearest parent that kept some; None where nobody did. Raises StoreError."""
    for _ in range(_MOST_ANCESTORS):
        try:
            text = _content(store, run, STATE, _LARGEST_STATE)
        except StoreError:
            parent = _parent(reader, run)
            if parent is None:
                return None
            run = parent
            continue
        return _parsed(run, text)
    return None


def _parent(reader: Reader, run: StoredRun) -> StoredRun | None:
    found = search.by_ids(reader, [run.parent_id]) if run.parent_id is not None else []
    return found[0].run if found else None


def read_patch(store: Store, code: CodeState) -> bytes:
    """The uncommitted changes; empty where none were kept. Raises StoreError where they cannot be read."""
    if not (artifacts.directory(store, code.run.uid) / PATCH).exists():
        return b""
    return _content(store, code.run, PATCH, _LARGEST_PATCH)


def kept_file(store: Store, code: CodeState, name: str) -> Path:
    """Where a kept file lies. Raises StoreError for one that is not there or leaves the run's directory."""
    return artifacts.resolve(store, code.run.uid, f"{FILES}/{name}")


def _content(store: Store, run: StoredRun, path: str, largest: int) -> bytes:
    """A small artifact. Raises StoreError for one that is missing or large."""
    found = artifacts.resolve(store, run.uid, path)
    try:
        if not found.is_file() or found.stat().st_size > largest:
            raise StoreError(f"{path} of run {run.name} is too large to be read, or no file")
        return found.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path} of run {run.name}: {error.strerror}") from None


def _parsed(run: StoredRun, text: bytes) -> CodeState:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        raise StoreError(f"{STATE} of run {run.name} is not readable") from None
    if not isinstance(state, dict):
        raise StoreError(f"{STATE} of run {run.name} is not readable")
    git = state.get("git")
    return CodeState(
        run=run,
        command=_texts(state.get("command")),
        masked=state.get("masked") is True,
        directory=_text(state, "directory"),
        python=_text(state, "python"),
        executable=_text(state, "executable"),
        platform=_text(state, "platform"),
        packages=_pairs(state.get("packages")),
        hash_seed=_text(state, "hash_seed"),
        git=_git(git) if isinstance(git, dict) else None,
        changed=state.get("changed") is True,
        files=_texts(state.get("files")),
        problems=_texts(state.get("problems")),
        notebook=_text(state, "notebook"),
    )


def _git(state: dict[str, Any]) -> GitState:
    return GitState(
        root=_text(state, "root"),
        commit=_text(state, "commit"),
        branch=_text(state, "branch"),
        remote=_text(state, "remote"),
        directory=_text(state, "directory"),
        submodules=_pairs(state.get("submodules")),
    )


def _text(state: dict[str, Any], key: str) -> str:
    value = state.get(key)
    return value if isinstance(value, str) else ""


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _pairs(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {key: value for key, value in values.items() if isinstance(value, str)}
