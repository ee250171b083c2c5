"""The registry's history in words: one event as a few words, arrows from what was to what is; and what belongs to it.

The texts are as the store has them, not yet cleaned for a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from logger.store.registry import RegistryEvent

# So many lines of what a command wrote tell what went wrong.
_OUTPUT_LINES = 3

Kind = Literal["reason", "refusal", "override", "output"]


@dataclass(frozen=True)
class Note:
    """Something that belongs to an event."""

    kind: Kind
    text: str


def event_words(event: RegistryEvent) -> str:
    """What was done: `None → Production`, `@champion: v1 → v2`, `tag data=week 40`."""
    words = {
        "create-model": "model created",
        "rename": f"renamed: {event.change}",
        "register": "registered",
        "import": "imported",
        "stage": event.change,
        "roll-back": f"↩ {event.change}",
        "hook": f"ran {event.after}",
        "alias": f"@{event.change}",
        "unalias": f"@{event.change}",
        "describe": "described" if event.version else "model described",
        "tag": f"tag {event.after}",
        "untag": f"tag {event.before} removed",
        "status": f"status {event.change}",
        "delete": "deleted" if event.version else "model deleted",
    }
    return words.get(event.action, event.action)


def is_failure(event: RegistryEvent) -> bool:
    """Whether it tells of a command that did not succeed."""
    return event.action == "hook" and event.details.get("status") != 0


def event_notes(event: RegistryEvent) -> Sequence[Note]:
    """Why it was done; which gates refused, and why that did not count; what a command that failed wrote."""
    details = event.details
    notes = [Note("reason", event.reason)] if event.reason else []
    gates = details.get("gates")
    notes += [
        Note("refusal", f"✗ {gate.get('rule', '?')}: {gate.get('found', '')}")
        for gate in (gates if isinstance(gates, list) else [])
        if isinstance(gate, dict) and not gate.get("passed")
    ]
    override = details.get("override")
    if isinstance(override, str) and override:
        notes.append(Note("override", f"overridden: {override}"))
    output = details.get("output")
    if is_failure(event) and isinstance(output, str):
        notes += [Note("output", line) for line in output.splitlines()[-_OUTPUT_LINES:]]
    return notes
