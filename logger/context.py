"""What this process and this thread have chosen: the active runs, the store, the experiment.

The active runs of a thread are a stack: the last one started is the one that functions without a run log to.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from logger.store import locate
from logger.store.locate import Store

if TYPE_CHECKING:
    from logger.run import Run


class ActiveRuns(threading.local):
    """Per thread: the runs started and not finished, outermost first."""

    def __init__(self) -> None:
        self.runs: list[Run] = []


@dataclass
class Settings:
    """What `set_tracking_uri` and `set_experiment` chose, for the process."""

    store: Store | None = None
    experiment: str | None = None


active = ActiveRuns()
settings = Settings()


def active_run() -> Run | None:
    """The run that this thread started last and has not finished."""
    return active.runs[-1] if active.runs else None


def current_store() -> Store | None:
    """The store of the active run, the one that was set, or the nearest; None where there is none yet."""
    run = active_run()
    return run.store if run is not None else settings.store or locate.find()
