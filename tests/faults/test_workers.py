"""Those who log from within: workers that live for the whole run, threads, coroutines."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import logger
from tests.faults.trainers import start

# As a data loader does: workers forked once that wait for work on queues, log, and are terminated at the end.
LOADER = """
import logger, multiprocessing
context = multiprocessing.get_context("fork")
def work(number, inbox, outbox):
    for step in iter(inbox.get, None):
        run.log({f"worker-{number}": step}, step=step)
        outbox.put(step)
with logger.start_run("e") as run:
    outbox = context.Queue()
    inboxes = [context.Queue() for _ in range(3)]
    workers = [context.Process(target=work, args=(n, inbox, outbox), daemon=True) for n, inbox in enumerate(inboxes)]
    for worker in workers:
        worker.start()
    for step in range(300):
        inboxes[step % 3].put(step)
        outbox.get()
        run.log({"main": step}, step=step)
    for worker in workers[:2]:
        worker.terminate()
    workers[2].kill()
"""


def test_workers_that_are_terminated_or_killed_lose_nothing(tmp_path: Path) -> None:
    process = start(LOADER, tmp_path)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    [run] = logger.search_runs()
    assert run.status == "FINISHED"
    assert run.history("main").values == list(map(float, range(300)))
    for number in range(3):
        assert run.history(f"worker-{number}").steps == list(range(number, 300, 3))


def test_coroutines_and_threads_log_to_the_run_that_they_are_given() -> None:
    async def work(run: logger.Run, name: str) -> None:
        for step in range(100):
            run.log({name: step}, step=step)
            await asyncio.sleep(0)
            await asyncio.to_thread(run.log, {f"{name}-thread": step}, step)

    async def main(run: logger.Run) -> None:
        await asyncio.gather(*(work(run, f"task-{number}") for number in range(4)))

    with logger.start_run("e") as run:
        asyncio.run(main(run))
        threads = [threading.Thread(target=run.log, args=({"threads": number},)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for number in range(4):
        assert run.history(f"task-{number}").steps == list(range(100))
        assert run.history(f"task-{number}-thread").steps == list(range(100))
    assert sorted(run.history("threads").values) == list(map(float, range(50)))
