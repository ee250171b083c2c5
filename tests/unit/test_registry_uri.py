"""URIs of models and artifacts, and the paths they lead to on disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from logger.store.registry import ModelVersion, RegistryError, RunPath
from tests.sample import add_run

UID = "a" * 32


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = for_writing(tmp_path / ".tracker")
    add_run(found, "otter", uid=UID)
    directory = found.artifacts / UID / "models"
    directory.mkdir(parents=True)
    (directory / "model.pkl").write_bytes(b"weights")
    return found


@pytest.fixture
def database(store: Store) -> Iterator[sqlite3.Connection]:
    with writing(store) as connection:
        for _ in range(3):
            registry.register_version(connection, "churn", run_uid=UID, path="models/model.pkl")
        registry.transition(connection, "churn", 2, "Production", archive_existing=True)
        registry.transition(connection, "churn", 1, "Production", archive_existing=False)
        registry.set_alias(connection, "churn", "champion", 2)
        yield connection


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("models:/churn/3", 3),
        ("models:/churn/latest", 3),
        ("models:/churn/Latest", 3),
        ("models:/churn/production", 1),
        ("models:/churn/None", 3),
        ("models:/churn@champion", 2),
        ("models://churn/2", 2),
    ],
)
def test_a_uri_names_a_version(database: sqlite3.Connection, uri: str, number: int) -> None:
    found = registry.resolve(database, uri)
    assert isinstance(found, ModelVersion)
    assert found.version == number


def test_a_uri_names_an_artifact_of_a_run(database: sqlite3.Connection) -> None:
    assert registry.resolve(database, f"runs:/{UID}/models/model.pkl") == RunPath(UID, "models/model.pkl")
    assert registry.resolve(database, f"runs:/{UID}") == RunPath(UID, "")


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "churn",
        "models:/",
        "models:/churn",
        "models:/churn@",
        "models:/@champion",
        "models:/churn/9",
        "models:/churn/" + "9" * 5000,
        "models:/churn/Staging",
        "models:/churn/Nowhere",
        "models:/churn/1/2",
        "models:/nothing/1",
        "models:/churn@nobody",
        "runs:/" + "f" * 32 + "/model.pkl",
        f"runs:/{UID}/../x",
        f"runs:/{UID}//etc/passwd",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_uri_or_names_nothing_is_refused(database: sqlite3.Connection, uri: str) -> None:
    with pytest.raises(RegistryError):
        registry.resolve(database, uri)


def test_an_artifact_has_a_path(store: Store, database: sqlite3.Connection) -> None:
    expected = store.artifacts / UID / "models" / "model.pkl"
    assert registry.artifact_path(store, registry.version(database, "churn", 1)) == expected
    assert registry.artifact_path(store, RunPath(UID, "models")) == expected.parent
    assert registry.artifact_path(store, RunPath(UID, "")) == expected.parents[1]


def test_a_version_without_an_artifact_has_no_path(store: Store, database: sqlite3.Connection) -> None:
    found = registry.register_version(database, "bought", run_uid=None, source="s3://bucket/model")
    with pytest.raises(RegistryError, match="no artifact"):
        registry.artifact_path(store, found)
    found = registry.register_version(database, "bought", run_uid=UID, source="s3://bucket/model")
    with pytest.raises(RegistryError, match="no artifact"):
        registry.artifact_path(store, found)


@pytest.mark.parametrize(
    ("uid", "path"),
    [
        (UID, "../../tracker.db"),
        (UID, "/etc/passwd"),
        (UID, "out"),
        (UID, "out/passwd"),
        (UID, "loop"),
        (UID, "pipe"),
        (UID, "absent"),
        (UID, "x" * 300),
        (UID, "a\x00b"),
        (UID, "%2e%2e/x"),
        ("..", "tracker.db"),
        (".", "x"),
        ("", UID),
        ("/etc", "passwd"),
        (f"{UID}/models", "model.pkl"),
        ("linked", "passwd"),
        ("absent", ""),
    ],
)
def test_no_path_leads_out_of_the_run(store: Store, uid: str, path: str) -> None:
    directory = store.artifacts / UID
    (directory / "out").symlink_to("/etc")
    (directory / "loop").symlink_to("loop")
    (store.artifacts / "linked").symlink_to("/etc")
    os.mkfifo(directory / "pipe")
    with pytest.raises(RegistryError):
        registry.artifact_path(store, RunPath(uid, path))
