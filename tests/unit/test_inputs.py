"""Data sets that a run reads: hashed as a whole, remembered, filtered by, harmless when odd."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import logger
from logger import copying
from logger import inputs as fingerprints
from logger.inputs import fingerprint
from logger.store import inputs
from logger.store.connection import open_reader
from logger.store.hash_cache import HashCache
from logger.store.inputs import Input
from logger.store.locate import Store
from logger.store.registry import hash_of, hashes_below

OLD = 1_600_000_000


def recorded(store: Store, run_id: int = 1) -> list[Input]:
    logger.flush()
    with closing(open_reader(store)) as reader:
        return inputs.of_run(reader, run_id)


def data(top: Path, **files: bytes) -> Path:
    """A directory of files that were written long ago."""
    for name, content in files.items():
        path = top / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (OLD, OLD))
    return top


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files that are read to be hashed."""
    read: list[int] = []
    hash_file = copying.hash_file

    def counted(descriptor: int, tell: Callable[[int], object]) -> copying.Copied:
        read.append(descriptor)
        return hash_file(descriptor, tell)

    monkeypatch.setattr(fingerprints, "hash_file", counted)
    # What was written in the last seconds is not remembered, and the time of change cannot be set back.
    monkeypatch.setattr("logger.store.hash_cache._SETTLED_SECONDS", -1.0)
    return read


def test_a_file_is_recorded_with_its_size_and_hash(store: Store, tmp_path: Path) -> None:
    data(tmp_path, **{"train.csv": b"1,2\n"})
    with logger.start_run("e", store=store) as run:
        run.log_input("train.csv")
        run.log_input(tmp_path / "train.csv", "evaluation", name="held out")
    first, second = recorded(store)
    assert (first.name, first.context, second.name, second.context) == (
        "held out",
        "evaluation",
        "train.csv",
        "training",
    )
    assert first.path == second.path == str(tmp_path / "train.csv")
    assert (second.size, second.files) == (4, 1)
    assert second.sha256 == hashlib.sha256(b"1,2\n").hexdigest()


def test_a_directory_is_one_data_set_and_hashed_as_a_model_is(store: Store, tmp_path: Path) -> None:
    top = data(tmp_path / "set", a=b"1", b__c=b"22", b__d=b"")
    found = fingerprint(top, HashCache(store))
    assert (found.size, found.files) == (3, 3)
    assert found.sha256 == hash_of(hashes_below(top))
    data(top, b__e=b"")
    assert fingerprint(top, HashCache(store)).sha256 != found.sha256


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    files=st.dictionaries(st.text("abc", min_size=1, max_size=4), st.binary(max_size=50), max_size=6),
    change=st.binary(max_size=5),
)
def test_the_hash_of_a_directory_depends_on_names_and_contents_only(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], change: bytes
) -> None:
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    for name, content in files.items():
        (one / name).write_bytes(content)
    for name, content in reversed(files.items()):
        (two / name).write_bytes(content)
    assert fingerprint(one) == fingerprint(two)
    for name, content in files.items():
        (two / name).write_bytes(content + change)
        assert (fingerprint(one) == fingerprint(two)) == (not change)
        (two / name).write_bytes(content)


def test_what_has_not_changed_is_not_read_again(store: Store, tmp_path: Path, reads: list[int]) -> None:
    top = data(tmp_path / "set", a=b"1", b=b"2", c=b"3")
    first = fingerprint(top, HashCache(store))
    assert len(reads) == 3
    assert fingerprint(top, HashCache(store)) == first and len(reads) == 3
    data(top, b=b"4")
    second = fingerprint(top, HashCache(store))
    assert second != first and len(reads) == 4
    assert second.sha256 == fingerprint(top).sha256
    assert (store.directory / "cache" / "hashes.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_may_still_be_written_to_is_not_remembered(
    store: Store, tmp_path: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logger.store.hash_cache._SETTLED_SECONDS", 3600.0)
    top = data(tmp_path / "set", a=b"1")
    fingerprint(top, HashCache(store))
    fingerprint(top, HashCache(store))
    assert len(reads) == 2


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, None])
def test_a_broken_cache_is_as_none(
    store: Store, tmp_path: Path, reads: list[int], content: bytes | None
) -> None:
    top = data(tmp_path / "set", a=b"1")
    cache = store.directory / "cache" / "hashes.db"
    if content is None:
        cache.mkdir(parents=True)
    else:
        cache.parent.mkdir()
        cache.write_bytes(content)
    assert fingerprint(top, HashCache(store)).files == 1
    assert fingerprint(top, HashCache(store)).files == 1
    assert fingerprint(top, HashCache(store)).files == 1
    # A file that is no database is replaced after the first attempt.
    assert len(reads) == (3 if content is None else 2 if content else 1)


def test_links_count_by_what_they_lead_to_and_never_lead_on(tmp_path: Path) -> None:
    data(tmp_path / "blobs", one=b"1")
    top = tmp_path / "set"
    top.mkdir()
    (top / "file").symlink_to(tmp_path / "blobs" / "one")
    (top / "itself").symlink_to(top)
    (top / "nowhere").symlink_to("gone")
    before = fingerprint(top)
    assert (before.size, before.files) == (1, 1)
    data(tmp_path / "blobs", one=b"2")
    after = fingerprint(top)
    assert after != before
    (top / "nowhere").unlink()
    assert fingerprint(top) != after


def test_what_has_no_content_is_refused(store: Store, tmp_path: Path) -> None:
    top = data(tmp_path / "set", a=b"1")
    os.mkfifo(top / "pipe")
    with logger.start_run("e", store=store) as run:
        for path in (top, top / "pipe", Path("/dev/zero")):
            with pytest.raises(ValueError, match="no regular file"):
                run.log_input(path)
        with pytest.raises(FileNotFoundError):
            run.log_input("gone.csv")
        with pytest.raises(TypeError, match="log_input takes a path"):
            run.log_input(3)
        with pytest.raises(ValueError, match="blank"):
            run.log_input(top / "a", name=" ")
    assert recorded(store) == []


def test_data_that_cannot_be_read_costs_a_warning(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    top = data(tmp_path / "set", a=b"1", b=b"2")
    monkeypatch.setattr(fingerprints, "hash_file", fails)
    with logger.start_run("e", store=store) as run, pytest.warns(RuntimeWarning, match="could not hash"):
        run.log_input(top)
    assert recorded(store) == []
    assert not [thread for thread in threading.enumerate() if "hashing" in thread.name]


def test_data_sets_of_one_name_are_told_apart_by_their_paths(store: Store, tmp_path: Path) -> None:
    data(tmp_path, **{"train__x.csv": b"1", "test__x.csv": b"2"})
    with logger.start_run("e", store=store) as run:
        for place in ("train/x.csv", "test/x.csv", "train/x.csv"):
            run.log_input(place)
    assert [found.name for found in recorded(store)] == ["test/x.csv", "x.csv"]


@dataclass
class Source:
    uri: str


@dataclass
class Dataset:
    """As MLflow's."""

    name: str
    digest: str
    source: object


def test_objects_as_mlflow_has_them_are_taken(store: Store, tmp_path: Path) -> None:
    data(tmp_path, **{"x.csv": b"1"})
    with logger.start_run("e", store=store):
        logger.log_input(Dataset("remote", "ab12cd34", Source("s3://bucket/x")), "train")
        logger.log_input(dataset=Dataset("local", "ef", Source(f"file://{tmp_path}/x.csv")), context="test")
        logger.log_input(Dataset("bare", "", object()))
    by_name = {found.name: found for found in recorded(store)}
    assert (by_name["remote"].path, by_name["remote"].sha256) == ("s3://bucket/x", "ab12cd34")
    assert by_name["local"].sha256 == hashlib.sha256(b"1").hexdigest()
    assert by_name["bare"].path == ""


def test_runs_are_found_by_their_data_sets(store: Store, tmp_path: Path) -> None:
    data(tmp_path, **{"a.csv": b"1", "b.csv": b"2"})
    for name in ("a", "b"):
        with logger.start_run("e", run_name=name, store=store) as run:
            run.log_input(f"{name}.csv", "train" if name == "a" else "test")
            run.log_params({"dataset.size": name})
    digest = hashlib.sha256(b"2").hexdigest()

    def found(text: str) -> list[str]:
        return sorted(run.info.run_name for run in logger.search_runs(text, store=store))

    assert found("dataset.name = 'a.csv'") == ["a"]
    assert found("datasets.name LIKE '%.csv'") == ["a", "b"]
    assert found(f"dataset.digest = '{digest}'") == ["b"]
    assert found("dataset.context IN ('train', 'other') and not dataset.name = 'b.csv'") == ["a"]
    assert found("dataset.context != 'train'") == ["b"]
    assert found("dataset.name is null") == []
    # What a run itself has logged under such a name is meant where it has.
    assert found("dataset.size = 'b'") == ["b"]
    with pytest.raises(logger.FilterError, match=r"possible are .*digest|name"):
        found("dataset.colour = 'x'")
    with pytest.raises(logger.FilterError, match="not sorted"):
        logger.search_runs(order_by=["dataset.name"], store=store)


def test_a_path_that_climbs_is_recorded_as_where_it_leads(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data(tmp_path, **{"shared__train.csv": b"1", "project__run__x": b"", "elsewhere__deep__y": b""})
    (tmp_path / "project" / "link").symlink_to(tmp_path / "elsewhere" / "deep")
    (tmp_path / "alias").symlink_to(tmp_path / "shared")
    data(tmp_path, **{"elsewhere__train.csv": b"2"})
    monkeypatch.chdir(tmp_path / "project" / "run")
    with logger.start_run("e", store=store) as run:
        run.log_input("../../shared/train.csv")
        run.log_input("..", name="all")
        run.log_input("../link/../train.csv", name="behind a link")
        run.log_input("../../alias/train.csv", name="by its alias")
    assert {found.name: found.path for found in recorded(store)} == {
        "train.csv": str(tmp_path / "shared" / "train.csv"),
        "all": str(tmp_path / "project"),
        "behind a link": str(tmp_path / "elsewhere" / "train.csv"),
        "by its alias": str(tmp_path / "alias" / "train.csv"),
    }
