"""The palette: finds the commands of the current screen and of the app by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui_tracker.commands.base import CommandClass, hosts_of, keymap_of


class CommandProvider(Provider):
    """Offers every command that is available at the moment, with its key."""

    async def discover(self) -> Hits:
        for command, run in self._offers():
            yield DiscoveryHit(command.label(), run, help=self._help(command))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command, run in self._offers():
            score = matcher.match(command.label())
            if score > 0:
                yield Hit(score, matcher.highlight(command.label()), run, help=self._help(command))

    def _offers(self) -> Iterator[tuple[CommandClass, Callable[[], Awaitable[None]]]]:
        for host in hosts_of(self.screen):
            for command in host.COMMAND_CLASSES:
                if command().available(host):
                    yield command, partial(host.action_command, command.id)

    def _help(self, command: CommandClass) -> str:
        key = command.key_label(keymap_of(self.screen))
        return f"{key}  {command.explanation()}".strip() if key else command.explanation()
