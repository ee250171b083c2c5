"""A promotion is done with its history, or not done: killed at any statement, raced, with commands that misbehave."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from logger.store import connection as store_connection
from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from logger.store.registry import RegistryError

FORK = multiprocessing.get_context("fork")
RACERS = 6


def _store(directory: Path) -> Store:
    store = for_writing(directory / ".tracker")
    with writing(store) as database:
        for _ in range(RACERS + 1):
            registry.register_version(database, "churn", run_uid=None, source="x", user="ada")
        registry.transition(database, "churn", 1, "Production", archive_existing=True)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return _store(tmp_path)


def state(store: Store) -> tuple[dict[int, str], list[tuple[int | None, str, str, str]]]:
    """The stages of the versions, and what the history says of stages and commands."""
    with closing(open_reader(store)) as database:
        stages = {found.version: found.stage for found in registry.versions(database, "churn")}
        told = [
            (event.version, event.action, event.before, event.after)
            for event in registry.history(database, "churn")
            if event.action in ("stage", "roll-back")
        ]
    return stages, told


def _promote_and_die(store: Store, place: int, undo: bool) -> None:
    """Promote version 2, or roll back, and be killed before the statement at `place`."""
    left = place
    opened = store_connection.open_writer

    def counting(chosen: Store) -> sqlite3.Connection:
        found = opened(chosen)

        def count(_statement: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        found.set_trace_callback(count)
        return found

    store_connection.open_writer = counting
    if undo:
        registry.roll_back_stage(store, "churn", "Production")
    else:
        registry.promote(store, "churn", 2, "Production")
    os._exit(0)


@pytest.mark.parametrize("undo", [False, True])
def test_a_promotion_killed_at_any_statement_is_done_with_its_history_or_not_done(
    tmp_path: Path, undo: bool
) -> None:
    ends = set()
    done = False
    place = 0
    while not done:
        (tmp_path / str(place)).mkdir()
        store = _store(tmp_path / str(place))
        if undo:
            registry.promote(store, "churn", 2, "Production")
        before = state(store)
        process = FORK.Process(target=_promote_and_die, args=(store, place, undo))
        process.start()
        process.join(30)
        done = process.exitcode == 0
        assert done or process.exitcode == -signal.SIGKILL
        after = state(store)
        winner, loser = (1, 2) if undo else (2, 1)
        if after == before:
            ends.add("not done")
        else:
            ends.add("done")
            assert (after[0][winner], after[0][loser]) == ("Production", "Archived")
            action = "roll-back" if undo else "stage"
            was = "Archived" if undo else "None"
            assert after[1][:2] == [
                (loser, action, "Production", "Archived"),
                (winner, action, was, "Production"),
            ]
            assert after[1][2:] == before[1]
        place += 1
    assert ends == {"done", "not done"} and place > 8


def _race(store: Store, version: int, results: multiprocessing.Queue[str]) -> None:
    try:
        registry.promote(store, "churn", version, "Production", expected_holder=1)
        results.put(f"v{version} won")
    except RegistryError as error:
        results.put(str(error))


def test_of_many_who_promote_at_once_one_wins_and_the_others_are_told(store: Store) -> None:
    results: multiprocessing.Queue[str] = FORK.Queue()
    racers = [FORK.Process(target=_race, args=(store, place + 2, results)) for place in range(RACERS)]
    for racer in racers:
        racer.start()
    said = [results.get(timeout=30) for _ in racers]
    for racer in racers:
        racer.join(30)
    (won,) = (answer for answer in said if answer.endswith("won"))
    winner = won.split()[0]
    told = [answer for answer in said if answer != won]
    assert len(told) == RACERS - 1
    assert all(
        f"{winner} holds Production of 'churn' by now, v1 did when you looked" in answer for answer in told
    )
    stages, events = state(store)
    assert [number for number, stage in stages.items() if stage == "Production"] == [int(winner[1:])]
    assert len(events) == 3


def hook(store: Store, *command: str, timeout: float = 30) -> None:
    """Let this command follow a promotion to Production."""
    (store.directory / "gates.toml").write_text(
        f"[churn.Production]\nafter = {json.dumps(list(command))}\ntimeout = {timeout}\n"
    )


def hook_events(store: Store) -> list[registry.RegistryEvent]:
    with closing(open_reader(store)) as database:
        return [event for event in registry.history(database, "churn") if event.action == "hook"]


def test_a_command_follows_a_promotion_and_its_outcome_is_told(store: Store, tmp_path: Path) -> None:
    script = "import os; print({k: v for k, v in os.environ.items() if k.startswith('TRACKER_')}); print(os.getcwd())"
    hook(store, sys.executable, "-c", script)
    done = registry.promote(store, "churn", 2, "production", reason="$(touch owned); `id` 'quoted'\n--force")
    (outcome,) = done.hooks
    assert outcome.succeeded and outcome.status == 0
    values = eval(outcome.output.splitlines()[0], {})
    expected = {
        "TRACKER_MODEL": "churn",
        "TRACKER_VERSION": "2",
        "TRACKER_STAGE": "Production",
        "TRACKER_URI": "models:/churn/2",
        "TRACKER_PATH": "",
        "TRACKER_FORMER": "1",
        "TRACKER_ACTION": "stage",
        "TRACKER_REASON": "$(touch owned); `id` 'quoted'\n--force",
        "TRACKER_STORE": str(store.directory),
    }
    assert {name: values[name] for name in expected} == expected
    assert outcome.output.splitlines()[1] == str(tmp_path)
    assert not (tmp_path / "owned").exists()
    (event,) = hook_events(store)
    assert (event.version, event.details["status"]) == (2, 0)
    assert "succeeded after" in event.after
    with closing(open_reader(store)) as database:
        promoted = registry.history(database, "churn", 2)[1]
    assert promoted.details["after"] == [[sys.executable, "-c", script]]


def test_a_roll_back_has_its_command_too(store: Store) -> None:
    registry.promote(store, "churn", 2, "Production")
    hook(
        store,
        sys.executable,
        "-c",
        "import os; print(os.environ['TRACKER_ACTION'], os.environ['TRACKER_VERSION'])",
    )
    (outcome,) = registry.roll_back_stage(store, "churn", "Production").hooks
    assert outcome.output == "roll-back 1"


def test_nothing_runs_for_what_changes_nothing_is_refused_or_merely_goes(store: Store) -> None:
    hook(store, sys.executable, "-c", "")
    assert registry.promote(store, "churn", 1, "Production").hooks == ()
    assert registry.promote(store, "churn", 1, "Archived").hooks == ()
    with pytest.raises(RegistryError):
        registry.promote(store, "churn", 2, "Production", expected_holder=1)
    assert hook_events(store) == []


@pytest.mark.parametrize(
    ("command", "timeout", "said"),
    [
        ((sys.executable, "-c", "print('oh no'); raise SystemExit(3)"), 30, "failed with exit status 3"),
        (("./no-such-program",), 30, "did not start (No such file or directory)"),
        (
            (sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(60)"),
            0.5,
            "took longer than 0.5 s",
        ),
    ],
)
def test_a_command_that_fails_leaves_the_promotion_and_is_told(
    store: Store, command: tuple[str, ...], timeout: float, said: str
) -> None:
    hook(store, *command, timeout=timeout)
    (outcome,) = registry.promote(store, "churn", 2, "Production").hooks
    assert not outcome.succeeded and said in outcome.line
    (event,) = hook_events(store)
    assert said in event.after
    assert state(store)[0][2] == "Production"


def test_what_a_command_started_ends_with_it(store: Store, tmp_path: Path) -> None:
    # A busy machine may need longer to begin.
    for version, timeout in ((2, 0.5), (1, 5), (2, 30)):
        hook(store, "sh", "-c", "sleep 60 & echo $! > new; mv new child; wait", timeout=timeout)
        registry.promote(store, "churn", version, "Production")
        if (tmp_path / "child").exists():
            break
    child = int((tmp_path / "child").read_text())
    status = Path(f"/proc/{child}/stat")
    # Dead, or a zombie that its new parent has not collected.
    assert not status.exists() or status.read_text().rpartition(")")[2].split()[0] in "ZX"


def test_a_flood_of_output_is_kept_from_its_end(store: Store) -> None:
    hook(store, sys.executable, "-c", "print('x' * 10_000_000); print('the end')")
    (outcome,) = registry.promote(store, "churn", 2, "Production").hooks
    assert len(outcome.output) <= 4000 and outcome.output.endswith("the end")


def test_a_file_that_others_may_write_runs_nothing(store: Store) -> None:
    hook(store, sys.executable, "-c", "open('ran', 'w')")
    (store.directory / "gates.toml").chmod(0o666)
    (outcome,) = registry.promote(store, "churn", 2, "Production").hooks
    assert "not yours alone to write" in outcome.line
    assert not (store.directory.parent / "ran").exists()


def test_a_history_that_cannot_be_written_undoes_no_promotion(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(store, sys.executable, "-c", "print('ran')")

    def full(*_arguments: object, **_keywords: object) -> float:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("logger.store.registry.promotion.record", full)
    (outcome,) = registry.promote(store, "churn", 2, "Production").hooks
    assert (
        outcome.output == "ran"
        and "could not be told in the history (database or disk is full)" in outcome.line
    )
    assert state(store)[0][2] == "Production"
