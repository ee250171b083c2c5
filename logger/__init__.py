"""Record what a training run does: parameters, metrics, files, models.

    import logger

    with logger.start_run("churn", params={"lr": 1e-3}) as run:
        for step in range(1000):
            run.log({"train/loss": loss, "train/acc": acc}, step=step)
        run.register_model("churn-clf", "model.npz")

`log` costs microseconds, waits for nothing, and what it recorded survives the death of the process. The same names
and signatures as MLflow's tracking functions exist at module level, so `import logger as mlflow` runs such a script.
Records go to the nearest `.tracker/` directory at or above the working directory; `tracker-tui` shows them live.

Importing this module loads nothing else: each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logger.client import MlflowClient
    from logger.context import active_run
    from logger.experiments import (
        Experiment,
        create_experiment,
        get_experiment,
        get_experiment_by_name,
        search_experiments,
        set_experiment,
    )
    from logger.fluent import (
        alert,
        delete_run,
        delete_tag,
        flush,
        get_artifact_uri,
        last_active_run,
        log,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_image,
        log_input,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        log_table,
        log_text,
        note,
        restore_run,
        set_tag,
        set_tags,
        should_stop,
    )
    from logger.models import (
        ModelVersion,
        RegisteredModel,
        download_artifacts,
        get_latest_versions,
        get_model_version,
        get_model_version_by_alias,
        get_registered_model,
        model_path,
        search_model_versions,
        search_registered_models,
    )
    from logger.monitor import (
        disable_system_metrics_logging,
        enable_system_metrics_logging,
        set_system_metrics_sampling_interval,
    )
    from logger.promoting import (
        create_registered_model,
        delete_model_version,
        delete_model_version_tag,
        delete_registered_model,
        delete_registered_model_alias,
        delete_registered_model_tag,
        rename_registered_model,
        roll_back_model,
        set_model_version_tag,
        set_registered_model_alias,
        set_registered_model_tag,
        transition_model_version_stage,
        update_model_version,
        update_registered_model,
    )
    from logger.reading import History, LoggedRun, get_run, metric_history, search_runs
    from logger.registering import create_model_version, register_model
    from logger.run import Run
    from logger.starting import end_run, get_tracking_uri, set_tracking_uri, start_run, use_run
    from logger.store.connection import StoreError
    from logger.store.query import FilterError

__version__ = "0.1.0"

_NAMES = {
    "logger.client": "MlflowClient",
    "logger.context": "active_run",
    "logger.experiments": (
        "Experiment create_experiment get_experiment get_experiment_by_name search_experiments set_experiment"
    ),
    "logger.fluent": (
        "alert delete_run delete_tag flush get_artifact_uri last_active_run log log_artifact "
        "log_artifacts log_dict log_figure log_image log_input log_metric log_metrics log_param "
        "log_params log_table log_text note restore_run set_tag set_tags should_stop"
    ),
    "logger.reading": "History LoggedRun get_run metric_history search_runs",
    "logger.models": (
        "ModelVersion RegisteredModel download_artifacts get_latest_versions get_model_version "
        "get_model_version_by_alias get_registered_model model_path search_model_versions "
        "search_registered_models"
    ),
    "logger.monitor": (
        "disable_system_metrics_logging enable_system_metrics_logging set_system_metrics_sampling_interval"
    ),
    "logger.promoting": (
        "create_registered_model delete_model_version delete_model_version_tag "
        "delete_registered_model delete_registered_model_alias delete_registered_model_tag "
        "rename_registered_model roll_back_model set_model_version_tag set_registered_model_alias "
        "set_registered_model_tag transition_model_version_stage update_model_version "
        "update_registered_model"
    ),
    "logger.registering": "create_model_version register_model",
    "logger.run": "Run",
    "logger.starting": "end_run get_tracking_uri set_tracking_uri start_run use_run",
    "logger.store.connection": "StoreError",
    "logger.store.query": "FilterError",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}

# Written out, because type checkers take a name to be exported only when they can read it here.
__all__ = [
    "Experiment",
    "FilterError",
    "History",
    "LoggedRun",
    "MlflowClient",
    "ModelVersion",
    "RegisteredModel",
    "Run",
    "StoreError",
    "__version__",
    "active_run",
    "alert",
    "create_experiment",
    "create_model_version",
    "create_registered_model",
    "delete_model_version",
    "delete_model_version_tag",
    "delete_registered_model",
    "delete_registered_model_alias",
    "delete_registered_model_tag",
    "delete_run",
    "delete_tag",
    "disable_system_metrics_logging",
    "download_artifacts",
    "enable_system_metrics_logging",
    "end_run",
    "flush",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_latest_versions",
    "get_model_version",
    "get_model_version_by_alias",
    "get_registered_model",
    "get_run",
    "get_tracking_uri",
    "last_active_run",
    "log",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_table",
    "log_text",
    "metric_history",
    "model_path",
    "note",
    "register_model",
    "rename_registered_model",
    "restore_run",
    "roll_back_model",
    "search_experiments",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
    "set_experiment",
    "set_model_version_tag",
    "set_registered_model_alias",
    "set_registered_model_tag",
    "set_system_metrics_sampling_interval",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "should_stop",
    "start_run",
    "transition_model_version_stage",
    "update_model_version",
    "update_registered_model",
    "use_run",
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'logger' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
