"""The model registry: models, the versions of one by stage, the version under the cursor in full."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store import registry
from logger.store.connection import StoreError
from logger.store.registry import LIVE_STAGES, PRODUCTION, ModelVersion, StageChange
from tui_tracker.commands.registry import REGISTRY_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock
from tui_tracker.model.registry_view import ModelView, VersionView, read_model, read_version
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.promote import promote
from tui_tracker.screens.roll_back import roll_back
from tui_tracker.screens.version_words import AliasDialog, AliasEdit, DescribeDialog
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.model_list import ModelList
from tui_tracker.widgets.store_header import StoreHeader
from tui_tracker.widgets.version_details import VersionDetails
from tui_tracker.widgets.version_table import VersionTable

# How many metric columns there is room for, from so many screen columns on.
_METRICS = ((160, 4), (130, 3), (100, 2), (0, 1))
# Ages are told in minutes soon; this often is soon enough to believe them.
_AGES_SECONDS = 15.0
_LONGEST_TITLE = 60


class RegistryScreen(TrackerScreen):
    """Models, versions, details, history."""

    CSS_PATH = "../registry.tcss"
    COMMAND_CLASSES = REGISTRY_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", show=False),
    ]
    AUTO_FOCUS = "VersionTable"

    def __init__(self) -> None:
        super().__init__()
        self._view: ModelView | None = None
        self._details: VersionView | None = None
        self._sought: tuple[str, int] | None = None

    def compose(self) -> ComposeResult:
        yield StoreHeader()
        yield Static(_how_to_register(), id="no-models", markup=False)
        with Horizontal(id="registry"):
            yield ModelList(id="models")
            with Vertical(id="versions-and-details"):
                with Vertical(id="versions", classes="pane"):
                    yield Static(id="model-description", markup=False)
                    yield VersionTable()
                yield VersionDetails(id="version", classes="pane")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StoreHeader).show_store(self.source.store)
        self.query_one(ModelList).border_title = "Models"
        self.set_interval(_AGES_SECONDS, self.query_one(VersionTable).refresh_ages)

    def on_screen_resume(self) -> None:
        self.reload()

    def on_resize(self, event: events.Resize) -> None:
        if self._view is not None:
            self._show_versions(self._view)

    def on_store_changed(self, message: StoreChanged) -> None:
        shown = {version.run_id for version in self._view.versions} if self._view else set()
        if message.structure or not shown.isdisjoint(message.run_ids):
            self.reload()

    # Asking the store

    def reload(self) -> None:
        """Read the models and the chosen one anew; the cursors stay where they are, or go to what is sought."""
        if self._sought is not None:
            self._read(self._sought[0])
        else:
            self._read(self._view.chosen.name if self._view and self._view.chosen else None)

    def choose_version(self, model: str, number: int) -> None:
        """Show a version of a model, with the cursor on it."""
        self._sought = model, number
        self.reload()

    def _read(self, model: str | None) -> None:
        self.ask("model", partial(read_model, name=model), self._show)

    def _show(self, view: ModelView) -> None:
        self._view = view
        sought, self._sought = self._sought, None
        total = sum(model.versions for model in view.models)
        self.query_one(
            StoreHeader
        ).counts = f"{_plural(len(view.models), 'model')} · {_plural(total, 'version')}"
        self.set_class(view.chosen is None, "-no-models")
        self.query_one(ModelList).show_models(view.models, view.chosen.name if view.chosen else None)
        if view.chosen is None:
            self._details = None
            self.query_one(VersionTable).show_model(view, 0)
            self.refresh_bindings()
            return
        pane = self.query_one("#versions")
        pane.border_title = Content(clean(view.chosen.name, _LONGEST_TITLE))
        pane.border_subtitle = (
            f"showing {len(view.versions):,} of {view.total:,}" if view.total > len(view.versions) else ""
        )
        description = self.query_one("#model-description", Static)
        description.update(Content(clean(view.chosen.description)))
        description.display = bool(view.chosen.description)
        self._show_versions(view)
        if sought is not None and sought[0] == view.chosen.name:
            self.query_one(VersionTable).choose(sought[1])
        details = self.query_one(VersionDetails)
        details.show_history(view.events, clock.now())
        if not view.versions:
            self._details = None
            details.show_problem(f"{view.chosen.name} has no version")

    def _show_versions(self, view: ModelView) -> None:
        room = next(metrics for columns, metrics in _METRICS if self.size.width >= columns)
        self.query_one(VersionTable).show_model(view, room)

    @on(ModelList.ModelChosen)
    def _choose_model(self, message: ModelList.ModelChosen) -> None:
        message.stop()
        if message.entered:
            self.query_one(VersionTable).focus()
        elif self._view is None or self._view.chosen is None or self._view.chosen.name != message.name:
            self._read(message.name)

    @on(VersionTable.VersionHighlighted)
    def _read_version(self, message: VersionTable.VersionHighlighted) -> None:
        message.stop()
        if self._view is None or self._view.chosen is None:
            return
        store, model, number = self.source.store, self._view.chosen.name, message.number
        self.ask("version", lambda reader: read_version(reader, store, model, number), self._show_version)
        self.query_one(KeyBar).refresh()

    def _show_version(self, view: VersionView) -> None:
        self._details = view
        details = self.query_one(VersionDetails)
        details.border_title = Content(clean(f"v{view.version.version}"))
        details.scroll_home(animate=False)
        details.show_version(view)

    # What the commands do

    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""
        return self.query_one(VersionTable).cursor_version if self.is_mounted else None

    def promote(self) -> None:
        version = self.version
        if version is not None:
            self._do(self._change(promote(self, version.model, version.version)))

    def roll_back(self) -> None:
        version = self.version
        if version is not None:
            stage = version.stage if version.stage in LIVE_STAGES else PRODUCTION
            self._do(self._change(roll_back(self, version.model, stage)))

    def edit_aliases(self) -> None:
        version = self.version
        if version is not None and self._view is not None and self._view.chosen is not None:
            self._do(self._edit_aliases(version, AliasDialog(version, self._view.chosen.aliases)))

    def describe_version(self) -> None:
        version = self.version
        if version is not None:
            subject = f"v{version.version} of {version.model}"
            self._do(
                self._describe(version.model, version.version, DescribeDialog(subject, version.description))
            )

    def describe_model(self) -> None:
        if self._view is not None and self._view.chosen is not None:
            model = self._view.chosen
            self._do(self._describe(model.name, None, DescribeDialog(model.name, model.description)))

    @on(VersionTable.VersionOpened)
    def open_run(self) -> None:
        version = self.version
        if version is None or version.run_id is None:
            return
        from tui_tracker.screens.run import RunScreen

        self.app.push_screen(RunScreen(version.run_id))

    def copy_path(self) -> None:
        version, details = self.version, self._details
        if version is None or details is None or details.version.version != version.version:
            return
        if not details.path:
            self.notify(clean(details.problem), severity="warning", markup=False)
            return
        self.app.copy_to_clipboard(details.path)
        self.notify(clean(details.path), title="Copied", markup=False)

    def step_model(self, by: int) -> None:
        self.query_one(ModelList).step(by)

    def toggle_models(self) -> None:
        """Show the list of models where it is folded away, fold it away where it shows."""
        self.toggle_class("-models-other")
        models = self.query_one(ModelList)
        if models.has_focus and not models.display:
            self.query_one(VersionTable).focus()

    async def action_back(self) -> None:
        """From the details to the versions, from there to the explorer."""
        table = self.query_one(VersionTable)
        if self.focused is None or self.focused is table:
            await self.app.switch_mode("explorer")
        else:
            table.focus()

    # Changing the registry

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work, group="edit", exit_on_error=False)

    async def _change(self, work: Coroutine[Any, Any, list[StageChange]]) -> None:
        await self._told(work, _moved)

    async def _edit_aliases(self, version: ModelVersion, dialog: AliasDialog) -> None:
        decided = await self.app.push_screen_wait(dialog)
        if decided is not None:
            change = partial(_set_alias, version=version, decided=decided)
            await self._told(asyncio.to_thread(self.source.edit, change))

    async def _describe(self, model: str, number: int | None, dialog: DescribeDialog) -> None:
        text = await self.app.push_screen_wait(dialog)
        if text is not None:
            change = partial(registry.describe, name=model, text=text, version=number)
            await self._told(asyncio.to_thread(self.source.edit, change))

    async def _told(
        self, work: Coroutine[Any, Any, Any], sentence: Callable[[Any], str] | None = None
    ) -> None:
        """Do it, say what was done or why not, and show how things are."""
        try:
            outcome = await work
        except StoreError as error:
            self.notify(clean(str(error)), title="Nothing was changed", severity="error", markup=False)
        else:
            said = sentence(outcome) if sentence else ""
            if said:
                self.notify(clean(said), markup=False)
        self.reload()


def _set_alias(connection: sqlite3.Connection, version: ModelVersion, decided: AliasEdit) -> None:
    if decided.remove:
        registry.delete_alias(connection, version.model, decided.alias)
    else:
        registry.set_alias(connection, version.model, decided.alias, version.version)


def _moved(changes: Sequence[StageChange]) -> str:
    return ", ".join(f"v{change.version} is {change.after}" for change in changes)


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _how_to_register() -> Content:
    return Content.assemble(
        ("No model is registered yet.\n\n", "bold"),
        "A training script registers one from an artifact of its run:\n\n",
        ('    with logger.start_run("churn") as run:\n', QUIET),
        ('        run.log_artifact("model.pkl")\n', QUIET),
        ('        run.register_model("churn-clf", "model.pkl")\n\n', "$accent"),
        "Its versions appear here as they come.",
    )
