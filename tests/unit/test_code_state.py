"""What is kept of a run's code, from real repositories; and what is not: secrets, large files, foreign drivers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import logger
from logger import code_state
from logger.code_capture import ENVIRONMENT_VARIABLE
from logger.code_state import FILES, PATCH, STATE, masked_patch, packages
from logger.git import GitError, changes, untracked, working_tree
from logger.store import runs
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.repositories import git

TOKEN = "sk-" + "a1B2" * 8


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit on the branch `work`."""
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=work")
    (root / "src" / "train.py").write_text("lr = 1\n")
    (root / ".gitignore").write_text("data/\n.tracker/\n")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "first")
    return root


def kept(store: Store, run: logger.Run) -> dict[str, bytes]:
    top = store.artifacts / run.id
    return {file.relative_to(top).as_posix(): file.read_bytes() for file in top.rglob("*") if file.is_file()}


def take(store: Store, directory: Path) -> tuple[dict[str, object], dict[str, bytes], logger.Run]:
    """The state that is kept for a run in that directory, and the files."""
    with logger.start_run("e", store=store) as run:
        code_state.keep(run, str(directory))
    files = kept(store, run)
    return json.loads(files[STATE]), files, run


def test_commit_branch_remote_and_changes_are_kept(repository: Path, store: Store) -> None:
    git(repository, "remote", "add", "origin", "https://me:secret@example.com/x.git")
    (repository / "src" / "train.py").write_text("lr = 2\n")
    (repository / "new.py").write_text("x = 1\n")
    (repository / "data").mkdir()
    (repository / "data" / "big.csv").write_text("1")
    state, files, run = take(store, repository / "src")
    assert state["git"] == {
        "root": str(repository),
        "commit": git(repository, "rev-parse", "HEAD"),
        "branch": "work",
        "remote": "https://example.com/x.git",
        "directory": "src",
        "submodules": {},
    }
    assert b"-lr = 1\n+lr = 2\n" in files[PATCH]
    assert files[f"{FILES}/new.py"] == b"x = 1\n"
    assert state["files"] == ["new.py"] and state["changed"] is True and state["problems"] == []
    with open_reader(store) as reader:
        found = runs.by_uid(reader, run.id)
    assert found is not None and found.git_dirty is True


def test_a_clean_tree_is_clean(repository: Path, store: Store) -> None:
    state, files, run = take(store, repository)
    assert state["changed"] is False and set(files) == {STATE}
    with open_reader(store) as reader:
        found = runs.by_uid(reader, run.id)
    assert found is not None and found.git_dirty is False


def test_secrets_are_left_out_or_masked(repository: Path, store: Store) -> None:
    (repository / ".env").write_text("A=1")
    (repository / "server.pem").write_text("x")
    (repository / "notes.txt").write_text(f"my key is {TOKEN}")
    (repository / "src" / "train.py").write_text(f'lr = 1\nkey = "{TOKEN}"\n')
    state, files, _ = take(store, repository)
    assert state["files"] == []
    assert TOKEN.encode() not in b"".join(files.values())
    (problem,) = state["problems"]  # type: ignore[misc]
    for name in (".env", "server.pem", "notes.txt"):
        assert name in problem
    git(repository, "checkout", "--quiet", "--", ".")
    subprocess.run(["git", "-C", str(repository), "apply"], input=files[PATCH], check=True)
    assert "***" in (repository / "src" / "train.py").read_text()


def test_large_files_links_and_the_store_itself_are_left_out(repository: Path, store: Store) -> None:
    (repository / "weights.bin").write_bytes(b"x" * 300_000)
    (repository / "link").symlink_to("/etc/passwd")
    os.mkfifo(repository / "pipe")
    state, files, _ = take(store, repository)
    assert set(files) <= {STATE, PATCH} and state["files"] == []
    assert "weights.bin" in str(state["problems"])


def test_nothing_that_a_repository_configures_is_run(repository: Path) -> None:
    trap = repository.parent / "trapped"
    hook = repository.parent / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    git(repository, "config", "diff.external", str(hook))
    git(repository, "config", "core.fsmonitor", str(hook))
    git(repository, "config", "diff.evil.textconv", str(hook))
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    (repository / "src" / "train.py").write_text("lr = 3\n")
    tree = working_tree(repository)
    assert b"+lr = 3" in changes(tree) and untracked(tree) == [".gitattributes"]
    assert not trap.exists()


def test_a_repository_without_a_commit(tmp_path: Path, store: Store) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("1\n")
    git(tmp_path, "add", "a.py")
    state, files, _ = take(store, tmp_path)
    assert state["git"]["commit"] == ""  # type: ignore[index]
    assert b"+1" in files[PATCH]


def test_names_that_are_no_text_survive(repository: Path, store: Store) -> None:
    odd = "a b\n\u00e9'\".py"
    (repository / odd).write_text("1")
    assert untracked(working_tree(repository)) == [odd]
    state, _, _ = take(store, repository)
    assert isinstance(state["problems"], list)


def test_no_repository_is_no_working_tree(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        working_tree(tmp_path)


def test_packages_are_those_that_can_be_imported() -> None:
    found = packages(sys.path)
    assert found["pytest"] == pytest.__version__
    assert all(name == name.lower() and "_" not in name for name in found)


def test_only_lines_that_are_added_are_masked() -> None:
    patch = f"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n {TOKEN}\n-{TOKEN}\n+{TOKEN} new\n".encode()
    lines = masked_patch(patch).decode().splitlines()
    assert lines[3:] == [f" {TOKEN}", f"-{TOKEN}", "+*** new"]


def _script(store: Store, directory: Path, **environment: str) -> None:
    code = "import logger\nwith logger.start_run('e') as run:\n    run.log({'a': 1.0})\n"
    (directory / "go.py").write_text(code)
    found = {**os.environ, "TRACKER_STORE": str(store.directory), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(
        [sys.executable, "go.py", "--password", "hunter22"],
        cwd=directory,
        env={**found, **environment},
        check=True,
    )


def test_a_script_keeps_itself_and_its_command_without_secrets(tmp_path: Path, store: Store) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    _script(store, place, **{ENVIRONMENT_VARIABLE: "1"}, PYTHONHASHSEED="7")
    (run,) = logger.search_runs(store=store)
    files = store.artifacts / run.info.run_id
    state = json.loads((files / STATE).read_text())
    assert state["files"] == ["go.py"] and (files / FILES / "go.py").is_file()
    assert state["command"][1:] == ["go.py", "--password", "***"] and state["masked"] is True
    assert (state["hash_seed"], state["directory"], state["git"]) == ("7", str(place), None)


def test_it_can_be_turned_off(tmp_path: Path, store: Store) -> None:
    _script(store, tmp_path, **{ENVIRONMENT_VARIABLE: "off"})
    (run,) = logger.search_runs(store=store)
    assert not (store.artifacts / run.info.run_id / STATE).exists()


@pytest.mark.parametrize("is_changed", [True, False])
def test_children_keep_no_code_of_their_own_and_know_whether_it_was_changed(
    is_changed: bool, repository: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "1")
    monkeypatch.chdir(repository)
    if is_changed:
        (repository / "new.py").write_text("x = 1\n")
    with logger.start_run("e", store=store) as outer:
        with logger.start_run(nested=True) as at_once:
            assert outer.code is not None and at_once.code is outer.code
        outer.code.wait()
        with logger.start_run(nested=True, store=store) as later, logger.start_run(nested=True) as inner:
            pass
    assert f"{FILES}/new.py" in kept(store, outer) or not is_changed
    assert not any(kept(store, run) for run in (at_once, later, inner))
    with open_reader(store) as reader:
        stored = [runs.by_uid(reader, run.id) for run in (outer, at_once, later, inner)]
    assert [run and run.git_dirty for run in stored] == [is_changed] * 4


def test_a_child_in_a_process_of_its_own_keeps_its_own_code(tmp_path: Path, store: Store) -> None:
    with logger.start_run("e", store=store) as parent:
        code = f"import logger\nwith logger.start_run(parent_run_id={parent.id!r}, run_name='child'): pass\n"
        (tmp_path / "child.py").write_text(code)
        found = {**os.environ, "TRACKER_STORE": str(store.directory), "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run(
            [sys.executable, "child.py"], cwd=tmp_path, env={**found, ENVIRONMENT_VARIABLE: "1"}, check=True
        )
    (child,) = logger.search_runs("child", store=store)
    assert child.data.tags["mlflow.parentRunId"] == parent.id
    assert json.loads((store.artifacts / child.id / STATE).read_text())["command"][1:] == ["child.py"]
