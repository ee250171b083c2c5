"""The registry under MLflow's names: what each function means, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

import logger
from logger import StoreError


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    """A finished run with a file and a directory, registered as versions 1 and 2 of clf."""
    (tmp_path / "model.bin").write_bytes(b"weights")
    with logger.start_run("e", params={"lr": 0.1}) as run:
        run.log({"val/acc": 0.9})
        run.log_artifact("model.bin")
        run.log_text("a", "net/a.txt")
        run.log_text("b", "net/b/b.txt")
        run.register_model("clf", "model.bin", description="first", tags={"kind": "file"})
        run.register_model("clf", "net")
    return run.id


def test_a_version_reads_as_mlflows_does(run_id: str) -> None:
    version = logger.get_model_version("clf", "1")
    assert (version.name, version.version, version.current_stage, version.run_id) == (
        "clf",
        1,
        "None",
        run_id,
    )
    assert (version.description, version.tags, version.status, version.aliases) == (
        "first",
        {"kind": "file"},
        "READY",
        [],
    )
    assert version.source == f"runs:/{run_id}/model.bin"
    assert (version.model, version.stage, version.uri) == ("clf", "None", "models:/clf/1")
    assert 0 < version.creation_timestamp <= version.last_updated_timestamp
    assert version.artifact().read_bytes() == b"weights"
    assert version.history()[-1].action == "register"


def test_stages_move_and_archive_only_when_asked(run_id: str) -> None:
    logger.transition_model_version_stage("clf", 1, "production")
    moved = logger.transition_model_version_stage("clf", "2", "Production")
    assert moved.current_stage == "Production"
    assert logger.get_model_version("clf", 1).current_stage == "Production"
    logger.transition_model_version_stage("clf", 2, "Staging")
    logger.transition_model_version_stage(
        "clf", 2, "Production", archive_existing_versions=True, reason="better"
    )
    assert logger.get_model_version("clf", 1).current_stage == "Archived"
    assert [version.version for version in logger.get_latest_versions("clf", ["Production"])] == [2]
    assert {version.current_stage for version in logger.get_latest_versions("clf")} == {
        "Production",
        "Archived",
    }
    assert logger.roll_back_model("clf", reason="worse after all").version == 1
    assert logger.get_model_version("clf", 1).history()[0].reason == "worse after all"
    with pytest.raises(StoreError, match="there is no stage 'Live'"):
        logger.transition_model_version_stage("clf", 1, "Live")
    for stage in ("none", "Archived"):
        with pytest.raises(StoreError, match="only for Staging and Production"):
            logger.transition_model_version_stage("clf", 1, stage, archive_existing_versions=True)


def test_aliases_stand_for_one_version(run_id: str) -> None:
    logger.set_registered_model_alias("clf", "champion", 1)
    logger.set_registered_model_alias("clf", "champion", "2")
    assert logger.get_model_version_by_alias("clf", "champion").version == 2
    assert logger.get_registered_model("clf").aliases == {"champion": 2}
    assert logger.model_path("models:/clf@champion").name == "net"
    for _ in range(2):
        logger.delete_registered_model_alias("clf", "champion")
    with pytest.raises(StoreError, match="no alias 'champion'"):
        logger.get_model_version_by_alias("clf", "champion")


def test_tags_and_descriptions_of_models_and_versions(run_id: str) -> None:
    logger.set_registered_model_tag("clf", "owner", "ada")
    logger.update_registered_model("clf", "the classifier")
    logger.set_model_version_tag("clf", 2, "reviewed", True)
    logger.transition_model_version_stage("clf", 2, "Staging")
    logger.set_model_version_tag("clf", key="by", value="eve", stage="staging")
    logger.update_model_version("clf", 2, description="the second")
    model, version = logger.get_registered_model("clf"), logger.get_model_version("clf", 2)
    assert (model.tags, model.description) == ({"owner": "ada"}, "the classifier")
    assert (version.tags, version.description) == ({"by": "eve", "reviewed": "True"}, "the second")
    for _ in range(2):
        logger.delete_registered_model_tag("clf", "owner")
        logger.delete_model_version_tag("clf", 2, "by")
    assert logger.get_registered_model("clf").tags == {}
    for mistake in (
        lambda: logger.delete_model_version_tag("clf", 9, "by"),
        lambda: logger.delete_registered_model_tag("nobody", "owner"),
        lambda: logger.delete_registered_model_alias("nobody", "champion"),
        lambda: logger.set_model_version_tag("clf", key="k"),
        lambda: logger.set_model_version_tag("clf", 1),
        lambda: logger.set_model_version_tag("clf", key="k", stage="Production"),
    ):
        with pytest.raises(StoreError):
            mistake()


def test_searching(run_id: str) -> None:
    logger.create_registered_model("other", tags={"team": 7}, description="empty yet")
    assert [found.version for found in logger.search_model_versions("name = 'clf' and val/acc > 0.8")] == [
        2,
        1,
    ]
    assert [found.version for found in logger.search_model_versions("tags.kind = 'file'")] == [1]
    assert [
        found.version for found in logger.search_model_versions(order_by=["version_number"], max_results=1)
    ] == [1]
    assert [found.name for found in logger.search_registered_models()] == ["clf", "other"]
    assert [found.name for found in logger.search_registered_models("tags.team = '7'")] == ["other"]
    with pytest.raises(logger.FilterError, match="column 1"):
        logger.search_model_versions("nothing = 1")
    with pytest.raises(ValueError, match="at least 1"):
        logger.search_registered_models(max_results=0)


def test_a_renamed_model_keeps_its_versions_and_history(run_id: str) -> None:
    logger.set_registered_model_alias("clf", "champion", 1)
    logger.transition_model_version_stage("clf", 1, "Production")
    assert logger.rename_registered_model("clf", "churn").aliases == {"champion": 1}
    logger.transition_model_version_stage("churn", 2, "Production", archive_existing_versions=True)
    assert logger.roll_back_model("churn").version == 1
    actions = [event.action for event in logger.get_model_version("churn", 1).history()]
    assert actions == ["roll-back", "stage", "stage", "alias", "tag", "register"]
    with pytest.raises(StoreError, match="no model 'clf'"):
        logger.get_registered_model("clf")
    logger.create_registered_model("clf")
    with pytest.raises(StoreError, match="already a model"):
        logger.rename_registered_model("churn", "clf")


def test_a_renamed_model_repeats_no_number(run_id: str) -> None:
    logger.rename_registered_model("clf", "churn")
    assert logger.register_model(f"runs:/{run_id}/net", "clf").version == 3
    logger.delete_registered_model("clf")
    with pytest.raises(StoreError, match="would repeat"):
        logger.rename_registered_model("churn", "clf")
    logger.rename_registered_model("churn", "back")
    logger.rename_registered_model("back", "churn")
    assert logger.register_model(f"runs:/{run_id}/net", "churn").version == 3


def test_deletion_leaves_numbers_and_history(run_id: str) -> None:
    logger.delete_model_version("clf", 2)
    with pytest.raises(StoreError, match="no version 2"):
        logger.get_model_version("clf", 2)
    assert logger.register_model(f"runs:/{run_id}/model.bin", "clf").version == 3
    logger.delete_registered_model("clf")
    with pytest.raises(StoreError, match="no model 'clf'"):
        logger.get_registered_model("clf")


def test_what_can_be_registered(run_id: str) -> None:
    assert logger.register_model("models:/clf/2", "copy", tags={"a": 1}).path == "net"
    assert (
        logger.register_model(logger.get_run(run_id).artifact("net/a.txt").as_uri(), "copy").path
        == "net/a.txt"
    )
    assert logger.create_model_version("copy", f"runs:/{run_id}/model.bin").sha256
    elsewhere = logger.create_model_version("copy", "s3://bucket/model", run_id, description="far away")
    assert (elsewhere.source, elsewhere.path, elsewhere.run_id) == ("s3://bucket/model", "", run_id)
    for uri in (
        "runs:/nothing/x",
        f"runs:/{run_id}/missing",
        f"runs:/{run_id}/../x",
        "models:/copy/4",
        "plain",
    ):
        with pytest.raises(StoreError):
            logger.register_model(uri, "bad")
    with pytest.raises(StoreError, match="no model 'new'"):
        logger.create_model_version("new", f"runs:/{run_id}/model.bin")
    assert [model.name for model in logger.search_registered_models()] == ["clf", "copy"]


def test_a_file_that_was_never_logged_gets_the_hash_it_has(run_id: str) -> None:
    directory = logger.get_run(run_id).artifact()
    (directory / "late.bin").write_bytes(b"weights")
    late = logger.register_model(f"runs:/{run_id}/late.bin", "clf")
    assert (late.sha256, late.size) == (logger.get_model_version("clf", 1).sha256, 7)


def test_a_path_is_taken_as_it_is(run_id: str, tmp_path: Path) -> None:
    assert logger.model_path("model.bin") == Path("model.bin")
    assert logger.model_path((tmp_path / "model.bin").as_uri()).read_bytes() == b"weights"
    assert logger.model_path(f"runs:/{run_id}/net/a.txt").read_text() == "a"
    with pytest.raises(StoreError, match="neither a file here nor a URI"):
        logger.model_path("nothing.bin")


def test_downloading_copies_only_where_asked(run_id: str, tmp_path: Path) -> None:
    assert logger.download_artifacts("models:/clf/2") == str(logger.model_path("models:/clf/2"))
    copied = Path(logger.download_artifacts(run_id=run_id, artifact_path="net", dst_path=tmp_path / "out"))
    assert copied == tmp_path / "out" / "net" and (copied / "b" / "b.txt").read_text() == "b"
    single = logger.download_artifacts("models:/clf/1", dst_path=str(tmp_path / "out"))
    assert Path(single).read_bytes() == b"weights"
    with pytest.raises(ValueError, match="either"):
        logger.download_artifacts()


@pytest.mark.parametrize(
    ("version", "harm", "said"),
    [
        (1, lambda path: path.write_bytes(b"weightS"), "'model.bin' has changed"),
        (1, lambda path: path.unlink(), "is not there any more"),
        (2, lambda path: (path / "a.txt").write_text("A"), "'a.txt' has changed"),
        (2, lambda path: (path / "b" / "b.txt").unlink(), "'b/b.txt' is missing"),
        (2, lambda path: (path / "c.txt").write_text("c"), "'c.txt' was added"),
        (2, lambda path: (path / "link").symlink_to("/etc"), "'link' was added"),
    ],
)
def test_a_changed_artifact_is_noticed(run_id: str, version: int, harm, said: str) -> None:  # type: ignore[no-untyped-def]
    path = logger.model_path(f"models:/clf/{version}")
    harm(path)
    with pytest.raises(StoreError, match=said):
        logger.model_path(f"models:/clf/{version}")
    with pytest.raises(StoreError, match=said):
        logger.get_model_version("clf", version).artifact()
    if path.exists():
        assert logger.model_path(f"models:/clf/{version}", verify=False) == path


def test_an_artifact_logged_again_under_its_name_is_not_what_was_registered(run_id: str) -> None:
    with logger.start_run(run_id=run_id) as run:
        run.log_text("others", "model.bin")
    with pytest.raises(StoreError, match="other contents than when it was registered"):
        logger.model_path("models:/clf/1")


def test_a_client_does_what_the_functions_do(run_id: str, tmp_path: Path) -> None:
    client = logger.MlflowClient(tracking_uri=logger.get_tracking_uri())
    client.create_registered_model("new", tags={"a": 1}, description="d")
    assert client.create_model_version("new", f"runs:/{run_id}/model.bin", run_id).version == 1
    client.set_registered_model_alias("new", "champion", "1")
    moved = client.transition_model_version_stage(
        name="new", version=1, stage="Staging", archive_existing_versions=True
    )
    assert moved.current_stage == "Staging"
    assert client.get_model_version_by_alias("new", "champion").run_id == run_id
    assert [model.name for model in client.search_registered_models()] == ["clf", "new"]
    assert client.get_model_version_download_uri("new", "1").endswith(f"{run_id}/model.bin")
    assert client.get_model_version_stages("new", 1) == ["None", "Staging", "Production", "Archived"]
    run = client.get_run(run_id)
    assert [found.id for found in client.search_runs([run.info.experiment_id], "val/acc > 0.8")] == [run_id]
    (point,) = client.get_metric_history(run_id, "val/acc")
    assert (point.key, point.value, point.step) == ("val/acc", 0.9, 0)
    assert point.timestamp > 1e12
    client.delete_registered_model("new")
    assert "set_model_version_tag" in dir(client)
    with pytest.raises(AttributeError, match="no 'log_everything'"):
        client.log_everything()
    empty = logger.MlflowClient(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="no store"):
        empty.search_model_versions("")


def test_the_store_that_is_chosen_comes_before_the_nearest(run_id: str, tmp_path: Path) -> None:
    logger.set_tracking_uri(tmp_path / "chosen")
    with logger.start_run("x"):
        pass
    logger.create_registered_model("there")
    assert [model.name for model in logger.search_registered_models()] == ["there"]
    nearest = tmp_path / ".tracker"
    assert [model.name for model in logger.search_registered_models(store=nearest)] == ["clf"]
    with pytest.raises(StoreError, match="no store in"):
        logger.delete_registered_model("clf", store=tmp_path / "misspelt")
    assert logger.get_registered_model("clf", store=nearest).name == "clf"
