"""Every key of a screen, by what it is for; made from the commands themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_tracker.commands.base import CommandClass, hosts_of, keymap_of

# Keys of lists and trees, which no command of ours stands behind.
MOVEMENT: tuple[tuple[str, str], ...] = (
    ("↑ ↓  j k", "up, down"),
    ("← →  h l", "current column; open or close a branch"),
    ("pgup pgdn", "a page"),
    ("home end  g G", "first, last"),
    ("tab ⇧tab", "next pane, previous pane"),
    ("esc", "one step back"),
)


class HelpScreen(ModalScreen[None]):
    """A dialog; the arrows scroll it, any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", "close")]

    def __init__(self, commands: Sequence[CommandClass]) -> None:
        super().__init__()
        self._commands = commands

    @classmethod
    def of(cls, screen: DOMNode) -> HelpScreen:
        """Help for a screen and what shows in it, the nearest commands first."""
        return cls([command for host in hosts_of(screen) for command in host.COMMAND_CLASSES])

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "esc closes"
            with Horizontal(classes="help--columns"):
                for column in _in_two_columns(self._sections()):
                    with Vertical():
                        for section in column:
                            yield Static(section, classes="help--section", markup=False)

    def _sections(self) -> list[Content]:
        sections = [_section("Moving", MOVEMENT)]
        keymap = keymap_of(self)
        for group in dict.fromkeys(command.group for command in self._commands if command.key):
            members = [command for command in self._commands if command.group == group and command.key]
            lines = [(command.key_label(keymap), command.label()) for command in members]
            sections.append(_section(group, lines))
        return sections

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


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
