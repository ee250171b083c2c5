"""Dialogs for what a person says of runs: their name, note and tags; and one that asks whether to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from logger.store.edits import Words
from tui_tracker.commands import dialogs
from tui_tracker.model.run_edits import (
    FORMER,
    TagError,
    of_runs,
    parse_tags,
    shared_note,
    shared_tags,
    tags_text,
)
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.screens.dialog import Dialog
from tui_tracker.screens.text_editor import EditorFailed, edited_elsewhere
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.plain_input import PlainInput, PlainTextArea

# Names that a question lists; it counts the others.
_MOST_LISTED = 6
_LONGEST_NAME = 60


class RenameDialog(Dialog[str]):
    """Asks for a name."""

    AUTO_FOCUS = "#name"

    def __init__(self, words: Sequence[Words]) -> None:
        super().__init__(f"Rename {of_runs(words)}", "Rename")
        self._words = words

    def compose_body(self) -> ComposeResult:
        several = len(self._words) > 1
        with Horizontal(classes="dialog--line"):
            yield Label("name", classes="dialog--label")
            yield PlainInput(FORMER if several else self._words[0].name, compact=True, id="name")
        if several:
            yield Static(f"{FORMER} stands for the name that each run has.", classes="dialog--remark")

    def answer(self) -> str | None:
        return self.query_one("#name", Input).value.strip() or None

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_confirm()


class TextDialog(Dialog[str]):
    """Asks for a text of several lines, which the editor of the person's choice may write."""

    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [dialogs.OpenEditor.on("edit_elsewhere")]

    def __init__(self, title: str, text: str, remark: str) -> None:
        super().__init__(title, "Save")
        self._text = text
        self._remark = remark

    def compose_body(self) -> ComposeResult:
        yield PlainTextArea(self._text, compact=True)
        yield Static(Content(self._remark), classes="dialog--remark", markup=False)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    def answer(self) -> str | None:
        return self.query_one(TextArea).text

    def say(self, problem: str) -> None:
        """Say what is wrong with the text, in the place of the remark."""
        remark = self.query_one(".dialog--remark", Static)
        remark.update(Content.styled(clean(problem), "$error") if problem else Content(self._remark))

    def action_edit_elsewhere(self) -> None:
        area = self.query_one(TextArea)
        try:
            area.text = edited_elsewhere(self.app, area.text)
        except EditorFailed as failure:
            self.say(str(failure))


class NoteDialog(TextDialog):
    """Asks for a note."""

    def __init__(self, words: Sequence[Words]) -> None:
        several = f"It replaces the notes of {len(words):,} runs. " if len(words) > 1 else ""
        super().__init__(
            f"Note on {of_runs(words)}", shared_note(words), f"{several}ctrl+o opens your $EDITOR."
        )


class TagsDialog(TextDialog):
    """Asks for the tags that runs share, one a line; answers the text of a valid list."""

    def __init__(self, words: Sequence[Words]) -> None:
        self.shared: Mapping[str, str] = shared_tags(words)
        several = f"Shown are the tags that all {len(words):,} share. " if len(words) > 1 else ""
        super().__init__(
            f"Tags of {of_runs(words)}",
            tags_text(self.shared),
            f"One a line, `name = value`. {several}ctrl+o opens your $EDITOR.",
        )

    def answer(self) -> str | None:
        text = self.query_one(TextArea).text
        try:
            parse_tags(text)
        except TagError as error:
            self.say(str(error))
            return None
        return text


class ConfirmDialog(Dialog[bool]):
    """Asks whether something shall be done to runs; answers True."""

    AUTO_FOCUS = "#confirm"

    def __init__(self, verb: str, words: Sequence[Words], remark: str) -> None:
        super().__init__(f"{verb} {of_runs(words)}?", verb)
        self._words = words
        self._remark = remark

    def compose_body(self) -> ComposeResult:
        names = [clean(run.name, _LONGEST_NAME) for run in self._words[:_MOST_LISTED]]
        hidden = len(self._words) - len(names)
        listing = [*names, f"and {hidden:,} more"] if hidden else names
        yield Static(Content("\n".join(listing)), markup=False)
        yield Static(Content.styled(clean_lines(self._remark), QUIET), classes="dialog--remark", markup=False)

    def answer(self) -> bool:
        return True
