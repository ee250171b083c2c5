"""A mistake in a filter: where it is, what was found there, what is possible there."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

# A message names so many possibilities, and shows so much of what was found.
_EXAMPLES = 6
_LONGEST_SHOWN = 40
# `pointer` shows so many characters to each side of the mistake.
_CONTEXT = 60


class FilterError(ValueError):
    """A text that is not a filter; the message is one sentence and begins with the column, counted from 1."""

    def __init__(self, text: str, position: int, length: int, problem: str) -> None:
        self.text = text
        """The whole filter."""
        self.position = max(0, min(position, len(text)))
        """Where the mistake begins, in characters; `len(text)` where something is missing at the end."""
        self.length = max(0, min(length, len(text) - self.position))
        """How many characters are at fault; 0 where something is missing."""
        super().__init__(f"column {self.position + 1}: {problem}")

    def pointer(self) -> str:
        """The filter and, on a second line, carets beneath the mistake; long filters are cut around it."""
        start = max(0, self.position - _CONTEXT)
        end = min(len(self.text), self.position + _CONTEXT)
        before, rest = (
            _printable(self.text[start : self.position]),
            _printable(self.text[self.position : end]),
        )
        head, tail = "…" if start else "", "…" if end < len(self.text) else ""
        carets = "^" * max(1, _cells(rest[: self.length]))
        return f"{head}{before}{rest}{tail}\n{' ' * _cells(head + before)}{carets}"


def shown(found: str) -> str:
    """What was found, as a message shows it: in quotes, on one line, cut."""
    cut = found if len(found) <= _LONGEST_SHOWN else found[: _LONGEST_SHOWN - 1] + "…"
    printable = _printable(cut)
    return printable if printable[:1] in ("'", '"', "`") else f"'{printable}'"


def listing(options: Sequence[str], most: int = _EXAMPLES) -> str:
    """`a, b or c`, cut after `most`."""
    chosen = [_printable(option) for option in options[:most]]
    if len(options) > most:
        return ", ".join(chosen) + ", …"
    return " or ".join(filter(None, (", ".join(chosen[:-1]), *chosen[-1:])))


def suggestion(found: str, candidates: Iterable[str]) -> str:
    """`did you mean a or b?` for candidates that are spelt nearly like what was found; else empty."""
    if len(found) > 2 * _LONGEST_SHOWN:
        return ""
    spelling = {candidate.casefold(): candidate for candidate in sorted(candidates)}
    close = difflib.get_close_matches(found.casefold(), spelling, n=3, cutoff=0.6)
    return f"did you mean {listing([spelling[name] for name in close])}?" if close else ""


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _cells(text: str) -> int:
    """The width of printable text on a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
