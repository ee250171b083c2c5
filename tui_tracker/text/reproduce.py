"""`tracker-tui reproduce`: a run's code in a directory, what has changed since, and, if wanted, the run once more."""

from __future__ import annotations

import json
import shlex
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from logger.opening import existing_store, reading
from logger.starting import REPRODUCES_TAG
from logger.store import inputs, runs, series
from logger.store.connection import Reader, StoreError
from logger.store.locate import Store
from logger.store.runs import StoredRun
from tui_tracker.model import formats
from tui_tracker.model.code import CodeState, read_code
from tui_tracker.model.text import clean
from tui_tracker.reproducing.data import found_again, link_data
from tui_tracker.reproducing.rerun import repetition_of, run_again
from tui_tracker.reproducing.today import (
    SAME,
    Finding,
    choose_python,
    compare_data,
    compare_packages,
    hashes_today,
)
from tui_tracker.reproducing.verdict import EQUAL, Outcome, compare_metrics
from tui_tracker.reproducing.workspace import Workspace, make_workspace, moved
from tui_tracker.text.command import Errand, NotFound

_TOLERANCE = 1e-6
_MOST_LINES = 40
_MOST_REPETITIONS = 1000
_LONGEST = 300


@dataclass(frozen=True)
class _Report:
    """What a program is told by --json."""

    run: str
    workspace: str
    directory: str
    command: Sequence[str]
    notes: Sequence[str]
    changed: Sequence[Finding]
    repetition: str | None = None
    status: str | None = None
    metrics: Sequence[Outcome] = ()


def _run(arguments: Namespace) -> int:
    store = existing_store(arguments.store)
    with reading(store) as (_, reader):
        run = _meant(reader, arguments.run)
        code = read_code(reader, store, run)
        data = inputs.of_run(reader, run.id)
    if code is None or not code.command:
        raise NotFound(
            f"run {run.name} kept no code: it was started without it (TRACKER_CODE=0), or by an older version"
        )
    say = _silent if arguments.json else _say
    target = Path(arguments.into or f"reproduce-{_file_name(run.name)}")
    python = choose_python(code, arguments.python)
    repository = Path(arguments.repository) if arguments.repository else None
    data = found_again(data, code, repository)
    findings = [*compare_packages(code, python), *compare_data(data, hashes_today(data))]
    changed = [found for found in findings if found.state != SAME]
    workspace = make_workspace(store, code, target, repository)
    linked = link_data(data, code, workspace, repository)
    workspace = replace(workspace, notes=(*workspace.notes, *linked))
    command = [python, *moved(code.command[1:], code, workspace)]
    for line in _found(run, workspace, changed, command, code):
        say(line)
    report = _Report(
        run.uid, str(workspace.root), str(workspace.directory), command, workspace.notes, changed
    )
    status = 0
    if arguments.run_again:
        report, status = _again(store, run, code, report, say, arguments.tolerance)
    if arguments.json:
        print(json.dumps(asdict(report), indent=2))
    return status


def _meant(reader: Reader, asked: str) -> StoredRun:
    """The run that was asked for; where it was by name, not a repetition of it, which has the same name."""
    run = runs.find(reader, asked)
    for _ in range(_MOST_REPETITIONS):
        original = runs.by_uid(reader, runs.tags(reader, run.id).get(REPRODUCES_TAG, ""))
        if original is None or not original.name == run.name == asked:
            break
        run = original
    return run


_Sayer = Callable[[str], None]


def _again(
    store: Store, run: StoredRun, code: CodeState, report: _Report, say: _Sayer, tolerance: float
) -> tuple[_Report, int]:
    """Run it, and compare what came of it; status 1 where that is not the same."""
    if code.masked:
        raise StoreError(
            "the command had secrets that were not recorded (***): run it by hand in the directory, with them"
        )
    since = time.time()
    ended = run_again(store, code, report.command, Path(report.directory), run.uid)
    with reading(store) as (_, reader):
        repeated = repetition_of(reader, run.uid, since)
        if repeated is None:
            raise StoreError(f"the command ended with status {ended} and started no run")
        then, now = series.metrics(reader, run.id), series.metrics(reader, repeated.id)
    outcomes = compare_metrics(then, now, tolerance)
    equal = sum(outcome.verdict == EQUAL for outcome in outcomes)
    say("")
    say(f"repeated as {repeated.name} ({repeated.uid[:8]}), {repeated.status.lower()}")
    for outcome in [one for one in outcomes if one.verdict != EQUAL][:_MOST_LINES]:
        then_now = f"{formats.number(outcome.then)} then, {formats.number(outcome.now) or 'nothing'} now"
        say(f"  {clean(outcome.key, 60)}: {outcome.verdict}, {then_now}")
    say(f"{equal} of {len(outcomes)} metrics are equal")
    done = _Report(
        **{**vars(report), "repetition": repeated.uid, "status": repeated.status, "metrics": outcomes}
    )
    same = repeated.status == run.status and all(one.verdict in (EQUAL, "close") for one in outcomes)
    return done, 0 if same else 1


def _found(
    run: StoredRun, workspace: Workspace, changed: Sequence[Finding], command: Sequence[str], code: CodeState
) -> list[str]:
    lines = [f"run {clean(run.name, 60)} ({run.uid[:8]}) of {formats.moment(run.started)}"]
    lines += [f"  {clean(note, _LONGEST)}" for note in workspace.notes]
    if changed:
        one = len(changed) == 1
        lines.append(
            "1 thing is not what it was:" if one else f"{len(changed)} things are not what they were:"
        )
        lines += [
            f"  {found.kind} {clean(found.name, 60)}: {clean(found.then, 40)} then,"
            f" {clean(found.now, 40) or 'missing'} now"
            for found in changed[:_MOST_LINES]
        ]
        if len(changed) > _MOST_LINES:
            lines.append(f"  and {len(changed) - _MOST_LINES} more")
    else:
        lines.append("Python, packages and data are what they were")
    lines.append(
        "to run it again:" if not code.masked else "to run it again, with its secrets in the place of ***:"
    )
    lines.append(f"  cd {shlex.quote(str(workspace.directory))} && {clean(shlex.join(command), 2000)}")
    return lines


def _file_name(name: str) -> str:
    kept = "".join(character if character.isalnum() or character in "-_." else "-" for character in name[:60])
    return kept.strip(".-") or "run"


def _say(line: str) -> None:
    print(line, file=sys.stdout, flush=True)


def _silent(_line: str) -> None:
    """A program reads the report alone."""


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="an id, the beginning of one, or a name")
    parser.add_argument(
        "--into", metavar="DIR", default="", help="a new directory (default: reproduce-NAME here)"
    )
    parser.add_argument(
        "--run", dest="run_again", action="store_true", help="run the command too, and compare"
    )
    parser.add_argument("--repository", metavar="DIR", default="", help="a clone that has the commit")
    parser.add_argument(
        "--python", metavar="FILE", default="", help="the interpreter (default: the run's own)"
    )
    parser.add_argument(
        "--tolerance", metavar="X", type=float, default=_TOLERANCE, help="what counts as close (default 1e-6)"
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")


COMMAND = Errand(
    "reproduce",
    "bring a run's code back, and run it again",
    _run,
    (
        "tracker-tui reproduce brave-otter             its code in ./reproduce-brave-otter",
        "tracker-tui reproduce brave-otter --run       and the run once more, its metrics compared",
        "tracker-tui reproduce 3fa9 --into /tmp/again --repository ~/src/churn",
    ),
    _arguments,
    "Makes a git worktree at the run's commit, applies its uncommitted changes, links data that lay in the repository\n"
    "and in no commit, and says which packages and data are not what they were. With --run the status is\n"
    "1 when a metric comes out different.",
)
