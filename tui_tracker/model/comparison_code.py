"""The code of several runs side by side: what ran, from which commit, under which interpreter, with which packages."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from logger.store.connection import Reader, StoreError
from logger.store.locate import Store
from logger.store.search import Cell
from tui_tracker.model.code import CodeState, read_code
from tui_tracker.model.comparison import ComparisonRow, Subject, differ

_FACTS: tuple[tuple[str, Callable[[CodeState], Cell]], ...] = (
    ("command", lambda code: shlex.join(code.command) or None),
    ("commit", lambda code: code.git.commit if code.git else None),
    ("branch", lambda code: (code.git.branch or None) if code.git else None),
    ("changed since", lambda code: "yes" if code.changed else "no"),
    ("python", lambda code: code.python or None),
    ("platform", lambda code: code.platform or None),
)


def read_codes(reader: Reader, store: Store, subjects: Sequence[Subject]) -> dict[int, CodeState]:
    """By run id, the code of those that kept it in a readable form."""
    found = {}
    for subject in subjects:
        with suppress(StoreError):
            code = read_code(reader, store, subject.run)
            if code is not None:
                found[subject.run.id] = code
    return found


def code_rows(subjects: Sequence[Subject], codes: Mapping[int, CodeState]) -> tuple[ComparisonRow, ...]:
    """What ran, then every package that any of them had, with its version in each; empty where none kept its code.

    A run that kept no code has nothing to differ by: it shows as missing, and is not counted as a difference.
    """
    states = [codes.get(subject.run.id) for subject in subjects]
    if not any(states):
        return ()
    packages = sorted({name for state in states if state for name in state.packages}, key=str.lower)
    return (
        *(
            ComparisonRow("code", name, values, _known_differ(states, values))
            for name, values in ((name, _of(states, fact)) for name, fact in _FACTS)
        ),
        *(
            ComparisonRow("packages", name, values, _known_differ(states, values))
            for name, values in ((name, _versions(states, name)) for name in packages)
        ),
    )


def _of(states: Sequence[CodeState | None], fact: Callable[[CodeState], Cell]) -> tuple[Cell, ...]:
    return tuple(None if state is None else fact(state) for state in states)


def _versions(states: Sequence[CodeState | None], name: str) -> tuple[Cell, ...]:
    return tuple(None if state is None else state.packages.get(name) for state in states)


def _known_differ(states: Sequence[CodeState | None], values: Sequence[Cell]) -> bool:
    # Versions are text: 1.10 and 1.1 are not the same.
    known = [value for state, value in zip(states, values, strict=True) if state is not None]
    return differ(None if value is None else f"v{value}" for value in known)
