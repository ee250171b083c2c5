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
    )
    from logger.reading import History, LoggedRun, get_run, metric_history, search_runs
    from logger.registering import model_path, register_model
    from logger.run import Run
    from logger.starting import end_run, get_tracking_uri, set_tracking_uri, start_run, use_run
    from logger.store.connection import StoreError
    from logger.store.query import FilterError

__version__ = "0.1.0"

_NAMES = {
    "logger.context": "active_run",
    "logger.experiments": (
        "Experiment create_experiment get_experiment get_experiment_by_name search_experiments set_experiment"
    ),
    "logger.fluent": (
        "delete_run delete_tag flush get_artifact_uri last_active_run log log_artifact "
        "log_artifacts log_dict log_figure log_image log_metric log_metrics log_param "
        "log_params log_table log_text note restore_run set_tag set_tags"
    ),
    "logger.reading": "History LoggedRun get_run metric_history search_runs",
    "logger.registering": "model_path register_model",
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
    "Run",
    "StoreError",
    "__version__",
    "active_run",
    "create_experiment",
    "delete_run",
    "delete_tag",
    "end_run",
    "flush",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_run",
    "get_tracking_uri",
    "last_active_run",
    "log",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
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
    "restore_run",
    "search_experiments",
    "search_runs",
    "set_experiment",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
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
