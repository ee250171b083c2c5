"""A view that was saved in the app, as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from logger.store.fields import Field, Sort
from logger.store.locate import Store
from tests.sample import sample_store
from tui_tracker.cli import main
from tui_tracker.model.saved_views import SavedView, SavedViews
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TREND, TableLook

NAME, LOSS = Field("attribute", "name"), Field("metric", "val/loss")


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    store = sample_store(tmp_path)
    look = TableLook((NAME, Field("metric", "val/loss", TREND)), order=(Sort(LOSS),))
    SavedViews(StateFile.of(store)).save(SavedView("fast ones", "lr = 0.1 or lr = 0.03", look))
    return store


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["ls", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_a_view_is_listed(sample: Store, capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys, "--view", "fast ones")
    assert [row["name"] for row in found[:2]] == ["run-00", "run-03"]
    assert len(found) == 8
    assert set(found[0]) == {"name", "val/loss"}


def test_what_is_typed_beside_it_narrows_and_changes_it(
    sample: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    found = listed(capsys, "--view", "fast ones", "depth > 6", "--sort", "name:desc", "--columns", "name")
    assert found == [{"name": "run-07"}, {"name": "run-03"}]


def test_a_view_that_is_not_there(sample: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "--view", "x\x1b[2J"]) == 1
    said = capsys.readouterr().err
    assert "there are: 'fast ones'" in said and "\x1b" not in said
