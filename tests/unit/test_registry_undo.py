"""Taking back what was done to the registry."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store import registry, schema
from logger.store.connection import open_reader, writing
from logger.store.locate import Store
from logger.store.registry import RegistryError, StageChange
from tui_tracker.model import registry_edits
from tui_tracker.model.source import Source

_MOVES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(registry.STAGES), st.booleans()), min_size=1, max_size=8
)


def database(versions: int = 3) -> sqlite3.Connection:
    found = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(found)
    for _ in range(versions):
        registry.register_version(found, "churn", run_uid=None, source="x")
    return found


def stages(connection: sqlite3.Connection) -> dict[int, str]:
    return {found.version: found.stage for found in registry.versions(connection, "churn")}


@given(_MOVES)
def test_taking_back_all_moves_in_turn_ends_where_it_began(moves: list[tuple[int, str, bool]]) -> None:
    connection = database()
    done: list[tuple[dict[int, str], list[StageChange]]] = []
    for number, stage, archive in moves:
        before = stages(connection)
        done.append(
            (before, registry.transition(connection, "churn", number, stage, archive_existing=archive))
        )
    for before, changes in reversed(done):
        registry.take_back(connection, changes)
        assert stages(connection) == before
    connection.close()


@given(_MOVES)
def test_what_was_taken_back_is_not_rolled_back_to(moves: list[tuple[int, str, bool]]) -> None:
    """A move and its undoing leave the former holder as it was, whatever came before."""
    connection = database()
    for number, stage, archive in moves[:-1]:
        registry.transition(connection, "churn", number, stage, archive_existing=archive)
    number, stage, _ = moves[-1]
    present = registry.holder(connection, "churn", "Production")
    former = registry.former_holder(connection, "churn", "Production")
    promoted_before = present is not None and present.version != number and stage == "Production"
    changes = registry.transition(connection, "churn", number, stage, archive_existing=True)
    registry.take_back(connection, changes)
    if promoted_before and former is not None and former.version != number:
        after = registry.former_holder(connection, "churn", "Production")
        assert after is not None
        assert after.version == former.version
    connection.close()


def test_a_version_that_moved_again_is_left_there() -> None:
    connection = database()
    changes = registry.transition(connection, "churn", 1, "Production", archive_existing=True)
    registry.transition(connection, "churn", 2, "Production", archive_existing=True)
    with pytest.raises(RegistryError, match="v1 of 'churn' has moved from Production to Archived since"):
        registry.take_back(connection, changes)
    assert stages(connection) == {1: "Archived", 2: "Production", 3: "None"}
    connection.close()


def test_a_promotion_that_is_taken_back_runs_the_command_for_what_returns(
    store: Store, tmp_path: Path
) -> None:
    with writing(store) as connection:
        for _ in range(2):
            registry.register_version(connection, "churn", run_uid=None, source="x")
        registry.transition(connection, "churn", 1, "Production", archive_existing=True)
    (store.directory / "gates.toml").write_text(
        '[churn.Production]\nafter = ["sh", "-c", "echo $TRACKER_URI $TRACKER_ACTION >> log"]\n'
    )
    promotion = registry.promote(store, "churn", 2, "Production")
    registry_edits.moved(promotion.changes).take_back(Source(store))
    log = (store.directory.parent / "log").read_text().splitlines()
    assert log == ["models:/churn/2 stage", "models:/churn/1 roll-back"]
    reader = open_reader(store)
    assert stages(reader) == {1: "Production", 2: "None"}
    reader.close()


@pytest.mark.parametrize("version", [None, 1])
def test_words_return_to_what_they_were(store: Store, version: int | None) -> None:
    source = Source(store)

    def words() -> tuple[str, dict[str, str], dict[str, int]]:
        with writing(store) as connection:
            model = registry.model(connection, "churn")
            owner = model if version is None else registry.version(connection, "churn", version)
            return owner.description, dict(owner.tags), dict(model.aliases)

    with writing(store) as connection:
        registry.register_version(connection, "churn", run_uid=None, source="x")
        registry.set_tag(connection, "churn", "old", "1", version=version)
        registry.set_alias(connection, "churn", "kept", 1)
    before = words()
    steps = [
        source.edit(lambda found: registry_edits.describe(found, "churn", version, "new")),
        source.edit(lambda found: registry_edits.set_tags(found, "churn", version, {"a": "1", "b": ""})),
        source.edit(lambda found: registry_edits.set_alias(found, "churn", "best", 1)),
        source.edit(lambda found: registry_edits.remove_alias(found, "churn", "kept")),
    ]
    assert words() == ("new", {"a": "1", "b": ""}, {"best": 1})
    for step in reversed(steps):
        step.take_back(source)
    assert words() == before
    source.close()


def test_what_others_changed_is_not_taken_back(store: Store) -> None:
    source = Source(store)
    with writing(store) as connection:
        registry.register_version(connection, "churn", run_uid=None, source="x")
    described = source.edit(lambda found: registry_edits.describe(found, "churn", 1, "mine"))
    tagged = source.edit(lambda found: registry_edits.set_tags(found, "churn", 1, {"a": "mine"}))
    with writing(store) as connection:
        registry.describe(connection, "churn", "theirs", version=1)
        registry.set_tag(connection, "churn", "a", "theirs", version=1)
    for step, what in ((described, "the description of v1"), (tagged, "the tags of v1")):
        with pytest.raises(RegistryError, match=f"somebody else has changed {what}"):
            step.take_back(source)
    source.close()
