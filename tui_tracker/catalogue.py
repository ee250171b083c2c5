"""Every command of `tracker-tui`, by what it is about, and the list of them that its help shows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from tui_tracker.text.command import Command, Errand, Group

AnyCommand = Command | Errand | Group

# Modules of this package by the subject of their commands, in the order in which they are listed.
_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "look at runs": (
        "text.ls",
        "text.show",
        "text.compare",
        "text.curves",
        "text.scatter",
        "text.importance",
        "text.console",
        "text.artifacts",
        "text.alerts",
        "text.system",
    ),
    "do something with runs": (
        "text.stop",
        "text.reproduce",
        "text.export",
        "text.import_runs",
        "text.standing",
    ),
    "models, from a run to production and back": (
        "text.models",
        "text.model",
        "text.card",
        "text.gates",
        "text.promote",
        "text.roll_back",
        "text.alias",
        "text.history",
        "text.path",
        "text.serve",
    ),
    "the store": ("text.doctor", "text.gc", "text.journal"),
    "the app": ("key_list", "demo.errand"),
}
_LEAST_WIDTH = 40


def commands_by_subject() -> dict[str, list[AnyCommand]]:
    """The commands of each subject."""
    return {
        subject: [command for name in names for command in _of_module(name)]
        for subject, names in _SUBJECTS.items()
    }


def _of_module(name: str) -> Sequence[AnyCommand]:
    module = import_module(f"tui_tracker.{name}")
    found: Sequence[AnyCommand] = getattr(module, "COMMANDS", None) or [module.COMMAND]
    return found


def listing(subjects: Mapping[str, Sequence[AnyCommand]], width: int) -> str:
    """The commands under their subjects, a summary each, in lines of at most `width` characters."""
    return "\n".join(_lines(subjects, max(width, _LEAST_WIDTH)))


def _lines(subjects: Mapping[str, Sequence[AnyCommand]], width: int) -> Iterator[str]:
    names = max(len(command.name) for commands in subjects.values() for command in commands)
    for subject, commands in subjects.items():
        yield f"{subject}:"
        for command in commands:
            yield from textwrap.wrap(
                f"{command.name:<{names}}  {command.summary}",
                width,
                initial_indent="  ",
                subsequent_indent=" " * (names + 4),
                break_on_hyphens=False,
            )
        yield ""
