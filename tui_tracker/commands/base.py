"""Commands: one class for each thing a person can do.

A command carries its key, its help and its action; the footer, the help screen and the palette are made from
it. A screen (or the app) lists its commands in `COMMAND_CLASSES`; the keys become bindings under their own
ids, so that a keymap can move them.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

Host_contra = TypeVar("Host_contra", contravariant=True)
_ACTION = "command"
DEFAULT_KEYS: Mapping[str, str] = {}
"""The keymap of whoever has set no keys."""


class Command(Generic[Host_contra]):
    """One thing to do. A subclass's docstring is its help: the first line is its label, the rest explains."""

    id: ClassVar[str]
    """`group.verb`, unique."""
    key: ClassVar[str] = ""
    """Textual's names of keys, separated by commas; empty for a command of the palette only."""
    group: ClassVar[str]
    """The heading under which help lists it."""
    show: ClassVar[bool] = False
    """Whether the footer shows it."""
    shown_key: ClassVar[str | None] = None
    """How footer and help write the key, where Textual's way is unclear."""
    footer: ClassVar[str] = ""
    """A shorter label, for the footer."""

    def run(self, host: Host_contra) -> Awaitable[None] | None:
        """Do it to the screen or app that offers it."""
        raise NotImplementedError

    def available(self, host: Host_contra) -> bool:
        """Whether it makes sense there at the moment."""
        return True

    @classmethod
    def label(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or cls.id).partition("\n")[0].rstrip(".")

    @classmethod
    def explanation(cls) -> str:
        """What the docstring says after its first line; often nothing."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n")[2].split())

    @classmethod
    def key_label(cls, keymap: Mapping[str, str] = DEFAULT_KEYS) -> str:
        """The first key as a person reads it; empty for a command of the palette only."""
        if cls.id in keymap:
            return format_key(keymap[cls.id].partition(",")[0]).replace("ctrl+", "^")
        return cls.shown_key or format_key(cls.key.partition(",")[0])

    @classmethod
    def keys_label(cls, keymap: Mapping[str, str] = DEFAULT_KEYS) -> str:
        """All keys as a person reads them."""
        keys = keymap.get(cls.id, cls.key).split(",")
        return " ".join(format_key(key).replace("ctrl+", "^") for key in keys)

    @classmethod
    def binding(cls) -> Binding:
        return Binding(
            cls.key,
            f"{_ACTION}('{cls.id}')",
            cls.footer or cls.label(),
            show=cls.show,
            key_display=cls.shown_key,
            tooltip=cls.label(),
            id=cls.id,
        )


CommandClass = type[Command[Any]]


class WidgetKey(Command[Any]):
    """A key whose doing is that of the widget or dialog it is pressed in, which binds it to an action of its own."""

    @classmethod
    def on(cls, action: str, *, priority: bool = False) -> Binding:
        """The key for this action; with `priority`, before the widget that has the focus."""
        return Binding(cls.key, action, cls.label(), show=False, id=cls.id, priority=priority)


Hints = Sequence[tuple[type[WidgetKey], str]]
"""Keys and what they do, as a line says it."""


def hint_line(hints: Hints, keymap: Mapping[str, str]) -> str:
    """Such as `space marks · ⏎ accepts`."""
    return " · ".join(f"{key.key_label(keymap)} {does}" for key, does in hints)


class CommandHost(DOMNode):
    """Mixin for a screen or app that offers commands."""

    COMMAND_CLASSES: ClassVar[tuple[CommandClass, ...]] = ()

    @property
    def inner_host(self) -> CommandHost | None:
        """The part within that offers commands at the moment, before this one's own: a page that shows, say."""
        return None

    def __init_subclass__(cls, **keywords: Any) -> None:
        if "COMMAND_CLASSES" in cls.__dict__:
            bindings = [command.binding() for command in cls.COMMAND_CLASSES if command.key]
            cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), *bindings]
        super().__init_subclass__(**keywords)

    async def action_command(self, command_id: str) -> None:
        """Run the command with this id."""
        command = self._command(command_id)
        if command is not None and command.available(self):
            outcome = command.run(self)
            if outcome is not None:
                await outcome

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == _ACTION and parameters:
            command = self._command(str(parameters[0]))
            return command is not None and command.available(self)
        return super().check_action(action, parameters)

    def _command(self, command_id: str) -> Command[Any] | None:
        return next((command() for command in self.COMMAND_CLASSES if command.id == command_id), None)


def keymap_of(node: DOMNode) -> Mapping[str, str]:
    """The keys that the person has set, by the commands' ids."""
    keymap: Mapping[str, str] = getattr(node.app, "keymap", DEFAULT_KEYS)
    return keymap


def beside(others: Iterable[CommandClass], commands: Iterable[CommandClass]) -> tuple[CommandClass, ...]:
    """The commands without those of their keys that the others have; what is left without a key is in the palette."""
    taken = {key for command in others for key in command.key.split(",")}
    return tuple(
        _with_keys(command, [key for key in command.key.split(",") if key not in taken])
        for command in commands
    )


def _with_keys(command: CommandClass, keys: Sequence[str]) -> CommandClass:
    key = ",".join(keys)
    if key == command.key:
        return command
    return type(command.__name__, (command,), {"__doc__": command.__doc__, "key": key, "shown_key": None})


def hosts_of(screen: DOMNode) -> list[CommandHost]:
    """Who offers commands on a screen, the nearest to the person first: the page within, the screen, the app."""
    inner = screen.inner_host if isinstance(screen, CommandHost) else None
    return [host for host in (inner, screen, screen.app) if isinstance(host, CommandHost)]
