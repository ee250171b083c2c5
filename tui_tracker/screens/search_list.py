"""A dialog of one list with a search above it, which keeps the focus: letters search, other keys act on the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_tracker.commands import dialogs
from tui_tracker.commands.base import Hints, hint_line, keymap_of
from tui_tracker.commands.moving import pane_moves
from tui_tracker.model import formats
from tui_tracker.screens.outside import is_outside
from tui_tracker.widgets.plain_input import PlainInput

Entry = TypeVar("Entry")
Answer = TypeVar("Answer")

# Around the list: the border, the search and the lines below it.
_AROUND = 7
_LEAST_HEIGHT = 12
# More are neither read nor quickly listed; a search narrows them.
MOST_SHOWN = 500


class SearchField(PlainInput):
    """A field that leaves the space bar to the dialog where this acts on its list with it."""

    leaves_space = True

    def check_consume_key(self, key: str, character: str | None) -> bool:
        leaves = self.leaves_space and key == "space"
        return not leaves and super().check_consume_key(key, character)


class SearchList(ModalScreen[Answer | None], Generic[Entry, Answer]):
    """Answers what its subclass makes of `accept`; None when the person leaves.

    Entries are told apart by `==`.
    """

    DEFAULT_CSS = """
    SearchList {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 76;
            max-width: 96%;
            max-height: 80%;
            border: round $accent;
            border-title-color: $accent;
            background: $surface;
            padding: 0 1;
        }
        SearchField { padding: 0 1; margin: 0 0 1 0; background: $panel; }
        OptionList {
            height: 1fr;
            border: none;
            padding: 0;
            background: $surface;
            scrollbar-size: 0 1;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        Static { height: auto; max-height: 2; color: $text-muted; }
    }
    .-short SearchList > Vertical { max-height: 96%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *pane_moves(),
        dialogs.Leave.on("leave", priority=True),
        dialogs.Accept.on("accept", priority=True),
        dialogs.PickUp.on("highlight(-1)", priority=True),
        dialogs.PickDown.on("highlight(1)", priority=True),
        dialogs.PickPageUp.on("highlight(-10)", priority=True),
        dialogs.PickPageDown.on("highlight(10)", priority=True),
    ]
    TITLE_OF_BOX: str
    HINTS: ClassVar[Hints] = dialogs.CHOOSING
    """what is said below the list"""
    PLACEHOLDER: ClassVar[str] = "search"
    LONGEST_SEARCH: ClassVar[int] = 0
    """characters that the search takes; 0 for as many as are typed"""
    SPACE_ACTS: ClassVar[bool] = True
    """whether the space bar acts on the list; else it is typed"""

    def __init__(self) -> None:
        super().__init__()
        self._listed: Sequence[Entry] = ()

    def matching(self, search: str) -> Sequence[Entry]:
        """What the list holds while this is searched for."""
        raise NotImplementedError

    def prompt(self, entry: Entry) -> Content:
        """How an entry of the list reads."""
        raise NotImplementedError

    def accept(self, entry: Entry | None) -> Answer | None:
        """What is answered; `entry` is the one that is highlighted."""
        raise NotImplementedError

    @property
    def nothing_found(self) -> str:
        """What is said below an empty list."""
        return "nothing is called so"

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self.TITLE_OF_BOX
            field = SearchField(
                placeholder=self.PLACEHOLDER,
                max_length=self.LONGEST_SEARCH,
                select_on_focus=False,
                compact=True,
            )
            field.leaves_space = self.SPACE_ACTS
            yield field
            yield OptionList(markup=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.list_again(self._first())
        # As tall as what it lists at first: it is not to jump while it is searched.
        self.query_one(Vertical).styles.height = max(len(self._listed) + _AROUND, _LEAST_HEIGHT)

    @property
    def highlighted(self) -> Entry | None:
        """The entry that the keys act on."""
        place = self.query_one(OptionList).highlighted
        return None if place is None or place >= len(self._listed) else self._listed[place]

    def list_again(self, entry: Entry | None = None, said: str = "") -> None:
        """Fill the list anew with the highlight on an entry, else where it was; `said` stands below it."""
        options = self.query_one(OptionList)
        place, top = options.highlighted or 0, options.scroll_offset.y
        found = self.matching(self.query_one(Input).value)
        self._listed = found[:MOST_SHOWN]
        options.clear_options()
        options.add_options([Option(self.prompt(listed)) for listed in self._listed])
        if self._listed:
            place = self._listed.index(entry) if entry in self._listed else place
            options.highlighted = min(place, len(self._listed) - 1)
            options.scroll_to(y=top, animate=False)
            options.scroll_to_highlight()
        hidden = len(found) - len(self._listed)
        many = f"showing {MOST_SHOWN} of {formats.count(len(found))}: search for the others"
        told = self.nothing_found if not found else many if hidden else hint_line(self.HINTS, keymap_of(self))
        self.query_one("#said", Static).update(Content(said or told))

    def _first(self) -> Entry | None:
        """The entry that is highlighted at first; the uppermost if none."""
        return None

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        message.stop()
        self.query_one(OptionList).highlighted = None
        self.list_again()

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.clicked()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box leaves it."""
        if is_outside(self, event):
            self.action_leave()

    def clicked(self) -> None:
        """A person clicked on an entry, which is highlighted."""
        self.action_accept()

    def action_highlight(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._listed:
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._listed) - 1))

    def action_accept(self) -> None:
        answer = self.accept(self.highlighted)
        if answer is not None:
            self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(None)


def found_in(search: str, names: Sequence[str]) -> list[str]:
    """The names that hold every word of a search, in any case."""
    words = search.lower().split()
    return [name for name in names if all(word in name.lower() for word in words)]
