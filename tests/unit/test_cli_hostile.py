"""The command line on a store full of hostile text: what it prints moves nothing but itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store import artifacts, registry, runs
from logger.store.connection import writing
from logger.store.locate import Store
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run, sample_store
from tui_tracker.cli import main

UID = f"{0xBAD:032x}"


def hostile_store(directory: Path, text: str) -> Store:
    """A store in which the text stands wherever a text may stand; as another program could write it."""
    store = sample_store(directory, count=2)
    add_run(
        store,
        text,
        uid=UID,
        experiment=text or "x",
        params={text or "p": text},
        tags={text or "t": text},
        note=text,
        metrics={text or "m": [1.0, 2.0]},
    )
    with writing(store) as connection:
        run_id = runs.find(connection, UID).id
        registry.register_version(connection, "plain", run_uid=UID)
        registry.set_alias(connection, "plain", "champion", 1)
        registry.transition(connection, "plain", 1, "Production", archive_existing=True, reason=text)
        values = {"path": text, "size": 1, "sha256": text, "kind": text, "step": None, "created": NOW}
        artifacts.record(connection, run_id, values)
        connection.execute("UPDATE runs SET host = ?1, user = ?1, source = ?1 WHERE id = ?2", (text, run_id))
        connection.execute("UPDATE models SET name = ?1, description = ?1", (text,))
        connection.execute(
            "UPDATE model_versions SET path = ?1, source = ?1, user = ?1, description = ?1", (text,)
        )
        connection.execute("UPDATE model_aliases SET alias = ?1", (text,))
        connection.execute("DROP TRIGGER registry_events_not_changed")
        connection.execute(
            "UPDATE registry_events SET model = ?1, user = ?1, host = ?1, before = ?1", (text,)
        )
    return store


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text {place}" for place in range(len(HOSTILE))])
def test_no_command_prints_a_control_character(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile_store(tmp_path, text)
    commands = (
        ("ls",),
        ("ls", text),
        ("ls", "--experiment", text + "?"),
        ("ls", "--columns", text + "?"),
        ("ls", "--sort", text + "?"),
        ("show", UID),
        ("show", text + "?"),
        ("compare", UID, "run-00"),
        ("compare", UID, "run-00", "--all"),
        ("curves", UID),
        ("curves", UID, text + "?"),
        ("models",),
        ("models", text),
        ("history", text),
        ("promote", text, "1", "Archived", "--keep-existing"),
        ("promote", text, "1", text + "?"),
        ("alias", text, "challenger", "1"),
        ("alias", text, text, "1"),
        ("path", f"models:/{text}/1"),
        ("path", f"runs:/{UID}/{text}"),
        ("export", UID),
        ("export", UID, "--points"),
        ("journal", f"./{text[:50]}?"),
    )
    for command in commands:
        for form in ((), ("--json",), ("--csv",)):
            try:
                status = main([*(part.replace("\0", "") for part in command), *form])
            except SystemExit as ending:
                status = int(ending.code or 0)
            assert status in (0, 1, 2)
            printed = capsys.readouterr()
            assert "Traceback" not in printed.err
            assert_harmless(printed.out)
            assert_harmless(printed.err)
