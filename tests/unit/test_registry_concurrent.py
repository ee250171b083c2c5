"""Many processes that register versions of one model at the same time."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import Store, for_writing

# A machine that only checks every change has few cores.
PROCESSES = 16 if os.environ.get("CI") else 64
EACH = 3


def _register(directory: str) -> list[int]:
    numbers = []
    for _ in range(EACH):
        with writing(Store(Path(directory)), timeout=60) as connection:
            numbers.append(registry.register_version(connection, "churn", run_uid=None, source="x").version)
    return numbers


def test_registrations_of_many_processes_get_different_numbers(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        numbers = [
            number for some in pool.map(_register, [str(store.directory)] * PROCESSES) for number in some
        ]
    assert sorted(numbers) == list(range(1, PROCESSES * EACH + 1))
    with writing(store) as connection:
        assert len(registry.versions(connection, "churn")) == PROCESSES * EACH
        registered = [event.version for event in registry.history(connection) if event.action == "register"]
    assert registered == list(range(PROCESSES * EACH, 0, -1))
