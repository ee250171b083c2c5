"""The model registry: models, the versions of one by stage, the version under the cursor in full."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from logger.store.registry import ModelVersion, RegisteredModel
from tui_tracker.commands.base import beside
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.copying import COPY_COMMANDS
from tui_tracker.commands.moving import Back
from tui_tracker.commands.panes import PANE_COMMANDS
from tui_tracker.commands.registry import REGISTRY_COMMANDS
from tui_tracker.commands.registry_edits import STAGE_COMMANDS, WORD_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock, formats
from tui_tracker.model.registry_view import ModelView, VersionView, read_model, read_version
from tui_tracker.model.text import clean
from tui_tracker.model.version_filter import read_language
from tui_tracker.screens.panes import Border
from tui_tracker.screens.registry_actions import RegistryActions, RegistryHost
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.filter_bar import FilterBar
from tui_tracker.widgets.key_bar import WHILE_FILTERING, KeyBar
from tui_tracker.widgets.model_list import ModelList
from tui_tracker.widgets.no_models import NoModels
from tui_tracker.widgets.store_header import StoreHeader
from tui_tracker.widgets.version_details import HISTORY, VersionDetails
from tui_tracker.widgets.version_filter import VersionFilterBar
from tui_tracker.widgets.version_table import VersionHighlighted, VersionOpened
from tui_tracker.widgets.versions_pane import VersionsPane

# Ages are told in minutes soon; this often is soon enough to believe them.
_AGES_SECONDS = 15.0


class RegistryScreen(RegistryHost):
    """Models, versions, details."""

    CSS_PATH = "../registry.tcss"
    COMMAND_CLASSES = (
        *STAGE_COMMANDS,
        *REGISTRY_COMMANDS,
        *WORD_COMMANDS,
        *COPY_COMMANDS,
        *PANE_COMMANDS,
        *beside(REGISTRY_COMMANDS, CHART_COMMANDS),
    )
    BORDERS = (Border("models", True, 12, 40), Border("versions", False, 6, 8))
    PANES = ("models", "versions", "version")
    BINDINGS: ClassVar[list[BindingType]] = [
        Back.on("back"),
    ]
    # The lane of the cursor gets the focus once there are versions.
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._view: ModelView | None = None
        self._details: VersionView | None = None
        self._sought: tuple[str, int] | None = None
        self._filter = ""
        self._total = 0
        self.actions = RegistryActions(self)

    def compose(self) -> ComposeResult:
        yield StoreHeader()
        yield VersionFilterBar(self.source)
        yield NoModels(id="no-models")
        with Horizontal(id="registry"):
            yield ModelList(id="models")
            with Vertical(id="versions-and-details"):
                yield VersionsPane(id="versions", classes="pane")
                yield VersionDetails(self.source, id="version", classes="pane")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StoreHeader).show_store(self.source.store)
        self.query_one(ModelList).border_title = "Models"
        self.set_interval(_AGES_SECONDS, self.versions.refresh_ages)

    def on_screen_resume(self) -> None:
        self.reload()

    def on_store_changed(self, message: StoreChanged) -> None:
        shown = {version.run_id for version in self._view.versions} if self._view else set()
        if message.structure or not shown.isdisjoint(message.run_ids):
            self.reload()
        self.details.grew(message.run_ids)

    # Parts

    @property
    def versions(self) -> VersionsPane:
        return self.query_one(VersionsPane)

    @property
    def details(self) -> VersionDetails:
        return self.query_one(VersionDetails)

    @property
    def charts(self) -> CurveGrid | None:
        """The curves, while they show."""
        return self.details.charts if self.is_mounted else None

    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""
        return self.versions.cursor_version if self.is_mounted else None

    # Asking the store

    @property
    def is_ready(self) -> bool:
        version = self.version
        return self._view is not None and (version is None or self._details is not None)

    def reload(self) -> None:
        """Read the models and the chosen one anew; the cursors stay where they are, or go to what is sought."""
        if self._sought is not None:
            self._read(self._sought[0])
        else:
            self._read(self._view.chosen.name if self._view and self._view.chosen else None)

    def choose_version(self, model: str, number: int) -> None:
        """Show a version of a model, with the cursor on it, whatever the filter was."""
        self._filter = ""
        self.filter_bar.set_text("")
        self.filter_bar.remove_class("-used")
        self._sought = model, number
        self.reload()

    def _read(self, model: str | None) -> None:
        text = self._filter
        self.ask("model", partial(read_model, name=model, text=text), partial(self._show, text))

    def _show(self, text: str, view: ModelView) -> None:
        self._view = view
        sought, self._sought = self._sought, None
        if text:
            self.filter_bar.show_count(view.matching, max(self._total, view.matching))
        else:
            self._total = view.matching
            counts = (
                f"{formats.counted(len(view.models), 'model')} · {formats.counted(view.matching, 'version')}"
            )
            self.query_one(StoreHeader).counts = counts
            self.filter_bar.show_count(view.matching, view.matching)
        self.set_class(view.chosen is None and not text, "-no-models")
        self.query_one(ModelList).show_models(view.models, view.chosen.name if view.chosen else None)
        self.versions.show_model(view)
        if view.chosen is None or not view.versions:
            self._details = None
            self.refresh_bindings()
        if view.chosen is None:
            self.details.show_nothing("No version matches the filter: esc takes it away." if text else "")
            return
        if sought is not None and sought[0] == view.chosen.name:
            self.versions.choose(sought[1])
        version = self.version
        self.details.show_events(view.events, version.version if version else None, clock.now())
        if version is None:
            self.details.show_nothing(f"{view.chosen.name} has no version yet: run.register_model adds one.")
        if self.focused is None:
            self.versions.shown.focus()

    # The filter

    @property
    def filter_bar(self) -> VersionFilterBar:
        return self.query_one(VersionFilterBar)

    @property
    def is_filtering(self) -> bool:
        return self.is_mounted and self.focused is self.filter_bar.input

    def edit_filter(self) -> None:
        self.filter_bar.add_class("-used")
        self.filter_bar.edit()
        self.ask("language", read_language, self.filter_bar.show_language)

    def clear_filter(self) -> None:
        self.filter_bar.set_text("")
        self._apply_filter("")

    @on(FilterBar.Chosen)
    def _filter_chosen(self, message: FilterBar.Chosen) -> None:
        message.stop()
        self._apply_filter(message.text)

    def _apply_filter(self, text: str) -> None:
        if text != self._filter:
            self._filter = text
            self.reload()

    @on(FilterBar.Left)
    def _leave_filter(self, message: FilterBar.Left) -> None:
        message.stop()
        self.filter_bar.set_class(bool(self.filter_bar.text), "-used")
        self.versions.shown.focus()

    def on_descendant_focus(self) -> None:
        self.query_one(KeyBar).hints = WHILE_FILTERING if self.is_filtering else ()

    @on(ModelList.ModelChosen)
    def _choose_model(self, message: ModelList.ModelChosen) -> None:
        message.stop()
        if message.entered:
            self.versions.shown.focus()
        elif self._view is None or self._view.chosen is None or self._view.chosen.name != message.name:
            self._read(message.name)

    @on(VersionHighlighted)
    def _read_version(self, message: VersionHighlighted) -> None:
        message.stop()
        if self._view is None or self._view.chosen is None:
            return
        store, model, number = self.source.store, self._view.chosen.name, message.number
        self.ask("version", lambda reader: read_version(reader, store, model, number), self._show_version)
        self.refresh_bindings()

    def _show_version(self, view: VersionView) -> None:
        self._details = view
        self.details.border_title = Content(clean(f"v{view.version.version} {view.version.stage}"))
        self.details.show_version(view)
        if self._view is not None:
            self.details.show_events(self._view.events, view.version.version, clock.now())
        self.refresh_bindings()

    # What the commands ask

    @property
    def model(self) -> RegisteredModel | None:
        """The chosen model."""
        return self._view.chosen if self._view is not None else None

    @property
    def shows_history(self) -> bool:
        return self.is_mounted and self.details.section == HISTORY

    # What the commands do

    def toggle_mark(self) -> None:
        self.versions.toggle_mark()

    def compare(self) -> None:
        """Compare the runs of the marked versions; of fewer than two, with that at the cursor and its rival."""
        chosen = self.versions.marked
        if len(chosen) < 2 and self.version is not None:
            rival = self._details.rival if self._details is not None else None
            chosen = [*chosen, *([rival.version] if rival and not chosen else []), self.version]
        run_ids = list(dict.fromkeys(found.run_id for found in chosen if found.run_id is not None))
        if len(run_ids) < 2:
            self.notify(
                "Mark the versions to compare with the space bar: two that came from runs.", markup=False
            )
            return
        from tui_tracker.screens.compare import CompareScreen

        self.app.push_screen(CompareScreen(run_ids))

    @on(VersionOpened)
    def open_run(self) -> None:
        version = self.version
        if version is None or version.run_id is None:
            return
        from tui_tracker.screens.run import RunScreen

        self.app.push_screen(RunScreen(version.run_id))

    def copy(self) -> None:
        """Offer what the version is known by, and the table of all versions."""
        from tui_tracker.screens.copy_offers import offer_copies, registry_offers

        if self._view is not None and self.version is not None:
            self.run_errand(offer_copies(self, registry_offers(self.version, self._view, self._details)))

    def copy_path(self) -> None:
        version, details = self.version, self._details
        if version is None or details is None or details.version.version != version.version:
            return
        if not details.path:
            self.notify(clean(details.problem), severity="warning", markup=False)
            return
        self.app.copy_to_clipboard(details.path)
        self.notify(clean(details.path), title="Copied", markup=False)

    def toggle_view(self) -> None:
        self.versions.toggle_view()

    def step_section(self, by: int) -> None:
        self.details.step_section(by)

    @on(VersionDetails.SectionChosen)
    def _section_chosen(self, message: VersionDetails.SectionChosen) -> None:
        message.stop()
        self.refresh_bindings()

    def toggle_only_version(self) -> None:
        self.details.toggle_only_version()

    def step_model(self, by: int) -> None:
        self.query_one(ModelList).step(by)

    def toggle_models(self) -> None:
        """Show the list of models where it is folded away, fold it away where it shows."""
        self.toggle_class("-models-other")
        models = self.query_one(ModelList)
        if models.has_focus and not models.display:
            self.versions.shown.focus()

    async def action_back(self) -> None:
        """From the details to the versions, from there to those without a filter, from there to the explorer."""
        if self.focused is None or self.versions.has_focus_within:
            if self._filter:
                self.filter_bar.remove_class("-used")
                self.clear_filter()
            else:
                await self.app.switch_mode("explorer")
        else:
            self.versions.shown.focus()
