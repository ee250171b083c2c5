"""Every key of a screen, by what it is for; made from the commands themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_tracker.commands import dialogs
from tui_tracker.commands.base import CommandClass, hint_line, hosts_of, keymap_of
from tui_tracker.commands.general import ShowHelp
from tui_tracker.commands.moving import MOVING_KEYS, Choose, pane_moves
from tui_tracker.screens.outside import is_outside
from tui_tracker.widgets.moved import MovedPage


class HelpScreen(ModalScreen[None]):
    """A dialog; the arrows scroll it, any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.Close.on("dismiss"),
        Choose.on("dismiss"),
        *pane_moves(),
        Binding(ShowHelp.key, "dismiss", show=False, id=ShowHelp.id),
    ]

    def __init__(self, commands: Sequence[CommandClass]) -> None:
        super().__init__()
        self._commands = commands

    @classmethod
    def of(cls, screen: DOMNode) -> HelpScreen:
        """Help for a screen and what shows in it, the nearest commands first."""
        return cls([command for host in hosts_of(screen) for command in host.COMMAND_CLASSES])

    def compose(self) -> ComposeResult:
        with MovedPage(id="help") as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = Content(hint_line(((dialogs.Close, "closes"),), keymap_of(self)))
            with Horizontal(classes="help--columns"):
                for column in _in_two_columns(self._sections()):
                    with Vertical():
                        for section in column:
                            yield Static(section, classes="help--section", markup=False)

    def _sections(self) -> list[Content]:
        keymap = keymap_of(self)
        moving = [(key.keys_label(keymap), key.label()) for key in MOVING_KEYS]
        sections = [_section("Moving", moving)]
        for group in dict.fromkeys(command.group for command in self._commands if command.key):
            members = [command for command in self._commands if command.group == group and command.key]
            lines = [(command.key_label(keymap), command.label()) for command in members]
            sections.append(_section(group, lines))
        return sections

    def on_mount(self) -> None:
        self.query_one(MovedPage).focus()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if is_outside(self, event):
            self.dismiss()


def _in_two_columns(sections: Sequence[Content]) -> tuple[Sequence[Content], Sequence[Content]]:
    """Parted where the columns are most nearly equally long."""
    lengths = [len(section.plain.splitlines()) + 1 for section in sections]
    parting = min(
        range(len(sections) + 1), key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:]))
    )
    return sections[:parting], sections[parting:]


def _section(title: str, lines: Sequence[tuple[str, str]]) -> Content:
    width = max((cell_len(key) for key, _ in lines), default=0)
    pieces: list[Content | str | tuple[str, str]] = [(f"{title}\n", "bold $accent")]
    for key, label in lines:
        pieces += [(key + " " * (width - cell_len(key)), "bold"), f"  {label}\n"]
    return Content.assemble(*pieces)
