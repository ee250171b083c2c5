"""`tracker-tui import`: takes over what another tracker has recorded."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from logger.store import locate
from tui_tracker.importers import sources
from tui_tracker.importers.foreign import Contents
from tui_tracker.importers.restore import Outcome, restore
from tui_tracker.model import formats
from tui_tracker.model.text import clean
from tui_tracker.text.command import Errand
from tui_tracker.text.progress import Progress

_MOST_TROUBLES = 20


def _run(arguments: Namespace) -> int:
    contents = sources.read(Path(arguments.path).expanduser(), arguments.tracker)
    if arguments.dry_run:
        print(clean(_found(contents)))
        return 0
    store = locate.for_writing(arguments.store)
    progress = Progress()
    try:
        outcome = restore(
            store,
            contents,
            experiment=arguments.experiment,
            with_files=not arguments.no_artifacts,
            tell=progress,
        )
    finally:
        progress.clear()
    print(clean(_done(contents, outcome, str(store.directory))))
    for trouble in outcome.troubles[:_MOST_TROUBLES]:
        sys.stderr.write(f"tracker-tui: {clean(trouble)}\n")
    if len(outcome.troubles) > _MOST_TROUBLES:
        sys.stderr.write(f"tracker-tui: and {len(outcome.troubles) - _MOST_TROUBLES} more were left out\n")
    return 1 if outcome.troubles else 0


def _found(contents: Contents) -> str:
    versions = sum(len(model.versions) for model in contents.models)
    models = f", {formats.counted(versions, 'model version')}" if versions else ""
    experiments = len({run.experiment for run in contents.runs})
    return (
        f"{contents.tracker}: {formats.counted(len(contents.runs), 'run')} in"
        f" {formats.counted(experiments, 'experiment')}{models}{_deleted(contents)}; nothing was imported"
    )


def _done(contents: Contents, outcome: Outcome, directory: str) -> str:
    parts = [f"{formats.counted(outcome.runs, 'run')} with {formats.counted(outcome.points, 'point')}"]
    if outcome.files:
        parts.append(formats.counted(outcome.files, "file"))
    if outcome.versions:
        parts.append(formats.counted(outcome.versions, "model version"))
    known = f"; {formats.counted(outcome.known, 'run')} were here already" if outcome.known else ""
    return f"imported from {contents.tracker} into {directory}: {', '.join(parts)}{known}{_deleted(contents)}"


def _deleted(contents: Contents) -> str:
    return f"; {contents.deleted:,} deleted left out" if contents.deleted else ""


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a file or directory that the tracker has written")
    parser.add_argument(
        "--from",
        dest="tracker",
        choices=tuple(sources.SOURCES),
        help="whose it is, if its content does not say",
    )
    parser.add_argument("--experiment", metavar="NAME", help="put all runs into this experiment")
    parser.add_argument("--no-artifacts", action="store_true", help="leave the runs' files where they are")
    parser.add_argument("--dry-run", action="store_true", help="say what there is, and import nothing")


COMMAND = Errand(
    "import",
    "take over runs from MLflow, TensorBoard, W&B or trackio",
    _run,
    (
        "tracker-tui import mlflow.db                    MLflow's database, with its model registry",
        "tracker-tui import ./mlruns                     MLflow's directory of files",
        "tracker-tui import ./runs --experiment churn    TensorBoard's event files",
        "tracker-tui import ./wandb                      W&B's offline runs",
        "tracker-tui import ~/.cache/huggingface/trackio trackio's projects",
    ),
    _arguments,
    "Runs keep their times, params, tags, all points and their files; registered models their versions,\n"
    "stages and aliases. What was imported before is known again and left as it is, so that it can be\n"
    "repeated. Nothing of the other tracker is changed, nor need it be installed.",
)
