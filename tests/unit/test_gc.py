"""`tracker-tui gc`: what goes for good, what stays, and that it may be interrupted."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

import logger
from logger import process, reclaiming
from logger.store import filesystem, garbage, registry, run_values, runs
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from tests.sample import NOW, add_run
from tui_tracker.cli import main

STEPS = 5000


def a_run(store: Store, name: str, *, deleted: bool = False, experiment: str = "churn") -> str:
    with logger.start_run(experiment, run_name=name, store=store.directory) as run:
        for step in range(STEPS):
            run.log({"loss": 1 / (step + 1) + hash(name) % 7, "noise": (step * 7919) % 1000 / 997}, step=step)
        run.log_text("weights of " + name * 100, "model/weights.txt")
    if deleted:
        delete(store, run.id)
    return run.id


def delete(store: Store, uid: str) -> None:
    with writing(store) as connection:
        found = runs.by_uid(connection, uid)
        assert found is not None
        run_values.set_deleted(connection, found.id, deleted=True)
        runs.touch(connection, [found.id])


def gc(store: Store, *options: str) -> int:
    return main(["--store", str(store.directory), "gc", *options])


def counts(store: Store) -> dict[str, int]:
    with closing(open_reader(store)) as reader:
        tables = ("runs", "series", "chunks", "segments", "artifacts", "params")
        return {table: reader.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}


def is_sound(store: Store) -> bool:
    return main(["--store", str(store.directory), "doctor", "--full", "--hashes"]) == 0


def test_a_deleted_run_goes_with_its_points_and_files_and_the_database_shrinks(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = a_run(store, "kept")
    gone = a_run(store, "gone", deleted=True)
    process.close_all("FINISHED")
    capsys.readouterr()
    before = store.database.stat().st_size
    assert gc(store, "--yes") == 0
    assert "removed 1 run" in capsys.readouterr().out
    assert counts(store) == {"runs": 1, "series": 2, "chunks": 2, "segments": 0, "artifacts": 1, "params": 0}
    assert store.database.stat().st_size < before
    assert not (store.artifacts / gone).exists()
    assert len(logger.metric_history(kept, "loss", store=store).values) == STEPS
    assert {path.name for path in store.artifacts.iterdir()} == {kept}
    assert is_sound(store)
    capsys.readouterr()
    assert gc(store) == 0
    assert capsys.readouterr().out == "there is nothing to remove\n"


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    a_run(store, "kept")
    gone = a_run(store, "gone", deleted=True)
    before = counts(store)
    capsys.readouterr()
    assert gc(store, "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    [row] = told["deleted runs"]
    assert (row["id"], row["name"], row["kept_by"]) == (gone, "gone", None)
    assert row["files"] == len("weights of " + "gone" * 100)
    assert told["would go"]["bytes"] == row["points"] + row["files"] > STEPS
    assert counts(store) == before
    assert gc(store, "--dry-run", "--older-than", "1d") == 0
    assert "no deleted run" in capsys.readouterr().out


def test_without_a_terminal_it_wants_to_be_told_so(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(store, "gone", deleted=True)
    assert gc(store) == 2
    assert "--yes" in capsys.readouterr().err
    assert counts(store)["runs"] == 1
    with pytest.raises(SystemExit) as caught:
        gc(store, "--older-than", "soon")
    assert caught.value.code == 2
    assert "30d" in capsys.readouterr().err


def test_what_was_deleted_not_long_ago_may_stay(store: Store) -> None:
    add_run(store, "old")
    a_run(store, "fresh", deleted=True)
    with writing(store) as connection:
        connection.execute("UPDATE runs SET deleted = ? WHERE name = 'old'", (NOW,))
    assert gc(store, "--older-than", "1h", "--yes") == 0
    with closing(open_reader(store)) as reader:
        assert [name for (name,) in reader.execute("SELECT name FROM runs")] == ["fresh"]


def test_a_run_that_a_version_came_from_stays_until_the_version_goes(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with logger.start_run("churn", run_name="source", store=store.directory) as run:
        run.log_text("weights", "model.txt")
        run.register_model("clf", "model.txt")
    delete(store, run.id)
    assert gc(store, "--yes") == 0
    assert "kept run source: clf v1 came from it: delete the version first" in capsys.readouterr().err
    assert (store.artifacts / run.id / "model.txt").is_file()
    with writing(store) as connection:
        registry.delete_version(connection, "clf", 1)
    assert gc(store, "--yes") == 0
    assert counts(store)["runs"] == 0


def test_a_run_that_is_being_logged_to_stays(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run = logger.start_run("churn", run_name="living", store=store.directory)
    run.log({"loss": 1})
    logger.flush()
    delete(store, run.id)
    assert gc(store, "--yes") == 0
    assert "kept run living: a process still logs to it" in capsys.readouterr().err
    run.finish()
    assert gc(store, "--yes") == 0
    assert counts(store)["runs"] == 0


def test_children_of_what_went_stay_and_deleted_experiments_go(store: Store) -> None:
    parent = a_run(store, "parent", deleted=True)
    with logger.start_run("churn", run_name="child", parent_run_id=parent, store=store.directory):
        pass
    a_run(store, "dropped", experiment="dropped")
    with writing(store) as connection:
        connection.execute("UPDATE experiments SET deleted = 1 WHERE name = 'dropped'")
    assert gc(store, "--yes") == 0
    with closing(open_reader(store)) as reader:
        assert reader.execute("SELECT name, parent_id FROM runs").fetchall() == [("child", None)]
        assert {name for (name,) in reader.execute("SELECT name FROM experiments")} == {"Default", "churn"}


def test_no_run_gets_the_id_of_one_that_went_and_a_viewer_sees_a_new_revision(store: Store) -> None:
    a_run(store, "kept")
    gone = a_run(store, "gone", deleted=True)
    with closing(open_reader(store)) as reader:
        number, before = runs.find(reader, gone).id, runs.revision(reader)
    assert gc(store, "--yes") == 0
    fresh = a_run(store, "fresh")
    with closing(open_reader(store)) as reader:
        assert runs.find(reader, fresh).id > number
        assert runs.revision(reader) > before


def test_leftovers_go_when_asked_for_and_nothing_else(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = a_run(store, "done")
    living = logger.start_run("churn", store=store.directory)
    living.log_text("recorded", "a.txt")
    logger.flush()
    strays = [store.artifacts / done / ".7-ab.partial", store.artifacts / "unknown" / "deep" / "x.bin"]
    busy = store.artifacts / living.id / "being-copied.bin"
    for path in (*strays, busy):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("stray")
    assert gc(store, "--leftovers", "--yes") == 0
    # They are new: somebody may be about to record them.
    assert all(path.exists() for path in strays)
    monkeypatch.setattr(reclaiming, "_LEFT_SECONDS", -60.0)
    assert gc(store, "--leftovers", "--yes") == 0
    # A process has not filed its journal yet, as far as can be known: the unknown run may be its.
    assert not strays[0].exists()
    assert strays[1].exists() and busy.exists()
    living.finish()
    process.close_all("FINISHED")
    capsys.readouterr()
    assert gc(store, "--leftovers", "--dry-run") == 0
    assert "x.bin" in capsys.readouterr().out
    assert gc(store, "--leftovers", "--yes") == 0
    assert not strays[1].exists() and not busy.exists()
    assert not (store.artifacts / "unknown").exists()
    assert is_sound(store)


def test_points_that_are_still_hot_are_packed(store: Store) -> None:
    uid = add_run(store, "lost", status=runs.RUNNING, metrics={"a": [1.0, 2.0]})
    assert counts(store)["segments"] == 1
    assert gc(store, "--yes") == 0
    assert counts(store)["segments"] == 0
    assert logger.metric_history(uid, "a", store=store).values == [1.0, 2.0]


@pytest.mark.parametrize("step", ["rename", "commit", "rmtree", "VACUUM"])
def test_interrupted_at_any_moment_it_is_finished_by_the_next_time(
    step: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = a_run(store, "kept")
    a_run(store, "gone", deleted=True)
    process.close_all("FINISHED")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "rename":
            patch.setattr(Path, "rename", interrupt)
        elif step == "commit":
            original = garbage.remove
            patch.setattr(garbage, "remove", lambda *given: original(*given) and interrupt())
        elif step == "rmtree":
            patch.setattr("shutil.rmtree", interrupt)
        else:
            patch.setattr(garbage, "shrink", interrupt)
        assert gc(store, "--yes") == 130
    assert gc(store, "--yes") == 0
    assert counts(store)["runs"] == 1
    assert {path.name for path in store.artifacts.iterdir()} == {kept}
    assert is_sound(store)


def test_the_link_in_the_place_of_a_runs_files_is_all_that_goes(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    gone = add_run(store, "gone")
    delete(store, gone)
    store.artifacts.mkdir(exist_ok=True)
    (store.artifacts / gone).symlink_to(elsewhere)
    assert gc(store, "--yes") == 0
    assert (elsewhere / "precious").exists()
    assert list(store.artifacts.iterdir()) == []


def test_an_id_that_is_a_path_leads_nowhere(store: Store, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    gone = add_run(store, "gone", uid="../../precious")
    with writing(store) as connection:
        connection.execute("UPDATE runs SET deleted = 1 WHERE uid = ?", (gone,))
    assert gc(store, "--yes") == 0
    assert (tmp_path / "precious").exists()
    assert counts(store)["runs"] == 1


def test_on_a_network_filesystem_it_refuses(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv(filesystem.ENVIRONMENT_VARIABLE, "network")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert gc(store, "--yes") == 1
    assert "copy it to a local disk" in capsys.readouterr().err


def test_a_full_disk_keeps_it_from_shrinking_and_that_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_run(store, "kept")
    a_run(store, "gone", deleted=True)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    assert gc(store, "--yes") == 0
    assert "was not shrunk" in capsys.readouterr().out


def test_a_reader_that_holds_a_snapshot_is_not_disturbed(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    a_run(store, "gone", deleted=True)
    process.close_all("FINISHED")
    with closing(sqlite3.connect(store.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        [before] = reader.execute("SELECT COUNT(*) FROM chunks").fetchall()
        assert gc(store, "--yes") == 0
        assert reader.execute("SELECT COUNT(*) FROM chunks").fetchall() == [before]
        reader.execute("COMMIT")
    assert counts(store)["chunks"] == 0
