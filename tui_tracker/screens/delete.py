"""Deleting a version or a model: what goes with it is said before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui_tracker.model.deletion import delete_model, delete_version, model_consequences, version_consequences
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import Dialog


class DeleteDialog(Dialog[bool]):
    """Says the consequences; the button that leaves has the focus."""

    AUTO_FOCUS = "#cancel"

    def __init__(self, subject: str, sentences: Sequence[str]) -> None:
        super().__init__(f"Delete {subject}", "Delete")
        self._sentences = sentences

    def compose_body(self) -> ComposeResult:
        lines = [
            Content.assemble(("→ ", "$error"), (clean(sentence), "bold $foreground"))
            for sentence in self._sentences
        ]
        yield Static(Content("\n").join(lines), id="delete-consequences", markup=False)

    def answer(self) -> bool:
        return True


async def delete(screen: TrackerScreen, model: str, number: int | None) -> bool:
    """Ask whether to delete a version, or with None the model, and do it; whether it was done.

    Runs in a worker of the screen. Raises StoreError when it is gone already, or has become more than was said.
    """
    source = screen.source
    if number is None:
        told = await asyncio.to_thread(source.read, partial(model_consequences, model=model))
        change = partial(delete_model, model=model, told=told)
    else:
        told = await asyncio.to_thread(source.read, partial(version_consequences, model=model, number=number))
        change = partial(delete_version, model=model, number=number, told=told)
    subject = model if number is None else f"v{number} of {model}"
    if not await screen.app.push_screen_wait(DeleteDialog(subject, told)):
        return False
    await asyncio.to_thread(source.edit, change)
    return True
