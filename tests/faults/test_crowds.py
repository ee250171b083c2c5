"""Many processes at one moment: creating one store, logging to one run. In full by `python -m tests.faults crowds`."""

from __future__ import annotations

from pathlib import Path

import logger
from tests.faults.trainers import start

BEGINS = "import logger\nwith logger.start_run('e') as run:\n    run.log({'a': 1})"
RANK = """
import logger, os
run = logger.start_run(run_id=os.environ["RUN_ID"])
for step in range(200):
    run.log({"rank-" + os.environ["RUN_NAME"]: step, "shared": step}, step=step)
run.finish()
"""


def begin_at_once(count: int, directory: Path) -> None:
    processes = [start(BEGINS, directory, TRACKER_STORE=str(directory / ".tracker")) for _ in range(count)]
    for process in processes:
        _, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, b""), err.decode()
    found = logger.search_runs(store=directory, max_results=count + 1)
    assert [run.status for run in found] == ["FINISHED"] * count
    assert all(run.history("a").values == [1.0] for run in found)
    assert not any((directory / ".tracker" / "journal").iterdir())


def log_to_one_run(ranks: int, directory: Path) -> None:
    with logger.start_run("e", store=directory / ".tracker") as run:
        logger.flush()
        processes = [
            start(RANK, directory, str(rank), RUN_ID=run.id, TRACKER_STORE=str(directory / ".tracker"))
            for rank in range(ranks)
        ]
        for process in processes:
            _, err = process.communicate(timeout=300)
            assert (process.returncode, err) == (0, b""), err.decode()
        assert logger.get_run(run.id, store=run.store).status == "RUNNING"
    assert logger.get_run(run.id, store=run.store).status == "FINISHED"
    assert len(run.history("shared").values) == 200 * ranks
    for rank in range(ranks):
        assert run.history(f"rank-{rank}").values == list(map(float, range(200)))


def test_many_processes_create_one_store(tmp_path: Path) -> None:
    begin_at_once(16, tmp_path)


def test_many_ranks_log_to_one_run(tmp_path: Path) -> None:
    log_to_one_run(8, tmp_path)
