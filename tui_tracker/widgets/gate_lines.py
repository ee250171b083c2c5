"""The outcomes of gates as lines: what passed, what did not, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from logger.store.registry import GateOutcome
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET


def gate_lines(outcomes: Sequence[GateOutcome]) -> Content:
    """One line a gate that passed; under one that did not, what was found."""
    return Content("\n").join([_lines(outcome) for outcome in outcomes])


def _lines(outcome: GateOutcome) -> Content:
    rule, found = clean(outcome.rule), clean(outcome.found)
    if outcome.passed:
        return Content.assemble(("✓ ", "bold $success"), rule, (f"  {found}", QUIET))
    return Content.assemble(("✗ ", "bold $error"), (rule, "bold"), (f"\n  {found}", "$error"))
