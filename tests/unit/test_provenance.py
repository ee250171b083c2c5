from __future__ import annotations

from pathlib import Path

import pytest

import logger
from logger import provenance
from logger.masking import MASK, mask, mask_arguments, mask_value
from tests.repositories import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    return tmp_path


def test_the_commit_is_read_from_loose_packed_and_detached_heads(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    below = repository / "a" / "b"
    below.mkdir(parents=True)
    assert provenance.git_commit(below) == commit
    git(repository, "pack-refs", "--all")
    assert provenance.git_commit(below) == commit
    git(repository, "checkout", "-q", "--detach")
    assert provenance.git_commit(below) == commit


def test_the_commit_is_read_in_a_worktree(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", "tree")
    git(repository / "tree", "commit", "-q", "--allow-empty", "-m", "second")
    assert provenance.git_commit(repository / "tree") == git(repository / "tree", "rev-parse", "HEAD")


def test_without_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    assert provenance.git_commit(tmp_path) == ""
    (tmp_path / ".git").write_text("nonsense")
    assert provenance.git_commit(tmp_path) == ""


@pytest.mark.parametrize(
    "secret",
    [
        "sk-" + "a1" * 16,
        "ghp_" + "A" * 36,
        "hf_" + "a" * 30,
        "AKIA" + "A" * 16,
        "xoxb-1234567890-abc",
        "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    ],
)
def test_tokens_of_known_shapes_are_masked_wherever_they_stand(secret: str) -> None:
    assert mask(f"before {secret} after") == f"before {MASK} after"


def test_passwords_in_urls_and_assignments_are_masked() -> None:
    assert mask("postgres://me:hunter2@host/db") == f"postgres://{MASK}@host/db"
    assert mask("OPENAI_API_KEY=abc python") == f"OPENAI_API_KEY={MASK} python"


def test_arguments_after_telling_options_are_masked() -> None:
    assert mask_arguments(["train.py", "--password", "hunter2", "--lr", "0.1"]) == [
        "train.py",
        "--password",
        MASK,
        "--lr",
        "0.1",
    ]


def test_ordinary_values_are_left_alone() -> None:
    for name, value in (("lr", "0.001"), ("max_token", "4096"), ("tokenizer", "bert-base"), ("token", "no")):
        assert mask_value(name, value) == value


def test_a_run_records_where_it_came_from(repository: Path) -> None:
    with logger.start_run("e") as run:
        pass
    tags = logger.get_run(run.id).data.tags
    assert tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")
    assert tags["mlflow.user"]
    assert "pytest" in tags["mlflow.source.name"] or "python" in tags["mlflow.source.name"]
