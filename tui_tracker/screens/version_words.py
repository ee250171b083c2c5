"""Dialogs for the words that go with a version: its aliases and its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from logger.store.registry import ModelVersion, RegistryError, alias_name
from tui_tracker.commands import dialogs
from tui_tracker.model.text import clean
from tui_tracker.screens.dialog import Dialog
from tui_tracker.screens.run_words import TextDialog
from tui_tracker.widgets.aligned import QUIET, Cell, aligned
from tui_tracker.widgets.plain_input import PlainInput

_MOST_ALIASES = 12


@dataclass(frozen=True)
class AliasEdit:
    """What a person decided about an alias."""

    alias: str
    remove: bool
    """else it shall stand for the version"""


class AliasDialog(Dialog[AliasEdit]):
    """Asks for an alias, and says for which version it stands."""

    AUTO_FOCUS = "#alias"
    BINDINGS: ClassVar[list[BindingType]] = [dialogs.RemoveAlias.on("remove")]

    def __init__(self, version: ModelVersion, aliases: Mapping[str, int]) -> None:
        super().__init__(f"Aliases of {version.model} v{version.version}", "Set")
        self._version = version
        self._aliases = aliases

    def compose_body(self) -> ComposeResult:
        with Horizontal(classes="dialog--line"):
            yield Label("alias", classes="dialog--label")
            yield PlainInput(self._own_alias(), placeholder="champion", compact=True, id="alias")
        yield Static(id="alias-effect", markup=False)
        yield Static(self._listing(), id="alias-list", markup=False)
        yield Button("Remove the alias  ctrl+r", id="remove", compact=True)

    def on_mount(self) -> None:
        self._say_effect()

    def answer(self) -> AliasEdit | None:
        try:
            return AliasEdit(alias_name(self._typed), remove=False)
        except RegistryError:
            return None

    def action_remove(self) -> None:
        if self._typed in self._aliases:
            self.dismiss(AliasEdit(self._typed, remove=True))

    @property
    def _typed(self) -> str:
        return self.query_one("#alias", Input).value.strip()

    def _own_alias(self) -> str:
        return self._version.aliases[0] if self._version.aliases else ""

    def _listing(self) -> Content:
        rows = [
            [Cell(alias, "$accent"), Cell(f"v{number}")]
            for alias, number in list(self._aliases.items())[:_MOST_ALIASES]
        ]
        return aligned(rows) if rows else Content.styled("The model has no alias yet.", QUIET)

    @on(Input.Changed, "#alias")
    def _say_effect(self) -> None:
        self.query_one("#alias-effect", Static).update(self._effect())
        self.query_one("#remove", Button).display = self._typed in self._aliases

    def _effect(self) -> Content:
        typed, number = self._typed, self._version.version
        if not typed:
            return Content.styled("An alias is a name that a script can ask for: models:/NAME@ALIAS", QUIET)
        try:
            alias_name(typed)
        except RegistryError as error:
            return Content.styled(clean(str(error)), "$error")
        holder = self._aliases.get(typed)
        if holder == number:
            return Content.styled(f"It stands for v{number} already.", QUIET)
        if holder is not None:
            return Content.styled(f"It moves from v{holder} to v{number}.", "bold")
        return Content.styled(f"It will stand for v{number}.", "bold")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_confirm()

    @on(Button.Pressed, "#remove")
    def _removed(self) -> None:
        self.action_remove()


class DescribeDialog(TextDialog):
    """Asks for a description of several lines."""

    def __init__(self, subject: str, description: str) -> None:
        super().__init__(f"Describe {subject}", description, "ctrl+o opens your $EDITOR.")
