"""The viewer, wired together: store, watcher, modes, theme, keys. What there is to see is in `screens/`."""

from __future__ import annotations

import asyncio
import math
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual.app import ScreenStackError
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from logger.store.locate import Store
from tui_tracker.appearance import AppearingApp
from tui_tracker.commands.base import CommandHost
from tui_tracker.commands.general import GENERAL_COMMANDS
from tui_tracker.commands.palette import CommandProvider
from tui_tracker.copying import CopyingApp
from tui_tracker.messages import AlertsRaised, StoreChanged, StoreFailed
from tui_tracker.model import settings
from tui_tracker.model.run_edits import UndoHistory
from tui_tracker.model.source import Source
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.text import clean
from tui_tracker.screens.alerting import AlertTeller
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.help import HelpScreen
from tui_tracker.sparing import SparingApp
from tui_tracker.type_ahead import TypeAheadApp
from tui_tracker.watch import Watcher

# Classes that the screen gets by its size; where it is narrow the tree folds away.
_WIDTHS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
_HEIGHTS = [(0, "-tiny"), (12, "-short"), (30, "-tall")]
_ENDINGS = (signal.SIGHUP, signal.SIGTERM)
_ASCII_ONLY = "All is drawn in ASCII, since the locale has no more: LC_ALL=C.UTF-8 makes it finer."


def _registry() -> Screen[None]:
    from tui_tracker.screens.registry import RegistryScreen

    return RegistryScreen()


def _system() -> Screen[None]:
    from tui_tracker.screens.system import SystemScreen

    return SystemScreen()


class TrackerApp(CommandHost, AppearingApp, CopyingApp, TypeAheadApp, SparingApp):
    """Shows one store. `watching=False` leaves the store unwatched: for pictures and tests."""

    TITLE = "tracker-tui"
    CSS_PATH = "tracker.tcss"
    MODES: ClassVar = {"explorer": ExplorerScreen, "registry": _registry, "system": _system}
    DEFAULT_MODE = "explorer"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    COMMANDS: ClassVar = {CommandProvider}
    COMMAND_CLASSES = GENERAL_COMMANDS
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    unseen_alerts: reactive[int] = reactive(0)
    """alerts that have come since somebody looked at them"""

    def __init__(self, store: Store, *, watching: bool = True) -> None:
        super().__init__()
        self.source = Source(store)
        self.state = StateFile.of(store)
        self.settings = settings.read()
        self.undo = UndoHistory()
        self.viewer_state = StateFile.of_viewer()
        self.keymap = self.settings.keys
        """keys that the person has set, by the commands' ids"""
        self.set_keymap(dict(self.keymap))
        self.appear(self.settings.theme, self.viewer_state)
        self._alert_teller = AlertTeller(
            self, store, self.settings.alerts, partial(self.tell_failure, title="Alerts")
        )
        self._told: dict[str, float] = {}
        self._watcher = Watcher(self.source, self.post_message) if watching else None

    def on_mount(self) -> None:
        # A terminal that hangs up, or a polite kill, ends the app as `q` does.
        for ending in _ENDINGS:
            asyncio.get_running_loop().add_signal_handler(
                ending, partial(self.exit, return_code=128 + ending)
            )

    def on_ready(self) -> None:
        self._tell_settings(self.settings.remarks)
        if self.keymap:
            self.run_worker(self._check_keys, thread=True, exit_on_error=False)
        if not has_unicode():
            self.notify(_ASCII_ONLY, markup=False)
        if self._watcher is not None:
            self._watcher.start()

    def _tell_settings(self, remarks: Sequence[str]) -> None:
        for remark in remarks:
            self.notify(clean(remark), title="Settings", severity="warning", markup=False)

    def _check_keys(self) -> None:
        """Which of the keys that were set are not there or collide: in a thread, since all screens are looked at."""
        from tui_tracker.keys import remarks

        self.call_from_thread(self._tell_settings, remarks(self.keymap))

    def clear_selection(self) -> None:
        # From Python 3.12 on tasks start eagerly, so an Input in the first screen asks for this before that
        # screen is on the stack.
        with suppress(ScreenStackError):
            super().clear_selection()

    def on_unmount(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
        self.source.close()

    def on_store_changed(self, message: StoreChanged) -> None:
        self._hand_on(lambda: StoreChanged(message.run_ids, message.structure))

    def on_store_failed(self, message: StoreFailed) -> None:
        self.tell_failure(message.reason)
        self._hand_on(lambda: StoreFailed(message.reason))

    def on_alerts_raised(self, message: AlertsRaised) -> None:
        self.unseen_alerts += self._alert_teller.tell(message.alerts)

    def show_alerts(self) -> None:
        """List the alerts; opens the run of the one that is chosen."""
        from tui_tracker.screens.alerts import AlertsScreen

        def open_run(run_id: int | None) -> None:
            if run_id is not None:
                from tui_tracker.screens.run import RunScreen

                self.push_screen(RunScreen(run_id))

        if not isinstance(self.screen, AlertsScreen):
            self.unseen_alerts = 0
            self.push_screen(AlertsScreen(self.source), open_run)

    def tell_failure(self, reason: str, title: str = "The store") -> None:
        """Say what is wrong with the store; once, when several parts of the viewer meet with it together."""
        now = time.monotonic()
        if now - self._told.get(reason, -math.inf) > self.NOTIFICATION_TIMEOUT:
            self._told[reason] = now
            self.notify(clean(reason), title=title, severity="error", markup=False)

    def show_help(self) -> None:
        """Open the list of all keys that work on this screen."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.of(self.screen))

    def _hand_on(self, message: Callable[[], Message]) -> None:
        """Give a message to the current screen, and to those that show behind a dialog."""
        for screen in reversed(self.screen_stack):
            screen.post_message(message())
            if not screen.is_modal:
                break
