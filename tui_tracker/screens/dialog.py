"""What the registry's dialogs have in common: a box, a way out, a way on."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input

from tui_tracker.commands import dialogs
from tui_tracker.commands.base import hint_line, keymap_of
from tui_tracker.commands.moving import pane_moves
from tui_tracker.model.text import clean

Answer = TypeVar("Answer")
_LONGEST_TITLE = 60


class Dialog(ModalScreen[Answer | None]):
    """A question in a box. Escape answers None; Ctrl+S or the button on the right answers what `answer`
    returns.
    """

    CSS_PATH = "../registry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.Leave.on("cancel"),
        dialogs.Confirm.on("confirm"),
        *pane_moves(),
    ]

    def __init__(self, title: str, verb: str) -> None:
        super().__init__()
        self._title = title
        self._verb = verb

    def compose_body(self) -> ComposeResult:
        """What stands in the box, above the buttons."""
        raise NotImplementedError

    def answer(self) -> Answer | None:
        """What is answered when the person confirms; None where that is not possible yet."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(clean(self._title, _LONGEST_TITLE))
            told = ((dialogs.Confirm, "confirms"), (dialogs.Leave, "leaves"))
            box.border_subtitle = Content(hint_line(told, keymap_of(self)))
            yield from self.compose_body()
            with Horizontal(classes="dialog--buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._verb, id="confirm", variant="primary", compact=True)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_confirm(self) -> None:
        answer = self.answer()
        if answer is not None:
            self.dismiss(answer)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Button.Pressed, "#confirm")
    def _confirmed(self) -> None:
        self.action_confirm()


class LinesDialog(Dialog[Answer]):
    """A dialog of lines to fill in: Enter goes from one to the next, and from the last to the button that confirms."""

    BINDINGS: ClassVar[list[BindingType]] = [dialogs.NextLine.on("next_line", priority=True)]

    def action_next_line(self) -> None:
        chain = self.focus_chain
        place = chain.index(self.focused) if self.focused in chain else -1
        later = (widget for widget in chain[place + 1 :] if isinstance(widget, Input))
        self.set_focus(next(later, self.query_one("#confirm", Button)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On a button or a box Enter presses it."""
        if action == "next_line":
            return not isinstance(self.focused, (Button, Checkbox))
        return super().check_action(action, parameters)
