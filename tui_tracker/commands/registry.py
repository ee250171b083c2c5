"""Commands of the registry: promoting, rolling back, naming and describing versions."""

from __future__ import annotations

from typing import Protocol

from logger.store.registry import ModelVersion
from tui_tracker.commands.base import Command, CommandClass

VERSIONS, MODELS = "Versions", "Models"


class Registry(Protocol):
    """The registry's screen, as its commands know it."""

    @property
    def version(self) -> ModelVersion | None:
        """The version under the cursor."""

    def promote(self) -> object: ...
    def roll_back(self) -> object: ...
    def edit_aliases(self) -> object: ...
    def describe_version(self) -> object: ...
    def describe_model(self) -> object: ...
    def open_run(self) -> None: ...
    def copy_path(self) -> None: ...
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
        host.promote()


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


class EditAliases(VersionCommand):
    """Set, move or remove an alias of the version."""

    id = "registry.alias"
    key = "a"
    show = True
    footer = "alias"

    def run(self, host: Registry) -> None:
        host.edit_aliases()


class DescribeVersion(VersionCommand):
    """Describe the version."""

    id = "registry.describe"
    key = "e"
    show = True
    footer = "describe"

    def run(self, host: Registry) -> None:
        host.describe_version()


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
    key = "y"
    show = True
    footer = "copy path"

    def run(self, host: Registry) -> None:
        host.copy_path()


class DescribeModel(VersionCommand):
    """Describe the model."""

    id = "registry.describe_model"
    key = "E"
    group = MODELS

    def run(self, host: Registry) -> None:
        host.describe_model()


class NextModel(Command[Registry]):
    """Next model."""

    id = "registry.next_model"
    key = "right_square_bracket"
    shown_key = "]"
    group = MODELS

    def run(self, host: Registry) -> None:
        host.step_model(1)


class PreviousModel(Command[Registry]):
    """Previous model."""

    id = "registry.previous_model"
    key = "left_square_bracket"
    shown_key = "["
    group = MODELS

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
    EditAliases,
    DescribeVersion,
    OpenSourceRun,
    CopyPath,
    DescribeModel,
    NextModel,
    PreviousModel,
    ToggleModels,
)
