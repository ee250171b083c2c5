"""What a subcommand is: a name, its arguments, and a function from arguments to an answer.

Each module of this package that is a command defines it in `COMMAND`, several alike in `COMMANDS`. The command line
parses, finds the store, prints and turns errors into sentences; a command only answers.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from logger.store.connection import Reader, StoreError, open_reader
from logger.store.locate import Store
from tui_tracker.text.table import Answer


class UsageError(ValueError):
    """What was typed cannot be meant: one sentence that says what is possible."""


class NotFound(StoreError):
    """What was asked for is not in the store: one sentence that names it."""


@dataclass(frozen=True)
class Place:
    """Where and when a command works."""

    store: Store
    now: float
    """epoch seconds, by which ages are reckoned"""
    width: int | None
    """columns of the terminal that is written to; None where it is none"""

    def reader(self) -> Reader:
        """A read-only connection, to be closed by the caller. Raises StoreError."""
        return open_reader(self.store)


def _no_arguments(_parser: ArgumentParser) -> None:
    """A command that takes no argument of its own."""


@dataclass(frozen=True)
class Command:
    """One subcommand of `tracker-tui`."""

    name: str
    summary: str
    """One line, for the list of commands."""
    answer: Callable[[Namespace, Place], Answer | Iterator[str]]
    """What it has to say; lines where that may be long, already in the form asked for, and clean."""
    examples: tuple[str, ...]
    """Command lines that are worth showing in its help."""
    arguments: Callable[[ArgumentParser], None] = _no_arguments
    """Adds the arguments of its own; those of every command are there already."""
    details: str = ""
    """What its help says beyond the summary."""
    collects: bool = True
    """Whether what dead processes left is filed before it answers."""


@dataclass(frozen=True)
class Errand:
    """A subcommand that works without an existing store, prints for itself and returns its exit status."""

    name: str
    summary: str
    run: Callable[[Namespace], int]
    examples: tuple[str, ...]
    arguments: Callable[[ArgumentParser], None] = _no_arguments
    details: str = ""


@dataclass(frozen=True)
class Group:
    """Subcommands of one subject under its name: `tracker-tui model tag`."""

    name: str
    summary: str
    commands: tuple[Command | Errand, ...]
    examples: tuple[str, ...]
    details: str = ""
