"""What is done to the registry from its screen: asked in dialogs, done in a thread, told, and taken back by `undo`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from logger.store.connection import StoreError
from logger.store.registry import LIVE_STAGES, PRODUCTION, ModelVersion, Promotion, RegisteredModel
from tui_tracker.model import registry_edits
from tui_tracker.model.registry_edits import Step
from tui_tracker.model.run_edits import is_editable, parse_tags
from tui_tracker.model.text import clean
from tui_tracker.screens.delete import delete
from tui_tracker.screens.paned import PanedScreen
from tui_tracker.screens.promote import promote
from tui_tracker.screens.roll_back import roll_back
from tui_tracker.screens.tags import RegistryTagsDialog
from tui_tracker.screens.version_words import AliasDialog, DescribeDialog

# Who goes further back than this has lost the thread.
_MOST_STEPS = 100


class RegistryHost(PanedScreen):
    """The screen that the actions belong to."""

    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""
        raise NotImplementedError

    @property
    def model(self) -> RegisteredModel | None:
        """The chosen model."""
        raise NotImplementedError

    def reload(self) -> None:
        """Show how things are."""
        raise NotImplementedError


class RegistryActions:
    """The actions on the version under the cursor and on the chosen model, and what it takes to undo them."""

    def __init__(self, screen: RegistryHost) -> None:
        self._screen = screen
        self._steps: list[Step] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    def move(self, stage: str | None) -> None:
        """Ask for the stage, of which one may be proposed, and move the version there."""
        version = self._screen.version
        if version is None:
            return

        async def work() -> Step | None:
            return self._moved(await promote(self._screen, version.model, version.version, stage))

        self._do(work())

    def roll_back(self) -> None:
        """Ask for a reason, and give the version's stage, or Production, back to its former holder."""
        version = self._screen.version
        if version is None:
            return
        stage = version.stage if version.stage in LIVE_STAGES else PRODUCTION

        async def work() -> Step | None:
            return self._moved(await roll_back(self._screen, version.model, stage))

        self._do(work())

    def edit_aliases(self) -> None:
        """Set, move or remove an alias of the version."""
        version, model = self._screen.version, self._screen.model
        if version is None or model is None:
            return

        async def work() -> Step | None:
            decided = await self._screen.app.push_screen_wait(AliasDialog(version, model.aliases))
            if decided is None:
                return None
            if decided.remove:
                return await self._edit(
                    partial(registry_edits.remove_alias, model=version.model, alias=decided.alias)
                )
            return await self._edit(
                partial(
                    registry_edits.set_alias,
                    model=version.model,
                    alias=decided.alias,
                    version=version.version,
                )
            )

        self._do(work())

    def describe_version(self) -> None:
        if self._screen.version is not None:
            self._describe(self._screen.version)

    def describe_model(self) -> None:
        if self._screen.model is not None:
            self._describe(self._screen.model)

    def _describe(self, owner: ModelVersion | RegisteredModel) -> None:
        model, number = _place(owner)

        async def work() -> Step | None:
            dialog = DescribeDialog(_subject(model, number), owner.description)
            text = await self._screen.app.push_screen_wait(dialog)
            if text is None or text == owner.description:
                return None
            return await self._edit(partial(registry_edits.describe, model=model, version=number, text=text))

        self._do(work())

    def tag_version(self) -> None:
        if self._screen.version is not None:
            self._tag(self._screen.version)

    def tag_model(self) -> None:
        if self._screen.model is not None:
            self._tag(self._screen.model)

    def _tag(self, owner: ModelVersion | RegisteredModel) -> None:
        model, number = _place(owner)

        async def work() -> Step | None:
            dialog = RegistryTagsDialog(_subject(model, number), owner.tags)
            text = await self._screen.app.push_screen_wait(dialog)
            if text is None:
                return None
            # What cannot stand in a line of the dialog stays as it is.
            kept = {key: value for key, value in owner.tags.items() if not is_editable(key, value)}
            tags = kept | parse_tags(text)
            if tags == owner.tags:
                return None
            return await self._edit(partial(registry_edits.set_tags, model=model, version=number, tags=tags))

        self._do(work())

    def delete_version(self) -> None:
        """Say what deleting the version means, and do it."""
        if self._screen.version is not None:
            self._delete(self._screen.version)

    def delete_model(self) -> None:
        """Say what deleting the model means, and do it."""
        if self._screen.model is not None:
            self._delete(self._screen.model)

    def _delete(self, owner: ModelVersion | RegisteredModel) -> None:
        model, number = _place(owner)

        async def work() -> None:
            if await delete(self._screen, model, number):
                self._tell(f"{_subject(model, number)} is deleted")

        self._do(work())

    def undo(self) -> None:
        """Take the last change back."""
        if not self._steps:
            return
        step = self._steps.pop()

        async def work() -> None:
            await asyncio.to_thread(step.take_back, self._screen.source)
            self._tell(f"Taken back: {step.done}")

        self._do(work())

    def _moved(self, promotion: Promotion | None) -> Step | None:
        if promotion is None or not promotion.changes:
            return None
        for hook in promotion.hooks:
            self._screen.notify(
                clean(hook.line),
                title="After the promotion",
                severity="information" if hook.succeeded else "error",
                markup=False,
            )
        return registry_edits.moved(promotion.changes)

    async def _edit(self, change: Callable[[sqlite3.Connection], Step]) -> Step:
        return await asyncio.to_thread(self._screen.source.edit, change)

    def _do(self, work: Coroutine[Any, Any, Step | None]) -> None:
        self._screen.run_errand(self._told(work))

    async def _told(self, work: Awaitable[Step | None]) -> None:
        """Do it, say what was done or why not, and show how things are."""
        try:
            step = await work
        except StoreError as error:
            self._screen.notify(
                clean(str(error)), title="Nothing was changed", severity="error", markup=False
            )
        else:
            if step is not None:
                self._steps = [*self._steps[-_MOST_STEPS:], step]
                self._tell(f"{step.done}; u undoes")
        self._screen.reload()

    def _tell(self, sentence: str) -> None:
        self._screen.notify(clean(sentence), markup=False)


def _place(owner: ModelVersion | RegisteredModel) -> tuple[str, int | None]:
    """The model, and the version where it is one."""
    return (owner.model, owner.version) if isinstance(owner, ModelVersion) else (owner.name, None)


def _subject(model: str, number: int | None) -> str:
    return model if number is None else f"v{number} of {model}"
