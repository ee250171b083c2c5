"""The registry in a real terminal, beside other processes: compare, promote, follow, roll back, read the history."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import open_reader, writing
from logger.store.locate import Store, for_writing
from tests.e2e.terminal import ENTER, ESCAPE, clean_environment, terminal
from tests.sample import add_run

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
LEFT, CTRL_S = "\x1b[D", "\x13"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """`churn` with v1 in Production, and v2 and v3 without a stage."""
    found = for_writing(tmp_path / ".tracker")
    for place in (1, 2, 3):
        add_run(
            found,
            f"run-{place}",
            uid=f"{place:032x}",
            params={"lr": f"0.{place}"},
            metrics={"val/acc": [0.5, 0.5 + place / 10], "val/loss": [1.0, 1.0 / place]},
        )
    with writing(found) as database:
        for place in (1, 2, 3):
            registry.register_version(
                database, "churn", run_uid=f"{place:032x}", source=f"s3://models/{place}"
            )
        registry.transition(database, "churn", 1, "Production", archive_existing=True, reason="the first")
    return found


def another_person(directory: Path, *arguments: str) -> None:
    """Does something in another terminal, and waits until it is done."""
    subprocess.run(
        [*VIEWER, *arguments],
        cwd=directory,
        env=clean_environment(directory),
        check=True,
        capture_output=True,
    )


def holders(store: Store) -> dict[int, str]:
    reader = open_reader(store)
    try:
        return {found.version: found.stage for found in registry.versions(reader, "churn")}
    finally:
        reader.close()


def test_the_story_from_a_comparison_to_a_roll_back(tmp_path: Path, store: Store) -> None:
    with terminal(VIEWER, columns=160, rows=45, directory=tmp_path) as opened:
        opened.wait_for("run-1")
        opened.send("2")
        opened.wait_for("● Production 1", "· None 2", "Metrics")

        opened.send(LEFT)
        opened.wait_for("Metrics beside v1, Production", "▲ better", "+0.2000")
        opened.send("c")
        opened.wait_for("Comparison of 2 runs", "run-1", "run-3")
        opened.send(ESCAPE)
        opened.wait_for("Metrics beside v1, Production")

        opened.send("p")
        opened.wait_for("Promote churn v3", "v3 becomes Production", "v1 moves from Production to Archived")
        opened.send(ENTER + "better on both")
        opened.wait_for("better on both")
        opened.send(CTRL_S)
        opened.wait_for("v3 is Production, v1 is Archived", "v3 Production", "“better on both”")

        another_person(tmp_path, "promote", "churn", "2", "Production", "--reason", "from elsewhere")
        opened.wait_for("“from elsewhere”", "v3 Archived")

        opened.send("r")
        opened.wait_for("Roll back Production of churn", "v3 becomes Production (from Archived)")
        opened.send("it was slow")
        opened.wait_for("it was slow")
        opened.send(ENTER + ENTER)
        opened.wait_for("v3 is Production, v2 is Archived", "“it was slow”")

        opened.send("]]]")
        history = opened.wait_for(
            "the first", "better on both", "from elsewhere", "it was slow", "events of the model"
        )
        rows = [line for line in history.splitlines() if "→" in line]
        assert any("↩ Archived → Production" in line for line in rows)
        assert sum("None → Production" in line for line in rows) == 3
        opened.send("q")
        assert opened.wait_for_exit() == 0
        assert opened.is_restored()
    assert holders(store) == {1: "Archived", 2: "Archived", 3: "Production"}


def test_of_two_who_promote_at_once_one_wins_and_the_other_is_told(tmp_path: Path, store: Store) -> None:
    with terminal(VIEWER, columns=120, rows=36, directory=tmp_path) as opened:
        opened.wait_for("run-1")
        opened.send("2")
        opened.wait_for("● Production 1", "Metrics")
        opened.send(LEFT + "p")
        opened.wait_for("Promote churn v3", "v1 moves from Production to Archived")
        another_person(tmp_path, "promote", "churn", "2", "Production")
        opened.send(CTRL_S)
        opened.wait_for("Nothing was changed", "v2 holds Production")
        opened.send("q")
        opened.wait_for_exit()
    assert holders(store) == {1: "Archived", 2: "Production", 3: "None"}
