"""The app's way to the clipboard, for whatever copies: wrapped for what stands between it and the terminal."""

from __future__ import annotations

from textual.app import App

from tui_tracker.model import clipboard


class CopyingApp(App[None]):
    """Mixin of an app whose `copy_to_clipboard` also works inside tmux and GNU screen."""

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text into the clipboard of the terminal. Too long a one is refused, in a sentence."""
        if len(text.encode(errors="replace")) > clipboard.LONGEST:
            kilobytes = clipboard.LONGEST // 1000
            self.notify(f"More than {kilobytes} kB cannot be copied through a terminal.", severity="warning")
            return
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(clipboard.sequence(text))
        if clipboard.is_in_tmux():
            self.run_worker(
                lambda: clipboard.load_tmux_buffer(text), group="copy", thread=True, exit_on_error=False
            )
