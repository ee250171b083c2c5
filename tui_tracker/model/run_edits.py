"""What a person types about runs, as changes to the store, and the history by which they are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logger.store.edits import Change, Words

# Edits that can be taken back; each holds what it changed of every run.
MOST_UNDONE = 50
# Stands for a run's former name in the new one.
FORMER = "{}"


class TagError(ValueError):
    """A line that is not a tag: one sentence that says what one looks like."""


@dataclass(frozen=True)
class Done:
    """An edit that was made."""

    said: str
    """what was done, as a sentence without its full stop"""
    undo: tuple[Change, ...]
    """what takes it back"""

    @property
    def run_ids(self) -> frozenset[int]:
        return frozenset(change.run_id for change in self.undo)


class UndoHistory:
    """The edits of one session, the latest first to be taken back."""

    def __init__(self) -> None:
        self._done: list[Done] = []

    def __len__(self) -> int:
        return len(self._done)

    def add(self, done: Done) -> None:
        self._done = [*self._done, done][-MOST_UNDONE:]

    def latest(self) -> Done | None:
        return self._done[-1] if self._done else None

    def drop(self, done: Done) -> None:
        """It has been taken back."""
        self._done = [other for other in self._done if other is not done]


def renamed(words: Sequence[Words], name: str) -> list[Change]:
    """The runs under another name, in which `{}` stands for the one that each has."""
    return [
        Change(run.run_id, name=new)
        for run in words
        for new in (name.replace(FORMER, run.name).strip(),)
        if new != run.name
    ]


def noted(words: Sequence[Words], note: str) -> list[Change]:
    return [Change(run.run_id, note=note) for run in words if run.note != note]


def shared_note(words: Sequence[Words]) -> str:
    """The note that all have; empty where they differ."""
    notes = {run.note for run in words}
    return notes.pop() if len(notes) == 1 else ""


def shared_tags(words: Sequence[Words]) -> dict[str, str]:
    """The tags that all have, with the same value."""
    first, *others = words
    return {
        key: value for key, value in first.tags.items() if all(run.tags.get(key) == value for run in others)
    }


def tags_text(tags: Mapping[str, str]) -> str:
    """One `key = value` a line; a tag without a value is its key. What a line cannot hold is left out."""
    return "\n".join(
        f"{key} = {value}" if value else key for key, value in tags.items() if is_editable(key, value)
    )


def is_editable(key: str, value: str) -> bool:
    """Whether a line can stand for the tag and be read back as the same."""
    one_line = all(len(text.splitlines()) <= 1 and text == text.strip() for text in (key, value))
    return bool(key) and one_line and "=" not in key


def parse_tags(text: str) -> dict[str, str]:
    """The tags that a text of `tags_text` names. Raises TagError."""
    tags: dict[str, str] = {}
    for line in text.splitlines():
        key, _, value = (part.strip() for part in line.partition("="))
        if not key and not value:
            continue
        if not key:
            raise TagError(f"{line.strip()!r} has no name before its =: a tag is `name = value`")
        if key in tags:
            raise TagError(f"{key!r} stands there twice: a run has one value a tag")
        tags[key] = value
    return tags


def tagged(words: Sequence[Words], before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The runs with what was added to the shared tags, and without what was taken from them."""
    shown = {key for key, value in before.items() if is_editable(key, value)}
    edits: dict[str, str | None] = dict.fromkeys(shown - after.keys())
    edits |= {key: value for key, value in after.items() if before.get(key) != value}
    return [Change(run.run_id, tags=edits) for run in words] if edits else []


def of_runs(words: Sequence[Words]) -> str:
    """`run-03`, or `12 runs`."""
    return words[0].name if len(words) == 1 else f"{len(words):,} runs"
