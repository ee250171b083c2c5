"""The dialog that chooses fields and their order: the columns of the run table, or what runs are grouped by.

The search field keeps the focus: letters search, and the other keys act on the list below it.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from logger.store.fields import Field
from tui_tracker.model import formats
from tui_tracker.model.cells import fit
from tui_tracker.model.column_choice import ColumnChoice, describe
from tui_tracker.model.text import clean
from tui_tracker.widgets.plain_input import PlainInput, typed_in

# More are neither read nor quickly listed; a search narrows them.
MOST_SHOWN = 500
_LABEL_WIDTH = 34
_HELP = "space shows or hides · ctrl+↑↓ moves · enter accepts · esc leaves"


class Search(PlainInput):
    """A field that leaves the space bar to the dialog, whose list it acts on."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key != "space" and super().check_consume_key(key, character)


class FieldPicker(ModalScreen[tuple[Field, ...] | None]):
    """Answers the chosen fields in their order, or None when the person leaves without a choice."""

    DEFAULT_CSS = """
    FieldPicker {
        align: center middle;
        & > Vertical {
            width: 76;
            max-width: 96%;
            height: 80%;
            border: round $accent;
            border-title-color: $accent;
            background: $surface;
            padding: 0 1;
        }
        Search { padding: 0 1; margin: 0 0 1 0; background: $panel; }
        OptionList {
            height: 1fr;
            border: none;
            padding: 0;
            background: $surface;
            scrollbar-size: 0 1;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        Static { height: 1; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", priority=True),
        Binding("enter", "accept", "accept", priority=True),
        Binding("space", "show_or_hide", "show or hide", priority=True),
        Binding("up", "highlight(-1)", "up", priority=True),
        Binding("down", "highlight(1)", "down", priority=True),
        Binding("pageup", "highlight(-10)", "page up", priority=True),
        Binding("pagedown", "highlight(10)", "page down", priority=True),
        Binding("ctrl+up,shift+up", "move(-1)", "move up", priority=True),
        Binding("ctrl+down,shift+down", "move(1)", "move down", priority=True),
    ]

    def __init__(self, choice: ColumnChoice, title: str = "Columns") -> None:
        super().__init__()
        self._choice = choice
        self._title = title
        self._listed: list[Field] = []
        self._searched = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield Search(placeholder="search", select_on_focus=False, compact=True)
            yield OptionList(markup=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.can_focus = False
        self._list()
        options.highlighted = 0 if self._listed else None

    @property
    def highlighted_field(self) -> Field | None:
        """The field that the keys act on."""
        place = self.query_one(OptionList).highlighted
        return None if place is None or place >= len(self._listed) else self._listed[place]

    def _list(self, keep: int | None = None) -> None:
        """Fill the list anew, with the highlight at place `keep`, or the last one before it."""
        self._searched = self.query_one(Input).value
        found = self._choice.matching(self._searched)
        self._listed = found[:MOST_SHOWN]
        options = self.query_one(OptionList)
        top = options.scroll_offset.y
        options.clear_options()
        options.add_options([Option(self._prompt(field)) for field in self._listed])
        if keep is not None and self._listed:
            options.highlighted = min(keep, len(self._listed) - 1)
            options.scroll_to(y=top, animate=False)
            options.scroll_to_highlight()
        hidden = len(found) - len(self._listed)
        said = (
            f"showing {MOST_SHOWN} of {formats.count(len(found))}: search for the others" if hidden else _HELP
        )
        self.query_one("#said", Static).update(Content(said if found else "nothing is called so"))

    def _prompt(self, field: Field) -> Content:
        chosen = field in self._choice.chosen
        place = f"{self._choice.chosen.index(field) + 1:>3} " if chosen else "  · "
        return Content.assemble(
            (place, "$accent" if chosen else "$text-muted"),
            (fit(clean(field.label, 200), _LABEL_WIDTH), "bold" if chosen else ""),
            (f"  {clean(describe(field), 60)}", "$text-muted"),
        )

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        message.stop()
        self._list(keep=0)

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._show_or_hide()

    def action_highlight(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._listed:
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._listed) - 1))

    async def action_show_or_hide(self) -> None:
        # What was typed before the space bar, in the same burst, is searched for first.
        line = self.query_one(Input)
        await typed_in(line)
        if line.value != self._searched:
            self._list(keep=0)
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        field, place = self.highlighted_field, self.query_one(OptionList).highlighted
        if field is not None:
            self._choice = self._choice.toggle(field)
            self._list(keep=place)

    def action_move(self, step: int) -> None:
        field = self.highlighted_field
        if field is not None and field in self._choice.chosen:
            self._choice = self._choice.move(field, step)
            matching = self._choice.matching(self.query_one(Input).value)
            self._list(keep=matching.index(field))

    def action_accept(self) -> None:
        self.dismiss(self._choice.chosen)

    def action_leave(self) -> None:
        self.dismiss(None)
