"""Commands of the registry: looking at versions, moving, naming, describing and deleting them."""

from __future__ import annotations

from typing import Protocol

from logger.store.registry import ARCHIVED, LIVE_STAGES, NO_STAGE, PRODUCTION, STAGING, ModelVersion
from tui_tracker.commands.base import Command, CommandClass

VERSIONS, WORDS, VIEW, MODELS = "Versions", "Names and words", "View", "Models"


class Registry(Protocol):
    """The registry's screen, as its commands know it."""

    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""

    @property
    def has_model(self) -> bool:
        """Whether a model is chosen."""

    @property
    def is_filtering(self) -> bool:
        """Whether what is typed goes into the filter."""

    @property
    def is_filtered(self) -> bool: ...
    @property
    def can_undo(self) -> bool: ...
    @property
    def shows_history(self) -> bool: ...

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
    def toggle_mark(self) -> None: ...
    def compare(self) -> None: ...
    def open_run(self) -> None: ...
    def copy_path(self) -> None: ...
    def edit_filter(self) -> None: ...
    def clear_filter(self) -> None: ...
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


class Promote(VersionCommand):
    """Move the version to a stage.

    Shows what changes against the version that holds the stage, and asks for a reason.
    """

    id = "registry.promote"
    key = "p"
    show = True
    footer = "promote"

    def run(self, host: Registry) -> None:
        host.move(None)


class Demote(VersionCommand):
    """Take the version one stage down.

    From Production to Staging, from Staging to none. Asked as promoting is.
    """

    id = "registry.demote"
    key = "d"

    def available(self, host: Registry) -> bool:
        return host.version is not None and host.version.stage in LIVE_STAGES

    def run(self, host: Registry) -> None:
        if host.version is not None:
            host.move(STAGING if host.version.stage == PRODUCTION else NO_STAGE)


class Archive(VersionCommand):
    """Archive the version."""

    id = "registry.archive"
    key = "A"

    def available(self, host: Registry) -> bool:
        return host.version is not None and host.version.stage != ARCHIVED

    def run(self, host: Registry) -> None:
        host.move(ARCHIVED)


class RollBack(VersionCommand):
    """Give a stage back to the version that held it before.

    The stage of the version under the cursor where that is Staging, else Production. Again: further back.
    """

    id = "registry.roll_back"
    key = "r"
    show = True
    footer = "roll back"

    def run(self, host: Registry) -> None:
        host.roll_back()


class Undo(Command[Registry]):
    """Take back the last change made here.

    Again: the one before. What somebody else has changed since stays.
    """

    id = "registry.undo"
    key = "u"
    group = VERSIONS
    show = True
    footer = "undo"

    def available(self, host: Registry) -> bool:
        return host.can_undo

    def run(self, host: Registry) -> None:
        host.undo()


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


class DeleteVersion(VersionCommand):
    """Delete the version."""

    id = "registry.delete"
    key = "D,delete"

    def run(self, host: Registry) -> None:
        host.delete_version()


class EditAliases(VersionCommand):
    """Set, move or remove an alias of the version."""

    id = "registry.alias"
    key = "a"
    group = WORDS
    show = True
    footer = "alias"

    def run(self, host: Registry) -> None:
        host.edit_aliases()


class DescribeVersion(VersionCommand):
    """Describe the version."""

    id = "registry.describe"
    key = "e"
    group = WORDS
    show = True
    footer = "describe"

    def run(self, host: Registry) -> None:
        host.describe_version()


class TagVersion(VersionCommand):
    """Change the tags of the version."""

    id = "registry.tag"
    key = "T"
    group = WORDS
    show = True
    footer = "tag"

    def run(self, host: Registry) -> None:
        host.tag_version()


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
    key = "Y"

    def run(self, host: Registry) -> None:
        host.copy_path()


class EditFilter(Command[Registry]):
    """Filter the versions of all models.

    Tab completes names and values, Enter keeps the filter, Escape brings the last one back.
    """

    id = "registry.filter"
    key = "slash"
    group = VIEW
    show = True
    footer = "filter"
    priority = True

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
        return host.has_model

    def run(self, host: Registry) -> None:
        host.toggle_view()


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
        return host.has_model

    def run(self, host: Registry) -> None:
        host.step_section(1)


class PreviousSection(Command[Registry]):
    """Previous section of the version."""

    id = "registry.previous_section"
    key = "left_square_bracket"
    shown_key = "["
    group = VIEW

    def available(self, host: Registry) -> bool:
        return host.has_model

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


class ModelCommand(Command[Registry]):
    """A command that needs a model."""

    group = MODELS

    def available(self, host: Registry) -> bool:
        return host.has_model


class DescribeModel(ModelCommand):
    """Describe the model."""

    id = "registry.describe_model"
    key = "E"

    def run(self, host: Registry) -> None:
        host.describe_model()


class TagModel(ModelCommand):
    """Change the tags of the model."""

    id = "registry.tag_model"
    key = "number_sign"
    shown_key = "#"

    def run(self, host: Registry) -> None:
        host.tag_model()


class DeleteModel(ModelCommand):
    """Delete the model with its versions."""

    id = "registry.delete_model"
    key = "X"

    def run(self, host: Registry) -> None:
        host.delete_model()


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
    Promote,
    RollBack,
    Undo,
    Compare,
    NextSection,
    EditFilter,
    ToggleView,
    OpenSourceRun,
    EditAliases,
    TagVersion,
    DescribeVersion,
    Demote,
    Archive,
    Mark,
    CopyPath,
    DeleteVersion,
    PreviousSection,
    ToggleOnlyVersion,
    DescribeModel,
    TagModel,
    NextModel,
    PreviousModel,
    ToggleModels,
    DeleteModel,
)
