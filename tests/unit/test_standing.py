"""`tracker-tui delete`, `archive` and `restore`."""

from __future__ import annotations

import json

import pytest

from logger.store.locate import Store
from tests.sample import NOW, add_run
from tui_tracker.cli import main


@pytest.fixture(autouse=True)
def _three_runs(store: Store) -> None:
    for place, name in enumerate(("one", "two", "three")):
        add_run(store, name, uid=f"{place + 10:x}" * 32, started=NOW + place)


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    capsys.readouterr()
    assert main(["ls", "--json", *options]) == 0
    return [row["name"] for row in json.loads(capsys.readouterr().out)]


def test_deleted_runs_are_hidden_until_they_are_restored_by_their_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["delete", "one", "bbbb", "one"]) == 0
    told = capsys.readouterr().out
    assert "deleted" in told and "two" in told and "restore" in told
    assert listed(capsys) == ["three"]
    assert sorted(listed(capsys, "--deleted")) == ["one", "two"]
    assert main(["delete", "one"]) == 1
    assert main(["restore", "one", "two"]) == 0
    assert listed(capsys) == ["three", "two", "one"]


def test_archived_runs_are_listed_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "two"]) == 0
    assert listed(capsys) == ["three", "one"]
    assert listed(capsys, "--archived") == ["two"]
    assert main(["restore", "two"]) == 0
    assert listed(capsys) == ["three", "two", "one"]


def test_of_runs_with_one_name_the_one_deleted_last_is_restored(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    add_run(store, "one", uid="d" * 32, started=NOW - 60)
    assert main(["delete", "a" * 32]) == 0
    assert main(["delete", "d" * 32]) == 0
    assert main(["restore", "one"]) == 0
    capsys.readouterr()
    assert main(["ls", "--deleted", "--json"]) == 0
    [left] = json.loads(capsys.readouterr().out)
    assert left["id"] == "a" * 32


def test_where_one_is_not_there_none_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delete", "one", "nobody"]) == 1
    assert "there is no run 'nobody'" in capsys.readouterr().err
    assert len(listed(capsys)) == 3
