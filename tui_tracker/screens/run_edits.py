"""Editing the chosen runs from a screen: asks, writes in a thread, says what was done, and can take it back.

The dialogs are imported when they are first opened: the first screen is not to wait for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from logger import editing
from logger.store import edits
from logger.store.connection import StoreError
from logger.store.edits import Change, Words
from tui_tracker.model.run_edits import Done, UndoHistory, noted, of_runs, parse_tags, renamed, tagged
from tui_tracker.model.selection import Shelf
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen

_NOT_LOST = "Nothing is lost: A shows them, u takes this back."


class RunEdits:
    """What a screen's commands do to `chosen()` runs; `changed` hears which, and whether they are elsewhere now."""

    def __init__(
        self,
        screen: TrackerScreen,
        chosen: Callable[[], Sequence[int]],
        changed: Callable[[frozenset[int], bool], None],
        settled: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._screen = screen
        self._chosen = chosen
        self._changed = changed
        self._settled = settled

    @property
    def history(self) -> UndoHistory:
        """One for all screens of the session."""
        return self._screen.undo

    def rename(self) -> None:
        self._with_words(self._rename)

    def note(self) -> None:
        self._with_words(self._note)

    def tag(self) -> None:
        self._with_words(self._tag)

    def archive(self, shelf: Shelf) -> None:
        """Archive the runs; those that are archived or deleted come back."""
        self._with_words(partial(self._shelve, shelf=shelf, deleting=False))

    def delete(self, shelf: Shelf) -> None:
        """Delete the runs; those that are deleted come back."""
        self._with_words(partial(self._shelve, shelf=shelf, deleting=True))

    def undo(self) -> None:
        done = self.history.latest()
        if done is None:
            self._screen.notify("There is nothing to take back.", markup=False)
        else:
            self._screen.run_errand(self._undo(done))

    # What each of them asks, and does

    async def _rename(self, words: Sequence[Words]) -> None:
        from tui_tracker.screens.run_words import RenameDialog

        name = await self._screen.app.push_screen_wait(RenameDialog(words))
        if name is not None:
            await self._make(renamed(words, name), f"Renamed {of_runs(words)}")

    async def _note(self, words: Sequence[Words]) -> None:
        from tui_tracker.screens.run_words import NoteDialog

        note = await self._screen.app.push_screen_wait(NoteDialog(words))
        if note is not None:
            await self._make(noted(words, note), f"Wrote the note of {of_runs(words)}")

    async def _tag(self, words: Sequence[Words]) -> None:
        from tui_tracker.screens.run_words import TagsDialog

        dialog = TagsDialog(words)
        text = await self._screen.app.push_screen_wait(dialog)
        if text is not None:
            await self._make(
                tagged(words, dialog.shared, parse_tags(text)), f"Changed the tags of {of_runs(words)}"
            )

    async def _shelve(self, words: Sequence[Words], *, shelf: Shelf, deleting: bool) -> None:
        from tui_tracker.screens.run_words import ConfirmDialog

        verb, said = _verb(shelf, deleting=deleting)
        several = len(words) > 1
        if several or verb == "Delete":
            remark = _NOT_LOST if verb != "Restore" else ""
            if not await self._screen.app.push_screen_wait(ConfirmDialog(verb, words, remark)):
                return
        changes = [
            Change(run.run_id, deleted=verb == "Delete")
            if verb == "Delete" or shelf == "deleted"
            else Change(run.run_id, archived=verb == "Archive")
            for run in words
        ]
        await self._make(changes, f"{said} {of_runs(words)}")

    async def _undo(self, done: Done) -> None:
        if await self._write(done.undo) is not None:
            self.history.drop(done)
            self._screen.notify(clean(f"Taken back: {done.said[0].lower()}{done.said[1:]}."), markup=False)

    # Reading, writing, telling

    def _with_words(self, ask: Callable[[Sequence[Words]], Coroutine[Any, Any, None]]) -> None:
        async def errand() -> None:
            if self._settled is not None:
                await self._settled()
            run_ids = list(self._chosen())
            if not run_ids:
                self._screen.notify("There is no run here to change.", markup=False)
                return
            words = await self._screen.answer(lambda reader: edits.words(reader, run_ids))
            if words:
                await ask(words)

        self._screen.run_errand(errand())

    async def _make(self, changes: Sequence[Change], said: str) -> None:
        """Make changes, keep what takes them back, and say so."""
        if not changes:
            self._screen.notify("Nothing has changed.", markup=False)
            return
        undo = await self._write(changes)
        if undo is not None:
            self.history.add(Done(said, undo))
            self._screen.notify(clean(f"{said}. u takes it back."), markup=False)

    async def _write(self, changes: Sequence[Change]) -> tuple[Change, ...] | None:
        try:
            undo = await asyncio.to_thread(
                self._screen.source.change, lambda store: editing.change(store, changes)
            )
        except StoreError as error:
            self._screen.notify(
                clean(str(error)), title="Nothing was changed", severity="error", markup=False
            )
            return None
        moved = any(change.archived is not None or change.deleted is not None for change in changes)
        self._changed(frozenset(change.run_id for change in changes), moved)
        return undo


def _verb(shelf: Shelf, *, deleting: bool) -> tuple[str, str]:
    """What is asked, and what is said once it is done."""
    if shelf == "deleted" or (shelf == "archived" and not deleting):
        return "Restore", "Restored"
    return ("Delete", "Deleted") if deleting else ("Archive", "Archived")
