"""`tracker-tui demo`: starts the sweep and opens the app on it while it trains."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from importlib.util import find_spec

from logger.store.connection import StoreError, writing
from logger.store.locate import Store, for_writing
from tui_tracker.demo.plan import sweep
from tui_tracker.demo.sweep import Outcome, Sweep
from tui_tracker.demo.verdict import announce
from tui_tracker.text.command import Errand
from tui_tracker.text.full_screen import require_terminal

_WORKERS, _EPOCHS, _SECONDS = 2, 12, 90.0
_NEEDED = {"sklearn": "scikit-learn", "onnx": "onnx"}
# The exit status of a training whose loss was no longer a number: part of the show.
_DIVERGED = 3


def _run(arguments: Namespace) -> int:
    missing = [package for module, package in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise StoreError(f"the demo needs {' and '.join(missing)}: pip install {' '.join(missing)}")
    if not arguments.no_app:
        require_terminal("`tracker-tui demo --no-app` only trains")
    store = for_writing(arguments.store)
    # Makes the database, so that the app finds one before the first run has begun.
    with writing(store):
        pass
    configurations = sweep(arguments.runs)
    # So long may each take, that all together take --seconds.
    each = arguments.seconds * arguments.workers / len(configurations)
    trainings = Sweep(
        store,
        configurations,
        workers=arguments.workers,
        options=(f"--epochs={arguments.epochs}", f"--seconds={each}"),
        tell=_print_outcome if arguments.no_app else lambda outcome: None,
    )
    print(f"training {len(configurations)} models, {arguments.workers} at a time, into {store.directory}")
    trainings.start()
    try:
        if arguments.no_app:
            _wait(store, trainings)
        else:
            _watch(store, trainings)
    finally:
        unfinished = trainings.stop()
        if unfinished:
            print(f"stopped; {unfinished} trainings did not finish")
    return _conclude(store, trainings)


def _wait(store: Store, trainings: Sweep) -> None:
    # A polite kill is to stop the trainings too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    trainings.wait()
    announce(store)


def _watch(store: Store, trainings: Sweep) -> None:
    def close() -> None:
        trainings.wait()
        if len(trainings.outcomes) == total:
            announce(store)

    from tui_tracker.app import TrackerApp

    total = trainings.total
    threading.Thread(target=close, name="demo verdict", daemon=True).start()
    TrackerApp(store).run()


def _conclude(store: Store, trainings: Sweep) -> int:
    print(f"the store is {store.directory}: `tracker-tui --store {store.directory}` opens it again")
    broken = [outcome for outcome in trainings.outcomes if outcome.status not in (0, _DIVERGED)]
    if broken:
        raise StoreError(
            f"{len(broken)} trainings could not run: {broken[0].complaint or 'they were killed'}"
        )
    return 0


def _print_outcome(outcome: Outcome) -> None:
    found = outcome.configuration
    ending = {0: "trained", _DIVERGED: "diverged"}.get(outcome.status, "failed")
    print(
        f"{ending}: {found.optimizer} lr={found.lr:g} hidden={found.hidden} seed={found.seed}"
        + (f" ({outcome.complaint})" if outcome.complaint else ""),
        flush=True,
    )


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("must be at least 1")
    return number


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--runs", metavar="N", type=_at_least_one, default=None, help="how many models (default 12)"
    )
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_at_least_one,
        default=_WORKERS,
        help=f"how many at a time (default {_WORKERS})",
    )
    parser.add_argument(
        "--epochs",
        metavar="N",
        type=_at_least_one,
        default=_EPOCHS,
        help=f"passes over the data (default {_EPOCHS})",
    )
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=float,
        default=_SECONDS,
        help=f"slow down, so that all takes about S seconds (default {_SECONDS:g}; 0: as fast as it goes)",
    )
    parser.add_argument("--no-app", action="store_true", help="only train, without opening the app")


COMMAND = Errand(
    "demo",
    "train a small sweep on this machine and watch it",
    _run,
    (
        "tracker-tui demo",
        "tracker-tui demo --store /tmp/demo --runs 24 --workers 4",
        "tracker-tui demo --no-app --seconds 0          for scripts: train and exit",
    ),
    _arguments,
    "Trains classifiers of handwritten digits with several optimizers, learning rates, widths and seeds, in\n"
    "processes of their own that end with the demo. What they log stays: it is an ordinary store.",
)
