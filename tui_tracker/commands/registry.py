"""Commands of the registry that look at it: choosing, marking, comparing, filtering, turning sections."""

from __future__ import annotations

from typing import Protocol

from logger.store.registry import ModelVersion, RegisteredModel
from tui_tracker.commands.base import Command, CommandClass

VERSIONS, VIEW, MODELS = "Versions", "View", "Models"


class Actions(Protocol):
    """What can be done to the version under the cursor and to the chosen model."""

    @property
    def can_undo(self) -> bool: ...

    def move(self, stage: str | None) -> object: ...
    def roll_back(self) -> object: ...
    def undo(self) -> object: ...
    def edit_aliases(self) -> object: ...
    def describe_version(self) -> object: ...
    def describe_model(self) -> object: ...
    def tag_version(self) -> object: ...
    def tag_model(self) -> object: ...
    def delete_version(self) -> object: ...
    def delete_model(self) -> object: ...


class Registry(Protocol):
    """The registry's screen, as its commands know it."""

    @property
    def actions(self) -> Actions: ...
    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""

    @property
    def model(self) -> RegisteredModel | None:
        """The chosen model."""

    @property
    def is_filtering(self) -> bool:
        """Whether what is typed goes into the filter."""

    @property
    def shows_history(self) -> bool: ...

    def toggle_mark(self) -> None: ...
    def compare(self) -> None: ...
    def open_run(self) -> None: ...
    def copy_path(self) -> None: ...
    def edit_filter(self) -> None: ...
    def toggle_view(self) -> None: ...
    def step_section(self, by: int) -> None: ...
    def toggle_only_version(self) -> None: ...
    def step_model(self, by: int) -> None: ...
    def toggle_models(self) -> None: ...


class VersionCommand(Command[Registry]):
    """A command that needs a version under the cursor."""

    group = VERSIONS

    def available(self, host: Registry) -> bool:
        return host.version is not None


class ModelCommand(Command[Registry]):
    """A command that needs a model."""

    group = MODELS

    def available(self, host: Registry) -> bool:
        return host.model is not None


class Mark(VersionCommand):
    """Mark the version for a comparison, or unmark it."""

    id = "registry.mark"
    key = "space"

    def run(self, host: Registry) -> None:
        host.toggle_mark()


class Compare(VersionCommand):
    """Compare the runs of the marked versions.

    With none marked, the version's with the one in Production or Staging.
    """

    id = "registry.compare"
    key = "c"
    show = True
    footer = "compare"

    def run(self, host: Registry) -> None:
        host.compare()


class NextSection(Command[Registry]):
    """Next section of the version.

    Overview, curves, files, history, gates, card.
    """

    id = "registry.next_section"
    key = "right_square_bracket"
    shown_key = "]"
    group = VIEW
    show = True
    footer = "section"

    def available(self, host: Registry) -> bool:
        return host.model is not None

    def run(self, host: Registry) -> None:
        host.step_section(1)


class EditFilter(Command[Registry]):
    """Filter the versions of all models.

    Tab completes names and values, Enter keeps the filter, Escape brings the last one back.
    """

    id = "registry.filter"
    key = "slash"
    group = VIEW
    show = True
    footer = "filter"

    def available(self, host: Registry) -> bool:
        """In the filter itself the key is a character like any other."""
        return not host.is_filtering

    def run(self, host: Registry) -> None:
        host.edit_filter()


class ToggleView(Command[Registry]):
    """Versions as a board of stages, or as a list."""

    id = "registry.view"
    key = "b"
    group = VIEW
    show = True
    footer = "board or list"

    def available(self, host: Registry) -> bool:
        return host.model is not None

    def run(self, host: Registry) -> None:
        host.toggle_view()


class OpenSourceRun(VersionCommand):
    """Open the run that the version came from."""

    id = "registry.open"
    key = "enter"
    shown_key = "⏎"
    show = True
    footer = "run"

    def available(self, host: Registry) -> bool:
        return host.version is not None and host.version.run_id is not None

    def run(self, host: Registry) -> None:
        host.open_run()


class CopyPath(VersionCommand):
    """Copy the path of the version's artifact to the clipboard."""

    id = "registry.copy_path"
    key = "P"

    def run(self, host: Registry) -> None:
        host.copy_path()


class PreviousSection(Command[Registry]):
    """Previous section of the version."""

    id = "registry.previous_section"
    key = "left_square_bracket"
    shown_key = "["
    group = VIEW

    def available(self, host: Registry) -> bool:
        return host.model is not None

    def run(self, host: Registry) -> None:
        host.step_section(-1)


class ToggleOnlyVersion(Command[Registry]):
    """In the history: the whole model, or the version alone."""

    id = "registry.only_version"
    key = "o"
    group = VIEW

    def available(self, host: Registry) -> bool:
        return host.shows_history

    def run(self, host: Registry) -> None:
        host.toggle_only_version()


class NextModel(ModelCommand):
    """Next model."""

    id = "registry.next_model"
    key = "J"

    def run(self, host: Registry) -> None:
        host.step_model(1)


class PreviousModel(ModelCommand):
    """Previous model."""

    id = "registry.previous_model"
    key = "K"

    def run(self, host: Registry) -> None:
        host.step_model(-1)


class ToggleModels(Command[Registry]):
    """Show or fold away the list of models."""

    id = "registry.models"
    key = "t"
    group = MODELS

    def run(self, host: Registry) -> None:
        host.toggle_models()


REGISTRY_COMMANDS: tuple[CommandClass, ...] = (
    Compare,
    NextSection,
    EditFilter,
    ToggleView,
    OpenSourceRun,
    Mark,
    CopyPath,
    PreviousSection,
    ToggleOnlyVersion,
    NextModel,
    PreviousModel,
    ToggleModels,
)
