"""Commands that change runs: those that are marked, or else the one at the cursor."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Change runs"


class Edits(Protocol):
    """What can be done to the chosen runs."""

    def rename(self) -> None: ...
    def note(self) -> None: ...
    def tag(self) -> None: ...
    def undo(self) -> None: ...


class EditsRuns(Protocol):
    """A screen on which runs can be changed."""

    @property
    def edits(self) -> Edits: ...

    def archive(self) -> None: ...
    def delete(self) -> None: ...


class RenameRuns(Command[EditsRuns]):
    """Rename the run.

    Of several that are marked, `{}` in the new name stands for the old one.
    """

    id = "runs.rename"
    key = "R"
    group = GROUP

    def run(self, host: EditsRuns) -> None:
        host.edits.rename()


class NoteRuns(Command[EditsRuns]):
    """Write a note.

    Several lines; ctrl+o in it opens your $EDITOR.
    """

    id = "runs.note"
    key = "n"
    group = GROUP
    show = True
    footer = "note"

    def run(self, host: EditsRuns) -> None:
        host.edits.note()


class TagRuns(Command[EditsRuns]):
    """Change the tags."""

    id = "runs.tag"
    key = "T"
    group = GROUP

    def run(self, host: EditsRuns) -> None:
        host.edits.tag()


class ArchiveRuns(Command[EditsRuns]):
    """Archive, or take back from the archive."""

    id = "runs.archive"
    key = "a"
    group = GROUP

    def run(self, host: EditsRuns) -> None:
        host.archive()


class DeleteRuns(Command[EditsRuns]):
    """Delete, or restore what is deleted."""

    id = "runs.delete"
    key = "D,delete"
    group = GROUP

    def run(self, host: EditsRuns) -> None:
        host.delete()


class UndoEdit(Command[EditsRuns]):
    """Take the last change back."""

    id = "runs.undo"
    key = "u"
    group = GROUP

    def run(self, host: EditsRuns) -> None:
        host.edits.undo()


EDIT_COMMANDS: tuple[CommandClass, ...] = (
    RenameRuns,
    NoteRuns,
    TagRuns,
    ArchiveRuns,
    DeleteRuns,
    UndoEdit,
)
