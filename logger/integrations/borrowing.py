"""What the adapters share: the run they log to, and params that come from a library rather than a person."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from logger.context import active_run
from logger.run import Run
from logger.starting import start_run


class BorrowedRun:
    """The active run, or one of its own that it started and will finish."""

    def __init__(self, experiment: str | None, **starting: Any) -> None:
        """`starting`: further arguments of `start_run`, for a run of its own."""
        self._experiment = experiment
        self._starting = starting
        self._run: Run | None = None
        self._is_own = False

    @property
    def run(self) -> Run:
        """The run to log to; started at the first use where none is active."""
        if self._run is None:
            active = active_run()
            self._is_own = active is None
            self._run = active or start_run(self._experiment, **self._starting)
        return self._run

    @property
    def is_open(self) -> bool:
        """Whether there is a run already."""
        return self._run is not None

    def finish(self, status: str = "FINISHED") -> None:
        """End the run if it is its own; the next use takes or starts another."""
        if self._run is not None and self._is_own:
            self._run.finish(status)
        self._run = None


def record_params(run: Run, params: Mapping[str, Any]) -> None:
    """Log params that a library tells. One that is set already to another value is told, and training goes on."""
    for key, value in params.items():
        if value is None or value == "":
            continue
        try:
            run.log_params({str(key): value})
        except ValueError as error:
            warnings.warn(f"tui-tracker keeps the param as it is: {error}", RuntimeWarning, stacklevel=3)


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """The values that are numbers or arrays of one; what else a library reports is left out."""
    found = {}
    for key, value in values.items():
        if isinstance(value, (str, bytes)):
            continue
        try:
            found[str(key)] = float(value)
        except (TypeError, ValueError):
            continue
    return found
