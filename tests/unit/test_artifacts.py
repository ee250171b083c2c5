"""The files of a run: named safely, whole or said to be incomplete, in whatever way they were logged."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger import artifacts
from logger.artifacts import kind_of
from logger.store.artifacts import Artifact, of_run, safe_path
from logger.store.connection import open_reader
from logger.store.locate import Store


def recorded(store: Store) -> dict[str, Artifact]:
    logger.flush()
    with closing(open_reader(store)) as reader:
        return {found.path: found for found in of_run(reader, 1)}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "text/csv"),
        ("a.csv.gz", "application/gzip"),
        ("weights.safetensors", "application/x-safetensors"),
        ("a/b.PNG", "image/png"),
        ("README.md", "text/markdown"),
        ("no-suffix", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        ".",
        "a\x00b",
        "..\\x",
        "",
        "a/" + "x" * 300,
        "\udcff",
        "a/../../b",
    ],
)
def test_a_name_that_could_leave_the_run_is_refused(store: Store, name: str) -> None:
    with logger.start_run("e", store=store) as run, pytest.raises(ValueError, match="artifact path"):
        run.log_text("x", name)


@pytest.mark.parametrize("name", ["%2e%2e/x", "-rf", "[bold]", "a b", ".hidden"])
def test_odd_names_that_stay_within_are_names(name: str) -> None:
    assert safe_path(name) == name


def test_a_link_in_the_store_does_not_lead_out_of_it(store: Store, tmp_path: Path) -> None:
    with logger.start_run("e", store=store) as run:
        run.log_text("x", "a/b.txt")
        (store.artifacts / run.id / "out").symlink_to(tmp_path)
        with pytest.raises(ValueError, match="leads out"):
            run.log_text("x", "out/b.txt")
    assert not (tmp_path / "b.txt").exists()


def test_what_is_no_regular_file_is_refused_and_not_waited_for(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening, logger.start_run("e", store=store) as run:
        listening.bind(str(tmp_path / "socket"))
        for name in ("pipe", "/dev/null"):
            with pytest.raises(ValueError, match="not a regular file"):
                run.log_artifact(name)
        run.log_artifacts(tmp_path, "all")
    assert [path for path in recorded(store) if path.startswith("all/")] == []


def test_a_directory_that_holds_the_store_is_not_copied_into_itself(store: Store, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    with logger.start_run("e", store=store) as run:
        run.log_artifacts(tmp_path, "project")
        run.log_artifacts(tmp_path, "project")
    assert list(recorded(store)) == ["project/train.py"]


def test_a_copy_that_fails_is_marked_incomplete_and_completed_when_logged_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = os.urandom(1000)
    source = tmp_path / "model.bin"
    source.write_bytes(content)
    monkeypatch.setattr(artifacts, "LARGE", 100)

    def fails(_source: int, target: int, *_: object) -> None:
        os.write(target, content[:600])
        raise OSError(errno.EIO, "Input/output error")

    with logger.start_run("e", store=store) as run:
        run.log_text("{}", "out/config.json")
        with monkeypatch.context() as broken, pytest.warns(RuntimeWarning, match="marked incomplete") as told:
            broken.setattr(artifacts, "copy", fails)
            run.log_artifact(source, "out", step=3)
        assert len(told) == 1
        found = recorded(store)["out/model.bin"]
        assert (found.state, found.size, found.sha256, found.step) == ("incomplete", 600, "", 3)
        with pytest.raises(logger.StoreError, match="incomplete"):
            run.register_model("clf", "out")
        run.log_artifact(source, "out")
        found = recorded(store)["out/model.bin"]
        assert (found.state, found.size) == ("complete", 1000)
        assert found.sha256 == hashlib.sha256(content).hexdigest()
        run.register_model("clf", "out")
    out = store.artifacts / run.id / "out"
    assert (out / "model.bin").read_bytes() == content
    assert sorted(path.name for path in out.iterdir()) == ["config.json", "model.bin"]


def test_what_was_logged_before_stays_where_a_later_copy_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with logger.start_run("e", store=store) as run:
        run.log_text("one", "a.txt")
        before = recorded(store)["a.txt"]
        with monkeypatch.context() as broken, pytest.warns(RuntimeWarning, match="keeps what it was"):
            broken.setattr("logger.artifacts.write_all", full)
            run.log_text("two", "a.txt")
        assert recorded(store)["a.txt"] == before
    assert (store.artifacts / run.id / "a.txt").read_text() == "one"


def test_a_large_copy_is_announced_as_incomplete_until_it_is_done(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.bin").write_bytes(bytes(1000))
    monkeypatch.setattr(artifacts, "LARGE", 100)
    seen = []
    copy = artifacts.copy

    def looks(source: int, target: int, size: int, tell: object) -> object:
        seen.append(recorded(store)["model.bin"].state)
        return copy(source, target, size)

    monkeypatch.setattr(artifacts, "copy", looks)
    with logger.start_run("e", store=store) as run:
        run.log_artifact("model.bin")
        run.log_artifact("model.bin")
    assert seen == ["incomplete", "complete"]
