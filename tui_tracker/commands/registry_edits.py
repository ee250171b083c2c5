"""Commands that change the registry: moving, naming, describing, tagging and deleting versions and models."""

from __future__ import annotations

from logger.store.registry import ARCHIVED, LIVE_STAGES, NO_STAGE, PRODUCTION, STAGING
from tui_tracker.commands.base import Command, CommandClass
from tui_tracker.commands.registry import VERSIONS, ModelCommand, Registry, VersionCommand

WORDS = "Names and words"


class Promote(VersionCommand):
    """Move the version to a stage.

    Shows what changes against the version that holds the stage, and asks for a reason.
    """

    id = "registry.promote"
    key = "p"
    show = True
    footer = "promote"

    def run(self, host: Registry) -> None:
        host.actions.move(None)


class RollBack(VersionCommand):
    """Give a stage back to the version that held it before.

    The stage of the version under the cursor where that is Staging, else Production. Again: further back.
    """

    id = "registry.roll_back"
    key = "r"
    show = True
    footer = "roll back"

    def run(self, host: Registry) -> None:
        host.actions.roll_back()


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
        return host.actions.can_undo

    def run(self, host: Registry) -> None:
        host.actions.undo()


class EditAliases(VersionCommand):
    """Set, move or remove an alias of the version."""

    id = "registry.alias"
    key = "a"
    group = WORDS
    show = True
    footer = "alias"

    def run(self, host: Registry) -> None:
        host.actions.edit_aliases()


class TagVersion(VersionCommand):
    """Change the tags of the version."""

    id = "registry.tag"
    key = "T"
    group = WORDS
    show = True
    footer = "tag"

    def run(self, host: Registry) -> None:
        host.actions.tag_version()


class DescribeVersion(VersionCommand):
    """Describe the version."""

    id = "registry.describe"
    key = "e"
    group = WORDS
    show = True
    footer = "describe"

    def run(self, host: Registry) -> None:
        host.actions.describe_version()


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
            host.actions.move(STAGING if host.version.stage == PRODUCTION else NO_STAGE)


class Archive(VersionCommand):
    """Archive the version."""

    id = "registry.archive"
    key = "A"

    def available(self, host: Registry) -> bool:
        return host.version is not None and host.version.stage != ARCHIVED

    def run(self, host: Registry) -> None:
        host.actions.move(ARCHIVED)


class DeleteVersion(VersionCommand):
    """Delete the version."""

    id = "registry.delete"
    key = "D,delete"

    def run(self, host: Registry) -> None:
        host.actions.delete_version()


class DescribeModel(ModelCommand):
    """Describe the model."""

    id = "registry.describe_model"
    key = "E"

    def run(self, host: Registry) -> None:
        host.actions.describe_model()


class TagModel(ModelCommand):
    """Change the tags of the model."""

    id = "registry.tag_model"
    key = "M"

    def run(self, host: Registry) -> None:
        host.actions.tag_model()


class DeleteModel(ModelCommand):
    """Delete the model with its versions."""

    id = "registry.delete_model"
    key = "ctrl+d"

    def run(self, host: Registry) -> None:
        host.actions.delete_model()


STAGE_COMMANDS: tuple[CommandClass, ...] = (Promote, RollBack, Undo, Demote, Archive)

WORD_COMMANDS: tuple[CommandClass, ...] = (
    EditAliases,
    TagVersion,
    DescribeVersion,
    DescribeModel,
    TagModel,
    DeleteVersion,
    DeleteModel,
)
