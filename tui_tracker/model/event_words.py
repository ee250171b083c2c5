"""The registry's history in words: one event as a few words, arrows from what was to what is.

The texts are as the store has them, not yet cleaned for a screen.
"""

from __future__ import annotations

from logger.store.registry import RegistryEvent

_STANDS_FOR = " -> "


def event_words(event: RegistryEvent) -> str:
    """What was done: `None → Production`, `alias champion v1 → v2`, `tag data=week 40`."""
    words = {
        "create-model": "model created",
        "register": "registered",
        "stage": f"{event.before} → {event.after}",
        "roll-back": f"↩ {event.before} → {event.after}",
        "alias": _alias(event),
        "unalias": f"alias {_alias_name(event.before)} removed",
        "describe": "described" if event.version else "model described",
        "tag": f"tag {event.after}",
        "untag": f"tag {event.before} removed",
        "delete": "deleted" if event.version else "model deleted",
    }
    return words.get(event.action, event.action)


def _alias(event: RegistryEvent) -> str:
    name, _, number = event.after.rpartition(_STANDS_FOR)
    former = event.before.rpartition(_STANDS_FOR)[2]
    return f"alias {name or event.after} {former} → {number}" if former else f"alias {name} → {number}"


def _alias_name(text: str) -> str:
    return text.rpartition(_STANDS_FOR)[0] or text
