"""Stopping a run: which step is next, and a signal to its processes, and to no other process ever.

A signal is sent only to a process of this host and this user that began at the very instant at which the run's process
did. Where the system has handles of processes (Linux), the signal goes through one that was taken before that was
checked, so that not even a process that takes over the number in between can get it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from logger import editing
from logger.identity import birth, owner
from logger.provenance import user
from logger.store import search, stopping
from logger.store.connection import Reader, StoreError
from logger.store.locate import Store
from logger.store.runs import StoredRun
from logger.store.stopping import Process, Request
from tui_tracker.model.source import Source

Step = Literal["ask", "term", "kill"]
STEPS: tuple[Step, ...] = ("ask", "term", "kill")
_SIGNALS = {"term": signal.SIGTERM, "kill": signal.SIGKILL}


@dataclass(frozen=True)
class StopView:
    """What is known of a run that somebody wants to stop."""

    run: StoredRun
    processes: tuple[Process, ...]
    request: Request | None

    @property
    def next_step(self) -> Step:
        if self.request is None:
            return "ask"
        return "kill" if self.request.signal else "term"


@dataclass(frozen=True)
class Outcome:
    """What became of a signal to one process."""

    process: Process
    refused: str
    """why it was not sent; empty where it was"""


def read_stop(reader: Reader, run_id: int) -> StopView | None:
    """What is known of a run; None where it is not there any more."""
    found = search.by_ids(reader, [run_id])
    if not found:
        return None
    run = found[0].run
    return StopView(run, tuple(stopping.processes(reader, run_id)), stopping.requested(reader, run_id))


def refusal(process: Process) -> str:
    """Why a process must not be sent a signal from here; empty where it may."""
    here = os.uname().nodename
    if process.host != here:
        return f"it is on {process.host}, and this is {here}"
    if not process.birth:
        return "when it began is not known, so another process may have its number"
    found = birth(process.pid)
    if not found:
        return "it has ended"
    if found != process.birth:
        return "another process has its number, or it is in another container"
    if owner(process.pid) != os.getuid():
        return f"it is {process.user}'s"
    return ""


def send(process: Process, number: signal.Signals) -> str:
    """Send a signal to a process of a run; returns why it was not sent, empty where it was."""
    try:
        with _handle(process.pid) as handle:
            # Asked after the handle was taken, which stands for one process for ever.
            refused = refusal(process)
            if not refused:
                if handle >= 0:
                    signal.pidfd_send_signal(handle, number)
                else:
                    os.kill(process.pid, number)
            return refused
    except ProcessLookupError:
        return "it has ended"
    except OSError as error:
        return f"the system refuses: {error.strerror or error}"


@contextlib.contextmanager
def _handle(pid: int) -> Iterator[int]:
    """A handle of a process; -1 where the system has none. Raises ProcessLookupError."""
    if not hasattr(os, "pidfd_open"):
        yield -1
        return
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except OSError:
        yield -1  # a kernel, or a sandbox, without them
        return
    try:
        yield handle
    finally:
        os.close(handle)


def take_step(source: Source, view: StopView, step: Step) -> Sequence[Outcome]:
    """Take a step towards the end of a run; blocks shortly. Raises StoreError.

    What is sent is noted in the store before it is, so that the run ends as killed.
    """
    if step == "ask":
        source.change(lambda store: editing.ask_to_stop(store, view.run.id, user()))
        return ()
    outcomes = [Outcome(process, refusal(process)) for process in view.processes]
    if not any(not outcome.refused for outcome in outcomes):
        return outcomes
    number = _SIGNALS[step]
    source.change(lambda store: editing.ask_to_stop(store, view.run.id, user(), step.upper()))
    return [Outcome(process, send(process, number)) for process in view.processes]


def check_running(view: StopView | None, store: Store, step: Step) -> StopView:
    """The view, of a run that can be stopped. Raises StoreError with what is in the way."""
    if view is None:
        raise StoreError("this run is no longer in the store")
    if not view.run.is_running:
        raise StoreError(f"the run {view.run.name} is not running: it is {view.run.status.lower()}")
    if step == "ask" and store.is_shared:
        raise StoreError(
            "on a network filesystem a script does not hear that it is asked to stop: send its processes a signal"
        )
    if step != "ask" and not view.processes:
        raise StoreError(f"no process of the run {view.run.name} is known")
    return view


def told(outcomes: Sequence[Outcome], step: Step) -> str:
    """What was done, in a sentence."""
    if step == "ask":
        return "asked to stop: its script hears it as run.should_stop"
    sent = [outcome for outcome in outcomes if not outcome.refused]
    parts = []
    if sent:
        pids = ", ".join(str(outcome.process.pid) for outcome in sent)
        parts.append(f"sent SIG{step.upper()} to {pids}")
    parts += [f"not to {outcome.process.pid}: {outcome.refused}" for outcome in outcomes if outcome.refused]
    return "; ".join(parts)
