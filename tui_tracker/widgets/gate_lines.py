"""The outcomes of gates as lines: what passed, what did not, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from logger.store.registry import GateOutcome
from tui_tracker.widgets.aligned import QUIET, Cell, aligned

_WIDEST = 40


def gate_lines(outcomes: Sequence[GateOutcome]) -> Content:
    """One line a gate."""
    return aligned(
        [
            [
                Cell("✓" if outcome.passed else "✗", "bold $success" if outcome.passed else "bold $error"),
                Cell(outcome.rule, "" if outcome.passed else "bold"),
                Cell(outcome.found, QUIET if outcome.passed else "$error"),
            ]
            for outcome in outcomes
        ],
        widest=_WIDEST,
    )
