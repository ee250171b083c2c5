"""Files of a run outside the viewer: copied out whole or not at all, opened as a copy, compared with their hashes."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

import logger
from logger.store.artifacts import Artifact, of_run
from logger.store.connection import open_reader
from logger.store.locate import Store
from tui_tracker.model.artifact_files import CopyError, copy_out, private_copy, verified
from tui_tracker.model.artifact_tree import MOST_ENTRIES, listing


@pytest.fixture
def logged(store: Store) -> tuple[str, dict[str, Artifact]]:
    with logger.start_run("e", store=store) as run:
        run.log_text("one", "out/a.txt")
        run.log_text("two", "out/deep/b.txt")
        run.log_text("three", "-rf [x].txt")
    with closing(open_reader(store)) as reader:
        return run.id, {found.path: found for found in of_run(reader, 1)}


Logged = tuple[str, dict[str, Artifact]]


def nothing(_done: int) -> None: ...


def test_a_folder_and_a_file_are_copied_out(store: Store, logged: Logged, tmp_path: Path) -> None:
    uid, files = logged
    below = [file for path, file in files.items() if path.startswith("out/")]
    done: list[int] = []
    where = copy_out(store, uid, below, "out", tmp_path / "new" / "place", done.append)
    assert where == tmp_path / "new" / "place"
    assert (where / "deep" / "b.txt").read_text() == "two"
    assert done[-1] == 6
    (tmp_path / "there").mkdir()
    file = files["out/a.txt"]
    assert (
        copy_out(store, uid, [file], file.path, tmp_path / "there", nothing) == tmp_path / "there" / "a.txt"
    )
    assert (tmp_path / "there" / "a.txt").read_text() == "one"


def test_nothing_is_overwritten_and_nothing_half_copied_stays(
    store: Store, logged: Logged, tmp_path: Path
) -> None:
    uid, files = logged
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(CopyError, match="exists already"):
        copy_out(store, uid, [files["out/a.txt"]], "out/a.txt", tmp_path / "mine", nothing)
    (tmp_path / "gone").symlink_to("nowhere")
    with pytest.raises(CopyError, match="exists already"):
        copy_out(store, uid, [files["out/a.txt"]], "out/a.txt", tmp_path / "gone", nothing)
    (store.artifacts / uid / "out/deep/b.txt").write_text("changed")
    below = [file for path, file in files.items() if path.startswith("out/")]
    with pytest.raises(CopyError, match="hash differs"):
        copy_out(store, uid, below, "out", tmp_path / "new", nothing)
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_name_from_the_store_does_not_lead_out_of_the_destination(
    store: Store, logged: Logged, tmp_path: Path
) -> None:
    uid, _ = logged
    for path in ("out/../../../x", "/etc/x"):
        with pytest.raises(CopyError):
            copy_out(store, uid, [Artifact(path, 1, "", "", None, 0.0)], "out", tmp_path / "new", nothing)
    assert not (tmp_path / "new").exists() and not (tmp_path / "x").exists()


def test_a_copy_to_look_at_cannot_be_written_to_and_goes(store: Store, logged: Logged) -> None:
    uid, files = logged
    with private_copy(store, uid, files["-rf [x].txt"]) as path:
        assert path.read_text() == "three"
        assert path.stat().st_mode & 0o777 == 0o400
        assert path.name == "rf__x_.txt"
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert not path.samefile(store.artifacts / uid / "-rf [x].txt")
    assert not path.exists()


def test_a_file_that_was_changed_removed_or_replaced_shows(
    store: Store, logged: Logged, tmp_path: Path
) -> None:
    uid, files = logged
    file = files["out/a.txt"]
    place = store.artifacts / uid / file.path
    assert verified(store, uid, file) == ""
    place.write_text("eno")
    assert verified(store, uid, file) == "another content than logged"
    place.write_text("longer")
    assert "6 bytes" in verified(store, uid, file)
    place.unlink()
    assert verified(store, uid, file) == "missing"
    place.symlink_to("/etc/hostname")
    assert verified(store, uid, file) == "cannot be read"
    place.unlink()
    os.mkfifo(place)
    assert verified(store, uid, file) == "cannot be read"


def test_the_tree_has_folders_first_and_counts_what_is_in_them() -> None:
    files = [
        Artifact(path, 10, "", "", None, 0.0, state)
        for path, state in (
            ("z", "complete"),
            ("a", "complete"),
            ("m/x/1", "incomplete"),
            ("m/2", "complete"),
            ("a/b", "complete"),
        )
    ]
    found = listing(files)
    assert [(entry.path, entry.is_folder) for entry in found.entries("")] == [
        ("a", True), ("m", True), ("a", False), ("z", False),
    ]  # fmt: skip
    folder = found.entries("")[1]
    assert (folder.files, folder.size, folder.incomplete) == (2, 20, 1)
    assert (found.files, found.size, found.incomplete) == (5, 50, 1)
    many = listing([Artifact(f"f/{place:05}", 1, "", "", None, 0.0) for place in range(MOST_ENTRIES + 5)])
    assert many.entries("f")[-1].hidden == 5
