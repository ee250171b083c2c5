"""Commands that every screen has."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass

GROUP = "Everywhere"


class Viewer(Protocol):
    """The app, as its commands know it."""

    async def switch_mode(self, mode: str) -> object: ...
    def action_command_palette(self) -> None: ...
    def action_change_theme(self) -> None: ...
    def show_help(self) -> None: ...
    def show_alerts(self) -> None: ...
    def draw_anew(self) -> None: ...
    def action_suspend_process(self) -> None: ...
    def exit(self) -> None: ...


class ShowExplorer(Command[Viewer]):
    """Experiments and runs."""

    id = "app.explorer"
    key = "1"
    group = GROUP

    async def run(self, host: Viewer) -> None:
        await host.switch_mode("explorer")


class ShowRegistry(Command[Viewer]):
    """Model registry."""

    id = "app.registry"
    key = "2"
    group = GROUP
    footer = "models"

    async def run(self, host: Viewer) -> None:
        await host.switch_mode("registry")


class ShowSystem(Command[Viewer]):
    """This machine: load, GPUs, processes and their runs."""

    id = "app.system"
    key = "3"
    group = GROUP
    footer = "system"

    async def run(self, host: Viewer) -> None:
        await host.switch_mode("system")


class ShowAlerts(Command[Viewer]):
    """Alerts: what runs have to tell."""

    id = "app.alerts"
    key = "exclamation_mark"
    shown_key = "!"
    group = GROUP

    def run(self, host: Viewer) -> None:
        host.show_alerts()


class ShowHelp(Command[Viewer]):
    """All keys of this screen."""

    id = "app.help"
    key = "question_mark,f1"
    shown_key = "?"
    group = GROUP
    show = True
    footer = "help"

    def run(self, host: Viewer) -> None:
        host.show_help()


class ShowPalette(Command[Viewer]):
    """Find a command by name."""

    id = "app.palette"
    key = "colon,ctrl+p"
    shown_key = ":"
    group = GROUP
    show = True
    footer = "commands"

    def run(self, host: Viewer) -> None:
        host.action_command_palette()


class ChangeTheme(Command[Viewer]):
    """Change the colours."""

    id = "app.theme"
    group = GROUP

    def run(self, host: Viewer) -> None:
        host.action_change_theme()


class Redraw(Command[Viewer]):
    """Draw the screen anew, after something else has written over it."""

    id = "app.redraw"
    key = "ctrl+l"
    group = GROUP

    def run(self, host: Viewer) -> None:
        host.draw_anew()


class Suspend(Command[Viewer]):
    """Suspend, to the shell; its `fg` comes back."""

    id = "app.suspend"
    key = "ctrl+z"
    group = GROUP

    def run(self, host: Viewer) -> None:
        host.action_suspend_process()


class Quit(Command[Viewer]):
    """Quit; runs go on."""

    id = "app.quit"
    key = "q"
    group = GROUP
    show = True
    footer = "quit"

    def run(self, host: Viewer) -> None:
        host.exit()


GENERAL_COMMANDS: tuple[CommandClass, ...] = (
    ShowHelp,
    ShowPalette,
    ShowExplorer,
    ShowRegistry,
    ShowSystem,
    ShowAlerts,
    ChangeTheme,
    Redraw,
    Suspend,
    Quit,
)
