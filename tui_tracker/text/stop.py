"""`tracker-tui stop`: asks a run to stop, or sends its processes a signal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import runs
from tui_tracker.model.source import Source
from tui_tracker.model.stopping import Step, check_running, read_stop, take_step, told
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.show import add_run
from tui_tracker.text.table import Entry, Record, Sentence


def _answer(arguments: Namespace, place: Place) -> Sentence:
    step: Step = "kill" if arguments.kill else "term" if arguments.term else "ask"
    with closing(place.reader()) as connection:
        run = runs.find(connection, arguments.run)
        view = check_running(read_stop(connection, run.id), place.store, step)
    source = Source(place.store)
    try:
        outcomes = take_step(source, view, step)
    finally:
        source.close()
    said = told(outcomes, step)
    if outcomes and all(outcome.refused for outcome in outcomes):
        raise NotFound(f"{run.name}: no signal was sent; {said}")
    sent = [str(outcome.process.pid) for outcome in outcomes if not outcome.refused]
    return Sentence(
        f"{run.name}: {said}",
        Record((Entry("run", run.uid), Entry("step", step), Entry("pids", " ".join(sent) or None))),
    )


def _arguments(parser: ArgumentParser) -> None:
    add_run(parser)
    steps = parser.add_mutually_exclusive_group()
    steps.add_argument("--term", action="store_true", help="send its processes SIGTERM")
    steps.add_argument("--kill", action="store_true", help="send its processes SIGKILL")


COMMAND = Command(
    "stop",
    "ask a run to stop, or end its processes",
    _answer,
    ("tracker-tui stop brave-otter-24", "tracker-tui stop 3f9a --term", "tracker-tui stop 3f9a --kill"),
    _arguments,
    "A script hears it when it looks at run.should_stop. A signal goes only to processes that are certainly the run's:"
    "\non this host, of this user, begun at the very instant at which the run's process did.",
)
