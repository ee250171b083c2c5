"""The bottom line: the keys that matter here, made from the commands of the screen and the app."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_tracker.commands.base import CommandClass, CommandHost, hosts_of, keymap_of

# What is said instead while a line of text is edited: keys, label.
Hint = tuple[str, str]
WHILE_FILTERING: tuple[Hint, ...] = (
    ("⇥", "complete"),
    ("⏎", "keep the filter"),
    ("esc", "back to the last one"),
)


class KeyBar(Widget):
    """As many commands as there is room for; a click runs one."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $secondary;
    }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> Content:
        if self.hints:
            return Content.assemble(*(piece for key, label in self.hints for piece in _pieces(key, label)))
        return Content.assemble(
            *(
                piece
                for _, command in self._fitting()
                for piece in _pieces(self._key(command), _label(command))
            )
        )

    async def on_click(self, event: events.Click) -> None:
        chosen: tuple[CommandHost, CommandClass] | None = None
        place = 0
        for host, command in self._fitting():
            if place <= event.x - self.styles.padding.left:
                chosen = host, command
            place += self._width(command)
        if chosen is not None and not self.hints:
            host, command = chosen
            await host.action_command(command.id)

    def _fitting(self) -> Sequence[tuple[CommandHost, CommandClass]]:
        """The commands that are shown: the app's always, before them the screen's as far as they fit."""
        *own_hosts, app = hosts_of(self.screen)
        own = [offer for host in own_hosts for offer in self._offers(host)]
        general = self._offers(app)
        room = self.content_size.width - sum(self._width(command) for _, command in general)
        shown = []
        for host, command in own:
            room -= self._width(command)
            if room < 0:
                break
            shown.append((host, command))
        return [*shown, *general]

    def _key(self, command: CommandClass) -> str:
        return command.key_label(keymap_of(self))

    def _width(self, command: CommandClass) -> int:
        return cell_len(self._key(command)) + 1 + cell_len(_label(command)) + 2

    @staticmethod
    def _offers(host: CommandHost) -> list[tuple[CommandHost, CommandClass]]:
        return [
            (host, command) for command in host.COMMAND_CLASSES if command.show and command().available(host)
        ]


def _label(command: CommandClass) -> str:
    return command.footer or command.label()


def _pieces(key: str, label: str) -> tuple[tuple[str, str], str]:
    return (key, "bold $accent"), f" {label}  "
