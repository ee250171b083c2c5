"""Running a run's command again, in its workspace, as a new run that says which one it repeats."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from logger.starting import REPRODUCES_TAG, REPRODUCES_VARIABLE
from logger.store import search
from logger.store.connection import Reader, StoreError
from logger.store.fields import Names
from logger.store.locate import ENVIRONMENT_VARIABLE, Store
from logger.store.query import compile_filter
from logger.store.runs import StoredRun
from logger.store.search import Query
from tui_tracker.model.code import CodeState


def run_again(store: Store, code: CodeState, command: Sequence[str], directory: Path, asked_for: str) -> int:
    """Run the command until it ends; returns its exit status. What it prints goes where this program prints.

    `asked_for`: the uid of the run that is repeated. Raises StoreError when it cannot be started.
    """
    environment = {
        **os.environ,
        ENVIRONMENT_VARIABLE: str(store.directory),
        REPRODUCES_VARIABLE: asked_for,
    }
    if code.hash_seed:
        environment["PYTHONHASHSEED"] = code.hash_seed
    try:
        with subprocess.Popen(command, cwd=directory, env=environment) as process:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:  # noqa: PERF203 - it comes once or twice, not in every turn
                    # It came to the training as well, which ends by it; then there is something to tell.
                    continue
    except OSError as error:
        raise StoreError(f"cannot run {command[0]}: {error.strerror or error}") from None


def repetition_of(reader: Reader, uid: str, since: float) -> StoredRun | None:
    """The first run that was started since then and says that it repeats this one."""
    names = Names(tags=frozenset((REPRODUCES_TAG,)))
    wanted = Query(filter=compile_filter(f"tags.\"{REPRODUCES_TAG}\" = '{uid}'", names))
    found = [row.run for row in search.page(reader, wanted) if row.run.started >= since]
    return min(found, key=lambda run: run.started, default=None)
