"""The model registry: named models, their numbered versions, stages, aliases, and the history of what was
done.

`promote` and `roll_back_stage` are whole: they take the store, check the gates, write, and run the commands
that follow a promotion. Of the rest, reads take any connection, and changes run inside the caller's
transaction (`connection.writing`) and add to the history in that same transaction, so neither is ever there
without the other. Each misuse is a RegistryError.
"""

from logger.store.registry.edit import (
    create_model,
    delete_model,
    delete_version,
    describe,
    register_version,
    rename_model,
    set_status,
)
from logger.store.registry.events import RegistryEvent, history, revision
from logger.store.registry.gates import GateError, GateOutcome, check
from logger.store.registry.gates_file import GatesFileError
from logger.store.registry.holders import NO_HOLDER, former_holder, holder
from logger.store.registry.hooks import HookOutcome
from logger.store.registry.labels import delete_alias, delete_tag, set_alias, set_tag
from logger.store.registry.names import (
    ARCHIVED,
    LIVE_STAGES,
    NO_STAGE,
    PRODUCTION,
    STAGES,
    STAGING,
    RegistryError,
    alias_name,
    model_name,
    stage_name,
    tag_key,
)
from logger.store.registry.promotion import Promotion, promote
from logger.store.registry.promotion import roll_back as roll_back_stage
from logger.store.registry.promotion import take_back as take_back_moves
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
from logger.store.registry.search import search_models, search_versions
from logger.store.registry.stages import (
    StageChange,
    planned,
    planned_roll_back,
    roll_back,
    take_back,
    transition,
)
from logger.store.registry.uri import RunPath, artifact_path, by_alias, in_stage, newest, resolve
from logger.store.registry.verify import changes_in, files_of, hash_of, hashes_below, verified_path

__all__ = [
    "ARCHIVED",
    "LIVE_STAGES",
    "NO_HOLDER",
    "NO_STAGE",
    "PRODUCTION",
    "STAGES",
    "STAGING",
    "GateError",
    "GateOutcome",
    "GatesFileError",
    "HookOutcome",
    "ModelVersion",
    "Promotion",
    "RegisteredModel",
    "RegistryError",
    "RegistryEvent",
    "RunPath",
    "StageChange",
    "VersionPlace",
    "alias_name",
    "artifact_path",
    "by_alias",
    "changes_in",
    "check",
    "create_model",
    "delete_alias",
    "delete_model",
    "delete_tag",
    "delete_version",
    "describe",
    "files_of",
    "former_holder",
    "hash_of",
    "hashes_below",
    "history",
    "holder",
    "in_stage",
    "leading_versions",
    "model",
    "model_name",
    "models",
    "newest",
    "planned",
    "planned_roll_back",
    "promote",
    "register_version",
    "rename_model",
    "resolve",
    "revision",
    "roll_back",
    "roll_back_stage",
    "search_models",
    "search_versions",
    "set_alias",
    "set_status",
    "set_tag",
    "stage_name",
    "tag_key",
    "take_back",
    "take_back_moves",
    "transition",
    "verified_path",
    "version",
    "versions",
    "versions_of_run",
]
