"""What a person has done with the files of a run: opened in a program of theirs, copied to a place of theirs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static
from textual.worker import get_current_worker

from tui_tracker.messages import CopyArtifactsAsked, OpenArtifactAsked
from tui_tracker.model import formats
from tui_tracker.model.artifact_files import CopyError, copy_out, private_copy
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import Dialog
from tui_tracker.screens.text_editor import EditorFailed, shown_elsewhere
from tui_tracker.widgets.plain_input import PlainInput

_PAUSE_SECONDS = 0.2


class DestinationDialog(Dialog[str]):
    """Asks where to copy to; answers the path as it was typed."""

    AUTO_FOCUS = "#destination"

    def __init__(self, name: str, files: int, size: int, proposed: str) -> None:
        super().__init__(f"Copy {name} out of the store", "Copy")
        self._told = f"{formats.count(files)} {'file' if files == 1 else 'files'}, {formats.size(size)}."
        self._proposed = proposed

    def compose_body(self) -> ComposeResult:
        with Horizontal(classes="dialog--line"):
            yield Label("to", classes="dialog--label")
            yield PlainInput(self._proposed, compact=True, id="destination")
        yield Static(
            f"{self._told} Nothing is overwritten; a directory that exists is what it is copied into.",
            classes="dialog--remark",
            markup=False,
        )

    def answer(self) -> str | None:
        return self.query_one("#destination", Input).value.strip() or None

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_confirm()


class ArtifactErrands:
    """Does for a screen what its page of files asks for."""

    def __init__(self, screen: TrackerScreen) -> None:
        self._screen = screen

    def open(self, message: OpenArtifactAsked) -> None:
        self._screen.run_errand(self._open(message))

    def copy(self, message: CopyArtifactsAsked) -> None:
        self._screen.run_errand(self._copy(message))

    async def _open(self, message: OpenArtifactAsked) -> None:
        store = self._screen.source.store
        try:
            copied = private_copy(store, message.uid, message.file)
            path = await asyncio.to_thread(copied.__enter__)
            try:
                shown_elsewhere(self._screen.app, path)
            finally:
                copied.__exit__(None, None, None)
        except (CopyError, EditorFailed) as error:
            self._tell(str(error), failed=True)
        else:
            self._tell("A copy was open: what was logged is as it was.")

    async def _copy(self, message: CopyArtifactsAsked) -> None:
        name = PurePosixPath(message.path).name
        size = sum(file.size for file in message.files)
        # Only what is harmless on a terminal is proposed.
        dialog = DestinationDialog(name, len(message.files), size, str(Path.cwd() / clean(name, 100)))
        typed = await self._screen.app.push_screen_wait(dialog)
        if typed is None:
            return
        destination = Path(typed).expanduser()
        store, say = self._screen.source.store, message.tell

        def work() -> None:
            app = self._screen.app
            tell = _at_intervals(lambda done: app.call_from_thread(say, _progress(name, done, size)))
            try:
                where = copy_out(store, message.uid, message.files, message.path, destination, tell)
            except CopyError as error:
                app.call_from_thread(self._tell, f"{name}: {error}", failed=True)
            else:
                app.call_from_thread(self._tell, f"Copied to {where}")
            finally:
                if not get_current_worker().is_cancelled:
                    app.call_from_thread(say, "")

        self._screen.run_worker(work, group="copy out", exit_on_error=False, thread=True)

    def _tell(self, text: str, *, failed: bool = False) -> None:
        self._screen.notify(clean(text), severity="error" if failed else "information", markup=False)


def _progress(name: str, done: int, size: int) -> str:
    return f"copying {name}: {formats.size(done)} of {formats.size(size)}"


def _at_intervals(tell: Callable[[int], object]) -> Callable[[int], None]:
    """As `tell`, a few times a second at most, and not for what is over at once."""
    later = time.monotonic() + _PAUSE_SECONDS

    def seldom(done: int) -> None:
        nonlocal later
        if time.monotonic() > later:
            later = time.monotonic() + _PAUSE_SECONDS
            tell(done)

    return seldom
