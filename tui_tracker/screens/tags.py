"""The dialog for the tags of a version or of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from logger.store.registry import RegistryError, tag_key
from tui_tracker.model.text import clean
from tui_tracker.screens.dialog import Dialog
from tui_tracker.widgets.aligned import QUIET, Cell, aligned
from tui_tracker.widgets.plain_input import PlainInput

_MOST_TAGS = 12


@dataclass(frozen=True)
class TagEdit:
    """What a person decided about a tag."""

    key: str
    value: str | None
    """None: the tag shall go"""


class TagDialog(Dialog[TagEdit]):
    """Asks for a key and a value. A key that is there already brings its value, to be changed or removed."""

    AUTO_FOCUS = "#tag-key"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "remove", "remove")]

    def __init__(self, subject: str, tags: Mapping[str, str]) -> None:
        super().__init__(f"Tags of {subject}", "Set")
        self._tags = tags

    def compose_body(self) -> ComposeResult:
        with Horizontal(classes="dialog--line"):
            yield Label("tag", classes="dialog--label")
            yield PlainInput(placeholder="reviewed", compact=True, id="tag-key")
        with Horizontal(classes="dialog--line"):
            yield Label("value", classes="dialog--label")
            yield PlainInput(placeholder="by whom, or nothing", compact=True, id="tag-value")
        yield Static(id="tag-effect", markup=False)
        yield Static(self._listing(), id="tag-list", markup=False)
        yield Button("Remove the tag  ctrl+r", id="remove", compact=True)

    def on_mount(self) -> None:
        self._say_effect()

    def answer(self) -> TagEdit | None:
        try:
            return TagEdit(tag_key(self._key), self.query_one("#tag-value", Input).value)
        except RegistryError:
            return None

    def action_remove(self) -> None:
        if self._key in self._tags:
            self.dismiss(TagEdit(self._key, None))

    @property
    def _key(self) -> str:
        return self.query_one("#tag-key", Input).value.strip()

    def _listing(self) -> Content:
        rows = [[Cell(key, "$accent"), Cell(value)] for key, value in list(self._tags.items())[:_MOST_TAGS]]
        if not rows:
            return Content.styled("There is no tag yet.", QUIET)
        more = len(self._tags) - len(rows)
        return Content.assemble(aligned(rows), (f"\n{more:,} more" if more else "", QUIET))

    @on(Input.Changed, "#tag-key")
    def _key_typed(self) -> None:
        value = self.query_one("#tag-value", Input)
        if self._key in self._tags:
            value.value = self._tags[self._key]
        self._say_effect()

    @on(Input.Changed, "#tag-value")
    def _say_effect(self) -> None:
        self.query_one("#tag-effect", Static).update(self._effect())
        self.query_one("#remove", Button).display = self._key in self._tags

    def _effect(self) -> Content:
        if not self._key:
            return Content.styled(
                "A tag can be filtered by, and asked for by a gate: has tag reviewed", QUIET
            )
        try:
            tag_key(self._key)
        except RegistryError as error:
            return Content.styled(clean(str(error)), "$error")
        value = self.query_one("#tag-value", Input).value
        if self._key not in self._tags:
            return Content.styled("It is new.", "bold")
        if self._tags[self._key] == value:
            return Content.styled("It has this value already.", QUIET)
        return Content.styled("Its value changes.", "bold")

    @on(Input.Submitted, "#tag-key")
    def _on_to_the_value(self) -> None:
        self.query_one("#tag-value", Input).focus()

    @on(Input.Submitted, "#tag-value")
    def _submitted(self) -> None:
        self.action_confirm()

    @on(Button.Pressed, "#remove")
    def _removed(self) -> None:
        self.action_remove()
