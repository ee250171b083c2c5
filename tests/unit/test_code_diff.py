"""The code of runs beside each other: what differs, and diffs of commits and patches."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from logger.code_state import PATCH, STATE
from logger.store import artifacts
from logger.store.connection import open_reader
from logger.store.locate import Store, for_writing
from tests.sample import add_run
from tui_tracker.model.code import CodeState, read_code
from tui_tracker.model.code_diff import MOST_LINES, CodeDiff, code_diff
from tui_tracker.model.comparison import Subject, read_subjects
from tui_tracker.model.comparison_code import code_rows, read_codes


def git(repository: Path, *words: str) -> str:
    name = ("-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(repository), *name, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits that differ in one line."""
    place = tmp_path / "work"
    place.mkdir()
    git(place, "init", "-q")
    for text in ("rate = 1\n", "rate = 2\n"):
        (place / "train.py").write_text(text)
        git(place, "add", "train.py")
        git(place, "commit", "-q", "-m", "change")
    return place


def keep_code(store: Store, uid: str, *, commit: str = "", patch: str = "", **state: object) -> None:
    """What the logger keeps of a run's code."""
    directory = artifacts.directory(store, uid)
    (directory / STATE).parent.mkdir(parents=True)
    known: dict[str, object] = {
        "command": ["python", "train.py"],
        "python": "3.11.9",
        "packages": {"numpy": "2.0"},
    }
    if commit:
        known["git"] = {"commit": commit, "branch": "main"}
    (directory / STATE).write_text(json.dumps({**known, **state}))
    if patch:
        (directory / PATCH).write_text(patch)


def subjects_of(store: Store, count: int) -> tuple[list[Subject], dict[int, CodeState]]:
    with open_reader(store) as reader:
        subjects = read_subjects(reader, range(1, count + 1))
        return subjects, read_codes(reader, store, subjects)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    for place in range(2):
        add_run(store, f"run-{place}", uid=f"{place:032x}")
    return store


def diff(store: Store, repository: Path | None) -> CodeDiff:
    _, codes = subjects_of(store, 2)
    return code_diff(store, codes.get(1), codes.get(2), repository)


def test_packages_and_facts_that_differ(store: Store) -> None:
    keep_code(store, f"{0:032x}", packages={"numpy": "1.10", "torch": "2.1"}, command=["python", "a b.py"])
    keep_code(store, f"{1:032x}", packages={"numpy": "1.1", "torch": "2.1", "rich": "14"})
    add_run(store, "without", uid=f"{2:032x}")
    subjects, codes = subjects_of(store, 3)
    rows = {row.label: row for row in code_rows(subjects, codes)}
    assert rows["numpy"].differs and rows["numpy"].values == ("1.10", "1.1", None)
    assert rows["rich"].differs and rows["rich"].values == (None, "14", None)
    assert not rows["torch"].differs and not rows["python"].differs
    assert rows["command"].values[0] == "python 'a b.py'"
    assert code_rows(subjects, {}) == ()


def test_damaged_code_is_as_if_none_was_kept(store: Store) -> None:
    keep_code(store, f"{0:032x}")
    (artifacts.directory(store, f"{0:032x}") / STATE).write_text("[[[")
    _, codes = subjects_of(store, 2)
    assert codes == {}


def test_between_commits_that_are_here(store: Store, repository: Path) -> None:
    before, after = git(repository, "rev-parse", "HEAD~"), git(repository, "rev-parse", "HEAD")
    keep_code(store, f"{0:032x}", commit=before)
    keep_code(store, f"{1:032x}", commit=after, patch="+x\n")
    found = diff(store, repository)
    assert {"-rate = 1", "+rate = 2", "++x"} <= set(found.lines)
    assert before[:12] in found.remark and "uncommitted changes differ" in found.remark


def test_commits_that_are_elsewhere(store: Store, tmp_path: Path) -> None:
    keep_code(store, f"{0:032x}", commit="a" * 40, patch="+x\n")
    keep_code(store, f"{1:032x}", commit="b" * 40, patch="+x\n")
    found = diff(store, tmp_path)
    assert found.lines == () and "are not in this directory's repository" in found.remark
    assert "the same uncommitted changes" in found.remark


@pytest.mark.parametrize("commit", ["--output=pwned", "HEAD", "a; touch pwned", "\x1b[2J"])
def test_what_is_no_commit_never_reaches_git(store: Store, repository: Path, commit: str) -> None:
    keep_code(store, f"{0:032x}", commit=commit)
    keep_code(store, f"{1:032x}", commit="b" * 40)
    assert diff(store, repository).lines == ()
    assert not (repository / "pwned").exists()


def test_one_that_kept_nothing(store: Store, tmp_path: Path) -> None:
    keep_code(store, f"{0:032x}")
    assert "Not both" in diff(store, tmp_path).remark


def test_a_long_diff_is_cut_and_says_so(store: Store, tmp_path: Path) -> None:
    keep_code(store, f"{0:032x}", commit="a" * 40, patch="".join(f"+{n}\n" for n in range(MOST_LINES + 100)))
    keep_code(store, f"{1:032x}", commit="a" * 40)
    found = diff(store, tmp_path)
    assert len(found.lines) == MOST_LINES and "showing 4,000 of" in found.remark


def test_code_of_a_run_is_read(store: Store) -> None:
    keep_code(store, f"{0:032x}", commit="a" * 40)
    with open_reader(store) as reader:
        (subject,) = read_subjects(reader, [1])
        code = read_code(reader, store, subject.run)
    assert code is not None and code.git is not None and code.git.commit == "a" * 40
