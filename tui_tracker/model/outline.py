"""A list of runs in groups: which line is a heading, and which is the how-manieth of the rows below open headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True)
class Heading:
    """The line that stands for a group."""

    key: tuple[str | None, ...]
    """the values that the group's runs share"""
    name: str
    """clean text"""
    texts: tuple[str, ...]
    """its cells, clean, in the order of the columns"""
    runs: int
    """how many the group has"""
    opened: bool


@dataclass(frozen=True)
class Outline:
    """Headings in their order, each followed by its rows where it is open. Lines and rows are counted from 0."""

    headings: Sequence[Heading]

    @cached_property
    def _starts(self) -> list[int]:
        """The line of each heading, and the line after the last one."""
        starts = [0]
        for heading in self.headings:
            starts.append(starts[-1] + 1 + (heading.runs if heading.opened else 0))
        return starts

    @property
    def length(self) -> int:
        """How many lines there are."""
        return self._starts[-1]

    def parts(self, first: int, count: int) -> list[tuple[tuple[str | None, ...], int, int]]:
        """Where `count` rows from the `first` on are, by groups.

        Of each a key, how many of its rows come before, how many are among these.
        """
        found, start = [], 0
        for heading in self.headings:
            if heading.opened:
                before = max(first - start, 0)
                wanted = min(heading.runs, first + count - start) - before
                if wanted > 0:
                    found.append((heading.key, before, wanted))
                start += heading.runs
        return found

    def rows_before(self, key: tuple[str | None, ...]) -> int | None:
        """How many rows stand above those of a group; None where it is closed, or not there."""
        before = 0
        for heading in self.headings:
            if heading.key == key:
                return before if heading.opened else None
            before += heading.runs if heading.opened else 0
        return None

    def toggled(self, key: tuple[str | None, ...]) -> Outline:
        """With this group opened, or closed."""
        return Outline(
            [
                replace(heading, opened=not heading.opened) if heading.key == key else heading
                for heading in self.headings
            ]
        )

    def at(self, line: int) -> Heading | int:
        """The heading at a line, or the number of the row there. Raises IndexError beyond the end."""
        if not 0 <= line < self.length:
            raise IndexError(line)
        place = bisect_right(self._starts, line) - 1
        within = line - self._starts[place]
        return line - place - 1 if within else self.headings[place]

    def line_of_row(self, row: int) -> int:
        """The line of a row."""
        low, high = 0, self.length - 1
        while low < high:
            middle = (low + high) // 2
            if self._rows_through(middle) > row:
                high = middle
            else:
                low = middle + 1
        return low

    def line_of(self, key: tuple[str | None, ...]) -> int | None:
        """The line of a group's heading."""
        return next(
            (
                start
                for start, heading in zip(self._starts, self.headings, strict=False)
                if heading.key == key
            ),
            None,
        )

    def rows(self, first: int, last: int) -> tuple[int, int] | None:
        """The first and the last row among some lines, both included; None where all are headings."""
        before, through = self._rows_through(first - 1), self._rows_through(last)
        return (before, through - 1) if through > before else None

    def _rows_through(self, line: int) -> int:
        """How many rows stand at a line and above it."""
        return line + 1 - bisect_right(self._starts[:-1], line)
