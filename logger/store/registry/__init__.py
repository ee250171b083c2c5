"""The model registry: named models, their numbered versions, stages, aliases, and the history of what was
done.

Reads take any connection. Changes run inside the caller's transaction (`connection.writing`) and add to the
history in that same transaction, so neither is ever there without the other. Each misuse is a RegistryError.
"""

from logger.store.registry.edit import (
    create_model,
    delete_alias,
    delete_model,
    delete_tag,
    delete_version,
    describe,
    register_version,
    set_alias,
    set_tag,
)
from logger.store.registry.events import RegistryEvent, history, revision
from logger.store.registry.names import (
    ARCHIVED,
    LIVE_STAGES,
    NO_STAGE,
    PRODUCTION,
    STAGES,
    STAGING,
    RegistryError,
    alias_name,
    stage_name,
)
from logger.store.registry.read import (
    ModelVersion,
    RegisteredModel,
    VersionPlace,
    leading_versions,
    model,
    models,
    version,
    versions,
    versions_of_run,
)
from logger.store.registry.stages import (
    StageChange,
    former_holder,
    holder,
    planned,
    planned_roll_back,
    roll_back,
    transition,
)
from logger.store.registry.uri import RunPath, artifact_path, resolve

__all__ = [
    "ARCHIVED",
    "LIVE_STAGES",
    "NO_STAGE",
    "PRODUCTION",
    "STAGES",
    "STAGING",
    "ModelVersion",
    "RegisteredModel",
    "RegistryError",
    "RegistryEvent",
    "RunPath",
    "StageChange",
    "VersionPlace",
    "alias_name",
    "artifact_path",
    "create_model",
    "delete_alias",
    "delete_model",
    "delete_tag",
    "delete_version",
    "describe",
    "former_holder",
    "history",
    "holder",
    "leading_versions",
    "model",
    "models",
    "planned",
    "planned_roll_back",
    "register_version",
    "resolve",
    "revision",
    "roll_back",
    "set_alias",
    "set_tag",
    "stage_name",
    "transition",
    "version",
    "versions",
    "versions_of_run",
]
