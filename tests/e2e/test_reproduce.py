"""`tracker-tui reproduce`, from another directory: code, changes, packages, data, and the run once more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import logger
from logger.code_state import FILES, STATE
from logger.store.locate import Store
from tests.repositories import git
from tests.unit.test_code_state import repository  # noqa: F401 - a fixture

_TRAIN = """
import random, sys
import logger
from helper import SCALE

seed = int(sys.argv[1])
random.seed(seed)
with logger.start_run("e", params={"seed": seed}, run_name="first") as run:
    for step in range(20):
        run.log({"loss": random.random() * SCALE})
"""


@pytest.fixture
def environment(store: Store) -> dict[str, str]:
    found = {**os.environ, "TRACKER_STORE": str(store.directory), "PYTHONPATH": os.pathsep.join(sys.path)}
    return {**found, "TRACKER_CODE": "1", "TRACKER_CONSOLE": "0"}


def train(directory: Path, environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "train.py", *arguments], cwd=directory, env=environment, check=True)


def reproduce(
    place: Path, environment: dict[str, str], *arguments: str
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The ended command, and the directory it was run in: not the training's."""
    elsewhere = place / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tui_tracker", "reproduce", *arguments],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done, elsewhere


@pytest.fixture
def project(repository: Path, environment: dict[str, str]) -> Path:  # noqa: F811 - the fixture
    """A run of a repository with a change that is in no commit, and a file that git does not have."""
    (repository / "train.py").write_text(_TRAIN.replace("* SCALE", ""))
    git(repository, "add", "train.py")
    git(repository, "commit", "--quiet", "-m", "a training")
    (repository / "train.py").write_text(_TRAIN)
    (repository / "helper.py").write_text("SCALE = 3\n")
    train(repository, environment, "7")
    return repository


def test_a_run_comes_back_with_its_changes_and_comes_to_the_same(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    (project / "helper.py").write_text("SCALE = 4\n")
    (project / "train.py").write_text("raise SystemExit('changed since')\n")
    done, elsewhere = reproduce(tmp_path, environment, "first", "--run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 metrics are equal" in done.stdout
    assert (elsewhere / "reproduce-first" / "helper.py").read_text() == "SCALE = 3\n"
    found = logger.search_runs(store=store)
    assert len(found) == 2
    newest, oldest = found
    assert newest.data.tags["reproduces"] == oldest.info.run_id


def test_a_run_that_comes_to_something_else_says_so(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    (run,) = logger.search_runs(store=store)
    (store.artifacts / run.info.run_id / FILES / "helper.py").write_text("SCALE = 5\n")
    done, _ = reproduce(tmp_path, environment, "first", "--run", "--json")
    assert done.returncode == 1
    told: dict[str, Any] = json.loads(done.stdout)
    assert [metric["verdict"] for metric in told["metrics"]] == ["different"]


def test_what_is_not_as_it_was_is_named(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    (run,) = logger.search_runs(store=store)
    file = store.artifacts / run.info.run_id / STATE
    state = json.loads(file.read_text())
    state["packages"] |= {"pytest": "0.1", "gone-package": "2.0"}
    state["python"] = "2.7.18"
    file.write_text(json.dumps(state))
    done, _ = reproduce(tmp_path, environment, "first")
    assert done.returncode == 0
    assert "package pytest: 0.1 then" in done.stdout
    assert "package gone-package: 2.0 then, missing now" in done.stdout
    assert "python python: 2.7.18 then" in done.stdout
    assert f"cd reproduce-first && {sys.executable} train.py 7" in done.stdout


def test_data_that_git_ignores_is_linked_and_a_change_in_it_told(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    (project / ".gitignore").write_text("data\n")
    (project / "data").mkdir()
    (project / "data" / "a.csv").write_text("1,2\n")
    read = 'first") as run:\n    run.log_input("data")\n    random.seed(open("data/a.csv").read())'
    (project / "train.py").write_text(_TRAIN.replace('first") as run:', read).replace("first", "with-data"))
    train(project, environment, "7")
    done, elsewhere = reproduce(tmp_path, environment, "with-data", "--run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"data leads to the data in {project / 'data'}" in done.stdout
    assert "data are what they were" in done.stdout
    assert (elsewhere / "reproduce-with-data" / "data").is_symlink()

    (project / "data" / "a.csv").write_text("1,3\n")
    done, _ = reproduce(tmp_path, environment, "with-data", "--run", "--into", "again")
    assert done.returncode == 1
    assert "1 thing is not what it was:\n  data data: " in done.stdout
    assert "loss: different" in done.stdout

    (project / "data" / "a.csv").unlink()
    (project / "data").rmdir()
    done, elsewhere = reproduce(tmp_path, environment, "with-data", "--into", "third")
    assert "missing now" in done.stdout
    assert not (elsewhere / "third" / "data").exists()


def test_an_interpreter_that_is_not_there_leaves_no_workspace(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    done, elsewhere = reproduce(tmp_path, environment, "first", "--python", "/nowhere/python")
    assert done.returncode == 1 and "/nowhere/python" in done.stderr
    assert not list(elsewhere.iterdir())


def test_each_thing_that_is_missing_has_its_sentence(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    assert "there is no run" in reproduce(tmp_path, environment, "nobody")[0].stderr
    reproduce(tmp_path, environment, "first")
    again, _ = reproduce(tmp_path, environment, "first")
    assert again.returncode == 1 and "--into" in again.stderr
    project.rename(tmp_path / "moved")
    away, _ = reproduce(tmp_path, environment, "first", "--into", "x")
    assert away.returncode == 1 and "--repository" in away.stderr
    there, _ = reproduce(
        tmp_path, environment, "first", "--into", "x", "--repository", str(tmp_path / "moved")
    )
    assert there.returncode == 0, there.stderr


def test_a_run_without_code_says_why(tmp_path: Path, store: Store, environment: dict[str, str]) -> None:
    (tmp_path / "helper.py").write_text("SCALE = 1\n")
    (tmp_path / "train.py").write_text(_TRAIN)
    train(tmp_path, {**environment, "TRACKER_CODE": "0"}, "1")
    done, _ = reproduce(tmp_path, environment, "first")
    assert done.returncode == 1 and "kept no code" in done.stderr


def test_a_script_outside_of_any_repository_comes_back_alone(
    tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    place = tmp_path / "plain"
    (place / "jobs").mkdir(parents=True)
    (place / "jobs" / "go.py").write_text(_TRAIN.replace("from helper import SCALE", "SCALE = 2"))
    subprocess.run([sys.executable, "jobs/go.py", "3"], cwd=place, env=environment, check=True)
    done, elsewhere = reproduce(tmp_path, environment, "first", "--run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (elsewhere / "reproduce-first" / "jobs" / "go.py").is_file()


def test_a_command_with_secrets_is_not_run_without_them(
    tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    (place / "train.py").write_text(_TRAIN.replace("from helper import SCALE", "SCALE = 2"))
    train(place, environment, "3", "--password", "hunter22")
    done, _ = reproduce(tmp_path, environment, "first", "--run")
    assert done.returncode == 1 and "secrets" in done.stderr and "hunter22" not in done.stdout


@pytest.mark.parametrize("name", ["../outside.py", "/tmp/outside.py", "link/outside.py", "a\x00b"])
def test_a_hostile_state_writes_nothing_outside(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str], name: str
) -> None:
    (run,) = logger.search_runs(store=store)
    top = store.artifacts / run.info.run_id
    state = json.loads((top / STATE).read_text())
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "link").symlink_to(outside)
    git(project, "add", "link")
    git(project, "commit", "--quiet", "-m", "a link out of it")
    state["git"]["commit"] = git(project, "rev-parse", "HEAD")
    state["files"] = [name]
    (top / STATE).write_text(json.dumps(state))
    (top / "code" / "changes.patch").unlink()
    (top / FILES / "link").mkdir(exist_ok=True)
    (top / FILES / "link" / "outside.py").write_text("evil")
    done, elsewhere = reproduce(tmp_path, environment, "first")
    assert done.returncode == 1 and not list(outside.iterdir())
    assert not (elsewhere / "reproduce-first").exists(), (
        "a workspace that could not be finished is taken back"
    )


@pytest.mark.parametrize("text", ["", "[" * 100_000, "{}", '{"command": 5, "git": 7}', "\xff"])
def test_a_broken_state_has_its_sentence(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str], text: str
) -> None:
    (run,) = logger.search_runs(store=store)
    (store.artifacts / run.info.run_id / STATE).write_text(text)
    done, _ = reproduce(tmp_path, environment, "first")
    assert done.returncode == 1 and done.stderr.count("\n") == 1


def test_submodules_come_back_with_their_changes(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (inner / "scale.py").write_text("SCALE = 5\n")
    git(inner, "add", "-A")
    git(inner, "commit", "--quiet", "-m", "inner")
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "libs/inner")
    git(project, "commit", "--quiet", "-m", "with a submodule")
    (project / "libs" / "inner" / "scale.py").write_text("from more import SCALE\n")
    (project / "libs" / "inner" / "more.py").write_text("SCALE = 6\n")
    (project / "helper.py").write_text(
        "import sys\nsys.path.insert(0, 'libs/inner')\nfrom scale import SCALE\n"
    )
    (project / "train.py").write_text(_TRAIN.replace("first", "within"))
    train(project, environment, "7")
    done, elsewhere = reproduce(tmp_path, environment, "within", "--run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"submodule libs/inner at {git(inner, 'rev-parse', 'HEAD')[:12]}" in done.stdout
    assert (elsewhere / "reproduce-within" / "libs" / "inner" / "more.py").read_text() == "SCALE = 6\n"
    shutil.rmtree(project / "libs")
    done, _ = reproduce(tmp_path, environment, "within", "--into", "without")
    assert done.returncode == 1 and "the submodule 'libs/inner' is not in" in done.stderr
    assert not (elsewhere / "without").exists()


def test_data_is_found_again_in_a_repository_that_was_moved(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    (project / ".git" / "info" / "exclude").write_text("data.csv\n")
    (project / "data.csv").write_text("1,2\n")
    read = 'first") as run:\n    run.log_input("data.csv")\n    random.seed(open("data.csv").read())'
    (project / "train.py").write_text(_TRAIN.replace('first") as run:', read).replace("first", "with-data"))
    train(project, environment, "7")
    project.rename(tmp_path / "moved")
    done, elsewhere = reproduce(
        tmp_path, environment, "with-data", "--run", "--repository", str(tmp_path / "moved")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "data are what they were" in done.stdout
    assert (elsewhere / "reproduce-with-data" / "data.csv").readlink() == tmp_path / "moved" / "data.csv"


def test_without_git_it_says_so(
    project: Path, tmp_path: Path, store: Store, environment: dict[str, str]
) -> None:
    done, _ = reproduce(tmp_path, {**environment, "PATH": str(tmp_path)}, "first")
    assert done.returncode == 1 and "git is not installed" in done.stderr
