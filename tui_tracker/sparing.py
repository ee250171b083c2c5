"""An app that writes to its terminal no more than has changed; see `sent_screen`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from tui_tracker.sent_screen import SentScreen

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen


class SparingApp(App[None]):
    """Knows what its terminal shows."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = SentScreen()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, self._sent.lessened(renderable))

    def on_mount(self) -> None:
        # Between Ctrl-Z and `fg` the terminal has forgotten what was on it.
        self.app_resume_signal.subscribe(self, lambda _: self.draw_anew())

    def on_resize(self) -> None:
        """When its size changes, a terminal keeps nothing, or moves it."""
        self._sent.forget()

    def draw_anew(self) -> None:
        """Write everything, whatever the terminal is thought to show."""
        self._sent.forget()
        self.refresh(layout=True)
