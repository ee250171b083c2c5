"""A store that two hosts share over a network filesystem: each is a process with a cache directory of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import editing, shared_recorder, sharing
from logger.frames import POINTS, frames
from logger.opening import reading
from logger.store import filesystem, locate, runs
from logger.store.connection import StoreError, open_reader, writing
from logger.store.locate import Store
from tui_tracker.cli import main

ROOT = Path(__file__).parents[2]

LOGS = """
import logger, sys
with logger.start_run("shared", run_name=sys.argv[1], params={"lr": 0.1}) as run:
    for step in range(500):
        run.log({"loss": step, f"own-{sys.argv[1]}": step}, step=step)
    run.log_text("weights", "model.txt")
print(run.id)
"""
LOGS_AND_WAITS = """
import logger, sys
run = logger.start_run("shared", run_name="waits")
for step in range(100):
    run.log({"loss": step}, step=step)
print(run.id, flush=True)
sys.stdin.readline()
run.log({"loss": 100}, step=100)
run.finish()
"""
COUNTS = """
import logger
found = logger.search_runs()
print(len(found), [len(run.history("loss").values) for run in found], {run.status for run in found})
"""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store on a network filesystem, seen by this process, which is one of its hosts."""
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, filesystem.NETWORK)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Store(tmp_path / ".tracker")


def on_host(name: str, store: Store, script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a script as a process of another host that has the store too."""
    environment = {
        **os.environ,
        filesystem.ENVIRONMENT_VARIABLE: filesystem.NETWORK,
        "XDG_CACHE_HOME": str(store.directory.parent / f"cache of {name}"),
        locate.ENVIRONMENT_VARIABLE: str(store.directory),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    return out.strip()


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds, time.time() - seconds))


def status(run_id: str) -> str:
    return logger.get_run(run_id).status


def test_two_writers_on_each_of_two_hosts_lose_nothing_and_both_hosts_see_everything(shared: Store) -> None:
    writers = [on_host(host, shared, LOGS, f"{host}-{rank}") for host in "ab" for rank in range(2)]
    for process in writers:
        said(process)
    for host in "abc":
        assert said(on_host(host, shared, COUNTS)) == "4 [500, 500, 500, 500] {'FINISHED'}"
    for run in logger.search_runs():
        assert run.history(f"own-{run.name}").values == list(map(float, range(500)))
        assert run.artifact("model.txt").read_text() == "weights"
    # No SQLite where several hosts are, and every journal still there for a host that comes later.
    assert {path.name for path in shared.directory.iterdir()} <= {"journal", "artifacts", "console"}
    assert len(list(shared.journals.iterdir())) == 4


def test_a_run_that_goes_on_is_seen_growing_and_ending(shared: Store) -> None:
    process = on_host("a", shared, LOGS_AND_WAITS)
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    assert status(run_id) == runs.RUNNING
    assert len(logger.metric_history(run_id, "loss").values) == 100
    said(process)
    assert status(run_id) == runs.FINISHED
    assert logger.metric_history(run_id, "loss").values == list(map(float, range(101)))


def test_a_process_killed_on_this_machine_is_lost_at_once(shared: Store) -> None:
    process = on_host("a", shared, LOGS_AND_WAITS)
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    process.kill()
    process.communicate()
    assert status(run_id) == runs.LOST
    assert len(logger.metric_history(run_id, "loss").values) == 100


def test_a_silent_process_of_another_machine_is_lost_until_it_writes_again(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = logger.start_run("e")
    run.log({"a": 1})
    recorder = run._recorder
    assert isinstance(recorder, shared_recorder.SharedRecorder)
    # The locks of another machine do not reach this host.
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("fcntl.flock", lambda *_: None)
        elsewhere.setattr(sharing, "machine", lambda: "another machine")
        assert status(run.id) == runs.RUNNING
        # It was seen to grow when it was first filed, which is not long ago.
        age(recorder.journal.path, sharing.SILENT_SECONDS + 1)
        assert status(run.id) == runs.RUNNING
        elsewhere.setattr(sharing, "SILENT_SECONDS", 0.0)
        assert status(run.id) == runs.LOST
        recorder._say_alive()
        assert status(run.id) == runs.RUNNING
    run.finish()
    assert status(run.id) == runs.FINISHED


def test_a_file_whose_end_is_seen_before_its_middle_is_not_passed_over(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = logger.start_run("e")
    for step in range(10):
        run.log({"a": step}, step=step)
    path = run._recorder.journal.path
    whole = path.read_bytes()
    ends = [end for end, kind, _ in frames(whole) if kind == POINTS]
    # Zeros where the middle has not come yet.
    hole = whole[: ends[3]] + bytes(ends[6] - ends[3]) + whole[ends[6] :]
    with path.open("r+b") as file:
        file.write(hole)
    assert logger.metric_history(run.id, "a").values == [0, 1, 2, 3]
    with path.open("r+b") as file:
        file.write(whole)
    assert logger.metric_history(run.id, "a").values == list(map(float, range(10)))
    # What stays unreadable is damage, and what follows it is read.
    run.log({"a": 10}, step=10)
    run.log({"a": 11}, step=11)
    whole = path.read_bytes()
    first, second = [end for end, kind, _ in frames(whole) if kind == POINTS][-2:]
    with path.open("r+b") as file:
        file.write(whole[: first - 1] + bytes([whole[first - 1] ^ 1]) + whole[first:])
    assert len(logger.metric_history(run.id, "a").values) == 10
    monkeypatch.setattr(sharing, "DAMAGED_SECONDS", -1.0)
    assert logger.metric_history(run.id, "a").values[10:] == [11.0]
    assert second == len(whole)


def test_a_long_journal_is_replaced_and_the_run_goes_on(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_recorder, "_ROTATE_BYTES", 2000)
    run = logger.start_run("e")
    recorder = run._recorder
    assert isinstance(recorder, shared_recorder.SharedRecorder)
    for step in range(200):
        run.log({"a": step}, step=step)
        recorder._rotate_if_long()
    assert len(list(shared.journals.iterdir())) > 3
    assert status(run.id) == runs.RUNNING
    assert run.history("a").values == list(map(float, range(200)))
    run.finish()
    assert status(run.id) == runs.FINISHED


def test_a_run_is_resumed_from_what_other_hosts_logged(shared: Store) -> None:
    run_id = said(on_host("a", shared, LOGS, "first"))
    with logger.start_run(run_id=run_id) as run:
        run.log({"loss": 500})
        with pytest.raises(ValueError, match="set once"):
            run.log_params({"lr": 0.2})
    back = logger.get_run(run_id)
    assert back.status == runs.FINISHED
    assert back.history("loss").steps[-1] == 500


def test_experiments_may_be_chosen_and_models_are_refused_with_what_to_do(
    shared: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = logger.set_experiment("vision")
    with logger.start_run(experiment_id=chosen.experiment_id) as run:
        run.log({"a": 1})
    assert logger.get_run(run.id).experiment == "vision"
    run.log_text("weights", "model.txt")
    with pytest.raises(StoreError, match=r"network filesystem.*copy the directory.*TRACKER_FILESYSTEM=local"):
        run.register_model("clf", "model.txt")
    with pytest.raises(StoreError, match="network filesystem"), writing(shared):
        pass
    assert main(["ls"]) == 0
    told = capsys.readouterr()
    assert "vision" in told.out or run.name in told.out
    assert "network filesystem" in told.err


EDITS = """
import logger, sys
from logger.store.edits import Change
from logger.store.locate import find
from logger.editing import change
from logger.opening import reading
store = find()
with reading(store) as (_, connection):
    ids = {name: number for number, name in connection.execute("SELECT id, name FROM runs WHERE deleted IS NULL")}
change(store, [
    Change(ids["first"], name="renamed", note=sys.argv[1], tags={"team": sys.argv[1], "gone": None}),
    Change(ids["second"], archived=True),
])
if "third" in ids:
    logger.delete_run("third")
"""
SEES = """
import logger
from logger.opening import reading
with reading() as (_, connection):
    print(connection.execute(
        "SELECT name, note, archived IS NOT NULL, deleted IS NOT NULL,"
        " (SELECT GROUP_CONCAT(key || '=' || value) FROM tags WHERE run_id = runs.id) FROM runs ORDER BY name"
    ).fetchall())
"""


def test_an_edit_on_one_host_is_seen_by_all_of_them_and_the_last_one_counts(shared: Store) -> None:
    for name in ("first", "second", "third"):
        said(on_host("a", shared, LOGS, name))
    assert said(on_host("c", shared, SEES)).count("None") == 3
    for host, word in (("a", "mine"), ("b", "yours")):
        # The second host renames again what the first has renamed.
        script = EDITS if host == "a" else EDITS.replace('ids["first"]', 'ids["renamed"]')
        said(on_host(host, shared, script, word))
    expected = (
        "[('renamed', 'yours', 0, 0, 'team=yours'), ('second', '', 1, 0, None), ('third', '', 0, 1, None)]"
    )
    for host in "abcd":
        assert said(on_host(host, shared, SEES)) == expected
    assert not list(shared.directory.glob("tracker.db*"))


LOGS_UNTIL_ASKED = """
import logger, sys, time
run = logger.start_run("shared", run_name="long")
print(run.id, flush=True)
step = 0
while not run.should_stop:
    run.log({"a": step}, step=step)
    step += 1
    time.sleep(0.01)
run.finish()
"""


def test_a_run_on_another_host_hears_that_it_is_asked_to_stop(shared: Store) -> None:
    said(on_host("b", shared, LOGS, "short"))
    process = on_host("a", shared, LOGS_UNTIL_ASKED)
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    assert status(run_id) == runs.RUNNING
    with reading() as (_, connection):
        number = runs.find(connection, run_id).id
    editing.ask_to_stop(shared, number, "ada")
    said(process)
    assert status(run_id) == runs.FINISHED
    third = "import logger, sys; print(logger.get_run(sys.argv[1]).status)"
    assert said(on_host("c", shared, third, run_id)) == "FINISHED"


def test_an_edit_that_cannot_be_written_down_is_not_made(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(on_host("a", shared, LOGS, "first"))
    with monkeypatch.context() as full:
        full.setattr("logger.journal.Journal.create", lambda _: False)
        with pytest.raises(StoreError, match="nothing was changed"):
            logger.delete_run("first")
    assert len(logger.search_runs()) == 1


def test_a_copy_on_a_local_disk_is_a_whole_store(
    shared: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = said(on_host("a", shared, LOGS, "first"))
    copy = Store(tmp_path / "copy")
    shared.directory.rename(copy.directory)
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, filesystem.LOCAL)
    assert len(logger.get_run(run_id, store=copy.directory).history("loss").values) == 500
    assert list(copy.journals.iterdir()) == []


def test_a_database_from_before_is_where_a_host_begins(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, filesystem.LOCAL)
    with logger.start_run("e") as run:
        run.log({"a": 1})
    logger.process.close_all("FINISHED")
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, filesystem.NETWORK)
    with logger.start_run("e") as second:
        second.log({"a": 2})
    assert {found.id for found in logger.search_runs()} == {run.id, second.id}
    with closing(open_reader(shared)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert shared.database.stat().st_mode & 0o777 == 0o600
    assert shared.private.stat().st_mode & 0o777 == 0o700


MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /home rw shared:1 - nfs4 filer:/home rw
31 30 0:41 / /home/ada/fast\\040disk rw - xfs /dev/sdb1 rw
32 22 0:42 / /scratch rw - lustre 10.0.0.1@tcp:/scratch rw
33 22 0:43 / /scratch rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/.tracker", "ext4"),
        ("/home/ada/.tracker", "nfs4"),
        ("/homes", "ext4"),
        ("/home/ada/fast disk/x", "xfs"),
        ("/scratch/x", "tmpfs"),
    ],
)
def test_the_deepest_and_latest_mount_decides(path: str, kind: str) -> None:
    assert filesystem.mounted_type(MOUNTS, Path(path)) == kind


def test_an_unlisted_type_is_a_networks_and_the_environment_has_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "kind", lambda _: "fuse.sshfs")
    assert filesystem.is_network(tmp_path)
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, filesystem.LOCAL)
    assert not filesystem.is_network(tmp_path)
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, "nonsense")
    assert filesystem.is_network(tmp_path)
    monkeypatch.setattr(filesystem, "kind", lambda _: "")
    assert not filesystem.is_network(tmp_path)
