"""scikit-learn: a fitted hyperparameter search becomes a run with one child a candidate."""

from __future__ import annotations

from typing import Any

from logger.context import active_run
from logger.integrations.borrowing import record_params
from logger.run import Run
from logger.starting import start_run

_SPLIT = "split"


def log_search(search: Any, experiment: str | None = None, **starting: Any) -> Run:
    """Log a fitted GridSearchCV, RandomizedSearchCV or halving search; returns the finished run of the whole search.

    Each candidate is a nested run: its params, mean, spread and rank of every score, the score of each split as a point
    of a curve. The search's run has the best ones. `starting`: further arguments of `logger.start_run`.
    Raises ValueError for a search that has not been fitted.
    """
    results = getattr(search, "cv_results_", None)
    if results is None:
        raise ValueError("the search has no cv_results_: fit it first")
    nested = active_run() is not None
    run = start_run(experiment, **{"nested": nested, **starting})
    try:
        record_params(run, {"search": type(search).__name__, "estimator": type(search.estimator).__name__})
        record_params(run, {"cv": getattr(search, "n_splits_", None), "candidates": len(results["params"])})
        if getattr(search, "best_index_", None) is not None:
            best = int(search.best_index_)
            record_params(run, {f"best/{key}": value for key, value in results["params"][best].items()})
            run.log({f"best/{key}": value for key, value in _scores(results, best).items()})
        for place in range(len(results["params"])):
            _log_candidate(results, place)
    except BaseException:
        run.finish("FAILED")
        raise
    run.finish()
    return run


def _log_candidate(results: Any, place: int) -> None:
    with start_run(
        nested=True, run_name=f"candidate-{place}", log_system_metrics=False, console=False
    ) as run:
        record_params(run, results["params"][place])
        run.log(_scores(results, place))
        splits: dict[int, dict[str, float]] = {}
        for key in results:
            if key.startswith(_SPLIT):
                number, _, metric = key.removeprefix(_SPLIT).partition("_")
                splits.setdefault(int(number), {})[f"split/{metric}"] = float(results[key][place])
        for number, values in sorted(splits.items()):
            run.log(values, step=number)


def _scores(results: Any, place: int) -> dict[str, float]:
    """`mean_test_score` and the like; a rank is a score as well."""
    wanted = ("mean_", "std_", "rank_")
    return {key: float(results[key][place]) for key in results if key.startswith(wanted)}
