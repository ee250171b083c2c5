"""The app in a real terminal: what it shows at any size, what its keys do, how it leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from logger.store import registry
from logger.store.connection import open_reader, writing
from tests.e2e.terminal import DOWN, ENTER, ESCAPE, SPACE, Terminal, terminal
from tests.sample import sample_store

VIEWER = (sys.executable, "-m", "tui_tracker.cli")


@contextmanager
def viewer(directory: Path, columns: int = 160, rows: int = 45) -> Iterator[Terminal]:
    """The app on a sample store, as soon as it shows the runs."""
    sample_store(directory)
    with terminal(VIEWER, columns=columns, rows=rows, directory=directory) as opened:
        opened.wait_for("run-00", "run-03")
        yield opened


def edit_filter(opened: Terminal) -> None:
    opened.send("/")
    opened.wait_for("keep the filter")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45), (220, 60)])
def test_shows_the_runs_at_any_size_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, columns: int, rows: int
) -> None:
    with viewer(tmp_path, columns, rows) as opened:
        assert "Traceback" not in opened.text()
        opened.send("q")
        assert opened.wait_for_exit() == 0
        assert opened.is_restored()


def test_a_filter_narrows_the_runs_and_escape_takes_it_away(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        edit_filter(opened)
        opened.send("lr = 0.1 and depth > 5")
        opened.send(ENTER)
        opened.wait_for("run-03", "run-06", absent=["run-00", "run-04"])
        opened.send(ESCAPE)
        opened.wait_for("run-00", "run-04")


def test_a_mistake_in_a_filter_is_pointed_at_and_does_no_harm(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        edit_filter(opened)
        opened.send("val/acc >")
        opened.wait_for("^ found the end")
        opened.send(ESCAPE)
        opened.send(ESCAPE)
        opened.wait_for("run-00", absent=["found the end"])


def test_marked_runs_are_compared_side_by_side(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send(SPACE + DOWN + SPACE + "c")
        opened.wait_for("optimizer", "sgd", "adam", "run-00", "run-01", absent=["run-05"])
        opened.send(ESCAPE)
        opened.wait_for("run-05")


def test_question_mark_lists_the_keys_and_escape_closes_the_list(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send("?")
        opened.wait_for("Compare the marked runs side by side", "Filter the runs")
        opened.send(ESCAPE)
        opened.wait_for("run-00", absent=["Compare the marked runs side by side"])


def test_two_and_one_switch_between_registry_and_runs(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send("2")
        opened.wait_for("register_model", absent=["run-05"])
        opened.send("1")
        opened.wait_for("run-05")


def test_without_a_store_it_says_what_to_type(tmp_path: Path) -> None:
    with terminal(VIEWER, directory=tmp_path) as opened:
        assert opened.wait_for_exit() == 2
        assert "import logger" in opened.text() and "tracker-tui demo" in opened.text()
        assert not (tmp_path / ".tracker").exists()
        assert opened.is_restored()


def test_promote_shows_what_changes_and_asks(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with writing(store) as connection:
        for place in (1, 3):
            registry.register_version(connection, "clf", run_uid=f"{place:032x}")
        registry.transition(connection, "clf", 1, "Production", archive_existing=False)
    for answer, status, stage in (("n", 1, "None"), ("y", 0, "Production")):
        with terminal((*VIEWER, "promote", "clf", "2", "production"), directory=tmp_path) as opened:
            opened.wait_for("v2 beside v1", "val/acc", "better", "go on? [y/N]")
            opened.send(answer + ENTER)
            assert opened.wait_for_exit() == status
        assert registry.version(open_reader(store), "clf", 2).stage == stage


def test_what_is_typed_in_one_burst_with_the_slash_goes_into_the_filter(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        # As a slow connection delivers it; `l`, `c` and `G` are keys of the table and the screen.
        opened.send("/val/acc > 0 and run-03 or jsG")
        opened.wait_for("/  val/acc > 0 and run-03 or jsG", "1 of 14", absent=["run-05"])
        opened.send(ENTER)
        opened.wait_for("run-03", absent=["keep the filter"])


def test_a_paste_goes_into_the_filter(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send("\x1b[200~/lr = 0.1 and depth > 5\x1b[201~")
        opened.wait_for("run-03", "run-06", "keep the filter", absent=["run-00", "run-04"])
