"""The model registry: versions, stages, aliases, tags, deletion, and what each leaves in the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from logger.store.registry import RegistryError
from tests.sample import add_run


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = for_writing(tmp_path / ".tracker")
    add_run(found, "otter", uid="a" * 32)
    add_run(found, "heron", uid="b" * 32)
    return found


@pytest.fixture
def database(store: Store) -> Iterator[sqlite3.Connection]:
    with writing(store) as connection:
        yield connection


def register(database: sqlite3.Connection, count: int = 1, name: str = "churn") -> None:
    for _ in range(count):
        registry.register_version(database, name, run_uid="a" * 32, path="model.pkl", size=10, user="ada")


def stages(database: sqlite3.Connection, name: str = "churn") -> dict[int, str]:
    return {found.version: found.stage for found in registry.versions(database, name)}


def promote(
    database: sqlite3.Connection, version: int, stage: str = "Production", *, archive: bool = True
) -> None:
    registry.transition(database, "churn", version, stage, archive_existing=archive, reason="better")


def test_a_version_keeps_what_it_was_registered_with(database: sqlite3.Connection) -> None:
    found = registry.register_version(
        database,
        "churn",
        run_uid="a" * 32,
        path="./models//model.pkl",
        source="runs:/x",
        sha256="ab",
        size=12,
        description="first",
        tags={"owner": "ada"},
        user="ada",
    )
    assert (found.model, found.version, found.stage, found.status) == ("churn", 1, "None", "READY")
    assert (found.run_uid, found.run_name, found.path) == ("a" * 32, "otter", "models/model.pkl")
    assert (found.source, found.sha256, found.size) == ("runs:/x", "ab", 12)
    assert (found.description, dict(found.tags), found.user) == ("first", {"owner": "ada"}, "ada")
    assert [event.action for event in registry.history(database)] == ["tag", "register", "create-model"]
    assert registry.versions_of_run(database, found.run_id or 0) == [found]


def test_numbers_are_not_given_again_after_deletion(database: sqlite3.Connection) -> None:
    register(database, 3)
    registry.delete_version(database, "churn", 3)
    register(database)
    assert list(stages(database)) == [4, 2, 1]
    registry.delete_model(database, "churn")
    with pytest.raises(RegistryError, match="no model 'churn'"):
        registry.versions(database, "churn")
    register(database)
    assert list(stages(database)) == [5]
    assert [event.version for event in registry.history(database, "churn", 3)] == [3, 3]


def test_promotion_archives_the_former_holder_when_asked(database: sqlite3.Connection) -> None:
    register(database, 3)
    promote(database, 1)
    changes = registry.transition(
        database, "churn", 2, "pRoDuCtIoN", archive_existing=True, reason="val/acc +0.02", user="eve"
    )
    assert changes == [
        registry.StageChange("churn", 2, "None", "Production"),
        registry.StageChange("churn", 1, "Production", "Archived"),
    ]
    promote(database, 3, archive=False)
    assert stages(database) == {3: "Production", 2: "Production", 1: "Archived"}
    event = registry.history(database, "churn", 2)[0]
    assert (event.user, event.before, event.after, event.reason) == (
        "eve",
        "None",
        "Production",
        "val/acc +0.02",
    )
    assert event.host


def test_archiving_others_means_nothing_towards_other_stages(database: sqlite3.Connection) -> None:
    register(database, 2)
    promote(database, 1, "Archived")
    promote(database, 2, "archived")
    promote(database, 1, "none")
    assert stages(database) == {2: "Archived", 1: "None"}


def test_moving_a_version_to_where_it_is_records_nothing(database: sqlite3.Connection) -> None:
    register(database)
    promote(database, 1)
    before = registry.revision(database)
    assert registry.transition(database, "churn", 1, "Production", archive_existing=True) == []
    assert registry.revision(database) == before


def test_the_second_of_two_people_is_told(database: sqlite3.Connection) -> None:
    register(database, 2)
    promote(database, 1, "Staging")
    with pytest.raises(RegistryError, match="meanwhile moved from None to Staging"):
        registry.transition(database, "churn", 1, "Production", archive_existing=True, expected_stage="None")
    promote(database, 1)
    promote(database, 2)
    with pytest.raises(RegistryError, match="v1 of 'churn' no longer holds Production"):
        registry.roll_back(database, "churn", "Production", expected_holder=1)


def test_rolling_back_goes_further_back_each_time(database: sqlite3.Connection) -> None:
    register(database, 3)
    for version in (1, 2, 3):
        promote(database, version)
    changes = registry.roll_back(database, "churn", "production", "v3 is slow", user="ada")
    assert [(change.version, change.after) for change in changes] == [(2, "Production"), (3, "Archived")]
    event = registry.history(database, "churn", 2)[0]
    assert (event.action, event.reason, event.after) == ("roll-back", "v3 is slow", "Production")
    registry.roll_back(database, "churn", "Production")
    assert stages(database) == {3: "Archived", 2: "Archived", 1: "Production"}
    with pytest.raises(RegistryError, match="nothing to roll back to"):
        registry.roll_back(database, "churn", "Production")
    promote(database, 3)
    registry.roll_back(database, "churn", "Production")
    assert stages(database)[1] == "Production"


def test_rolling_back_passes_over_deleted_versions(database: sqlite3.Connection) -> None:
    register(database, 3)
    for version in (1, 2, 3):
        promote(database, version)
    registry.delete_version(database, "churn", 2)
    registry.roll_back(database, "churn", "Production")
    assert stages(database) == {3: "Archived", 1: "Production"}


def test_rolling_back_an_empty_stage_returns_its_last_holder(database: sqlite3.Connection) -> None:
    register(database)
    promote(database, 1)
    promote(database, 1, "Archived")
    registry.roll_back(database, "churn", "Production")
    assert stages(database) == {1: "Production"}


def test_only_stages_with_a_holder_are_rolled_back(database: sqlite3.Connection) -> None:
    register(database)
    with pytest.raises(RegistryError, match="Archived has no holder"):
        registry.roll_back(database, "churn", "Archived")


def test_an_alias_moves_and_is_case_sensitive(database: sqlite3.Connection) -> None:
    register(database, 2)
    registry.set_alias(database, "churn", "champion", 1)
    registry.set_alias(database, "churn", "champion", 2)
    registry.set_alias(database, "churn", "Champion", 1)
    assert registry.version(database, "churn", 2).aliases == ("champion",)
    assert registry.version(database, "churn", 1).aliases == ("Champion",)
    assert registry.history(database, "churn", 2)[0].before == "champion: v1"
    registry.delete_alias(database, "churn", "champion")
    assert dict(registry.model(database, "churn").aliases) == {"Champion": 1}
    with pytest.raises(RegistryError, match="no alias 'champion'"):
        registry.delete_alias(database, "churn", "champion")
    registry.delete_version(database, "churn", 1)
    assert not registry.model(database, "churn").aliases


@pytest.mark.parametrize(
    "alias", ["latest", "LATEST", "v1", "V12", "", "a b", "a/b", "a@b", "x" * 251, "\x1b[2J"]
)
def test_reserved_and_malformed_aliases_are_refused(database: sqlite3.Connection, alias: str) -> None:
    register(database)
    with pytest.raises(RegistryError, match="alias"):
        registry.set_alias(database, "churn", alias, 1)


@pytest.mark.parametrize(
    "name", ["", "  ", " a", "a/b", "a:b", "a\x00b", "\x1b[2J", "a\u202eb", "a\nb", "\ud800", "x" * 251]
)
def test_hostile_model_names_are_refused(database: sqlite3.Connection, name: str) -> None:
    with pytest.raises(RegistryError, match="model"):
        registry.create_model(database, name)


@pytest.mark.parametrize(
    "name", ["run[bold]1", "[@click=app.quit]x[", "a@b", "模型", "'; DROP TABLE models;--"]
)
def test_odd_but_printable_names_are_kept(database: sqlite3.Connection, name: str) -> None:
    registry.register_version(database, name, run_uid=None, source="elsewhere")
    assert registry.resolve(database, f"models:/{name}/1") == registry.version(database, name, 1)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\x00b", "a\nb", "x" * 5000])
def test_hostile_artifact_paths_are_refused(database: sqlite3.Connection, path: str) -> None:
    with pytest.raises(RegistryError, match="artifact path"):
        registry.register_version(database, "churn", run_uid="a" * 32, path=path)


def test_a_description_is_edited_and_recorded(database: sqlite3.Connection) -> None:
    register(database)
    registry.describe(database, "churn", "who leaves")
    registry.describe(database, "churn", "half \ud800", version=1)
    registry.describe(database, "churn", "half ?", version=1)
    assert registry.model(database, "churn").description == "who leaves"
    assert registry.version(database, "churn", 1).description == "half ?"
    described = [event for event in registry.history(database) if event.action == "describe"]
    assert [(event.version, event.after) for event in described] == [(1, "half ?"), (None, "who leaves")]


def test_tags_of_models_and_versions_are_apart(database: sqlite3.Connection) -> None:
    register(database)
    registry.set_tag(database, "churn", "owner", "ada")
    registry.set_tag(database, "churn", "owner", "eve", version=1)
    registry.set_tag(database, "churn", "owner", "eve", version=1)
    assert dict(registry.model(database, "churn").tags) == {"owner": "ada"}
    assert dict(registry.version(database, "churn", 1).tags) == {"owner": "eve"}
    registry.delete_tag(database, "churn", "owner", version=1)
    assert not registry.version(database, "churn", 1).tags
    with pytest.raises(RegistryError, match="version 1 of 'churn' has no tag 'owner'"):
        registry.delete_tag(database, "churn", "owner", version=1)
    assert [event.action for event in registry.history(database)][:3] == ["untag", "tag", "tag"]


def test_models_are_found_by_name_description_alias_and_tag(database: sqlite3.Connection) -> None:
    register(database, 2)
    register(database, name="Images")
    registry.set_alias(database, "churn", "champion", 2)
    registry.set_tag(database, "Images", "team", "Vision")
    promote(database, 1)
    found = registry.models(database)
    assert [model.name for model in found] == ["churn", "Images"]
    assert (dict(found[0].holders), found[0].versions, found[0].last_version) == ({"Production": 1}, 2, 2)
    for text, names in (("CHAMP", ["churn"]), ("vision", ["Images"]), ("im", ["Images"]), ("nothing", [])):
        assert [model.name for model in registry.models(database, text)] == names


def test_misuse_is_answered_in_one_sentence(database: sqlite3.Connection) -> None:
    register(database)
    for misuse in (
        lambda: registry.create_model(database, "churn"),
        lambda: registry.version(database, "churn", 9),
        lambda: registry.version(database, "nothing", 1),
        lambda: registry.set_alias(database, "churn", "champion", 9),
        lambda: registry.transition(database, "churn", 1, "Live", archive_existing=True),
        lambda: registry.register_version(database, "churn", run_uid="f" * 32),
        lambda: registry.set_tag(database, "churn", "\n", "x"),
        lambda: registry.delete_model(database, "nothing"),
    ):
        with pytest.raises(RegistryError) as caught:
            misuse()
        assert "\n" not in str(caught.value)


def test_a_refused_registration_leaves_nothing(store: Store) -> None:
    with pytest.raises(RegistryError), writing(store) as connection:
        registry.register_version(connection, "churn", run_uid=None, source="x")
        registry.register_version(connection, "churn", run_uid="f" * 32)
    with writing(store) as connection:
        assert registry.models(connection) == []
        assert registry.history(connection) == []
