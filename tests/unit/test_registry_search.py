"""Finding versions and models by the filter language."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import writing
from logger.store.locate import for_writing
from logger.store.query import FilterError
from tests.sample import add_run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    store = for_writing(tmp_path / ".tracker")
    for place, accuracy in enumerate((0.80, 0.91, 0.95)):
        add_run(
            store,
            f"run-{place}",
            uid=f"{place:032x}",
            params={"lr": f"0.{place + 1}"},
            tags={"team": "vision"},
            metrics={"val/acc": [0.5, accuracy]},
            status="FAILED" if place == 0 else "FINISHED",
        )
    with writing(store) as connection:
        for place in range(3):
            registry.register_version(
                connection,
                "churn-clf",
                run_uid=f"{place:032x}",
                path="m.bin",
                source=f"runs:/{place}",
                user="ada",
            )
        registry.register_version(
            connection, "other", run_uid=None, source="s3://x", description="from elsewhere"
        )
        registry.transition(connection, "churn-clf", 2, "Production", archive_existing=True)
        registry.set_alias(connection, "churn-clf", "champion", 2)
        registry.set_tag(connection, "churn-clf", "reviewed", "yes", version=3)
        registry.set_tag(connection, "churn-clf", "owner", "ada")
        yield connection


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {("churn-clf", 1), ("churn-clf", 2), ("churn-clf", 3), ("other", 1)}),
        ("name = 'churn-clf' and val/acc > 0.9", {("churn-clf", 2), ("churn-clf", 3)}),
        ("name LIKE 'oth%'", {("other", 1)}),
        ("version_number = '1'", {("churn-clf", 1), ("other", 1)}),
        ("version in (2, 3) and lr < 0.25", {("churn-clf", 2)}),
        ("stage = production", {("churn-clf", 2)}),
        ("stage = 'PRODUCTION'", {("churn-clf", 2)}),
        ("current_stage != 'None'", {("churn-clf", 2)}),
        ("alias = champion", {("churn-clf", 2)}),
        ("not alias = champion and name = churn-clf", {("churn-clf", 1), ("churn-clf", 3)}),
        ("alias is null and name = churn-clf", {("churn-clf", 1), ("churn-clf", 3)}),
        ("tag:reviewed", {("churn-clf", 3)}),
        ("tags.reviewed = 'yes'", {("churn-clf", 3)}),
        ("reviewed = no", set()),
        ("tag:team = vision and max(val/acc) >= 0.95", {("churn-clf", 3)}),
        ("run.status = failed", {("churn-clf", 1)}),
        ("run.name = run-1", {("churn-clf", 2)}),
        (f"run_id = '{2:032x}'", {("churn-clf", 3)}),
        ("run_id is null", {("other", 1)}),
        ("source_path = 's3://x'", {("other", 1)}),
        ("elsewhere", {("other", 1)}),
        ("champ", {("churn-clf", 2)}),
        ("user = ada and params.lr = '0.1'", {("churn-clf", 1)}),
        ("' OR 1=1--", None),
        ("name = 'x'; DROP TABLE models", set()),
    ],
)
def test_a_filter_finds_versions(
    database: sqlite3.Connection, text: str, found: set[tuple[str, int]] | None
) -> None:
    if found is None:
        with pytest.raises(FilterError):
            registry.search_versions(database, text)
        return
    assert {(version.model, version.version) for version in registry.search_versions(database, text)} == found


def test_versions_come_in_the_order_asked_for(database: sqlite3.Connection) -> None:
    def numbers(*order: str) -> list[tuple[str, int]]:
        return [(found.model, found.version) for found in registry.search_versions(database, order=order)]

    assert numbers("val/acc DESC")[:3] == [("churn-clf", 3), ("churn-clf", 2), ("churn-clf", 1)]
    assert numbers("val/acc")[-1] == ("other", 1)
    assert numbers("name DESC", "version_number ASC") == [
        ("other", 1),
        ("churn-clf", 1),
        ("churn-clf", 2),
        ("churn-clf", 3),
    ]
    assert len(registry.search_versions(database, limit=2, offset=3)) == 1


def test_an_unknown_name_is_told_with_its_place(database: sqlite3.Connection) -> None:
    with pytest.raises(FilterError, match=r"column 1: nothing is called 'stag': did you mean stage"):
        registry.search_versions(database, "stag = Production")
    with pytest.raises(FilterError, match="nothing is called 'val/acc'"):
        registry.search_models(database, "val/acc > 1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["churn-clf", "other"]),
        ("name = 'churn-clf'", ["churn-clf"]),
        ("name ILIKE 'CHURN%'", ["churn-clf"]),
        ("tags.owner = 'ada'", ["churn-clf"]),
        ("owner = ada", ["churn-clf"]),
        ("alias = champion", ["churn-clf"]),
        ("versions < 2", ["other"]),
        ("champion", ["churn-clf"]),
        ("not alias = champion", ["other"]),
    ],
)
def test_a_filter_finds_models(database: sqlite3.Connection, text: str, found: list[str]) -> None:
    assert [model.name for model in registry.search_models(database, text)] == found
