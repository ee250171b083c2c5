"""The run table in a real terminal: keys that come in a burst, editing with an editor, columns drawn with the mouse."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from logger.store import edits
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.e2e.terminal import ENTER, Terminal, terminal
from tests.sample import sample_store

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
CTRL_O, CTRL_S = "\x0f", "\x13"


@contextmanager
def viewer(directory: Path, environment: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """The app on a sample store, as soon as its filter can be read."""
    sample_store(directory)
    with terminal(VIEWER, columns=160, rows=45, directory=directory, environment=environment) as opened:
        opened.wait_for("run-00", "train/loss")
        yield opened


def test_keys_behind_the_enter_of_a_filter_are_meant_for_the_table(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send(f"/lr = 0.1{ENTER}jR")
        opened.wait_for("Rename run-03", "4 of 14")


def test_a_search_and_the_space_bar_in_one_burst_choose_what_was_searched_for(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.send("E")
        opened.wait_for("Group runs by")
        opened.send(f"optim {ENTER}")
        opened.wait_for("optimizer=sgd", "optimizer=adam")


def test_a_note_is_written_in_the_persons_editor_and_taken_back(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nprintf ' and\\na second' >> \"$1\"\n")
    editor.chmod(0o755)
    with viewer(tmp_path, {"EDITOR": str(editor)}) as opened:
        opened.send("n")
        opened.wait_for("Note on run-00", "a first try")
        opened.send(CTRL_O)
        opened.wait_for("a first try and", "a second")
        opened.send(CTRL_S)
        opened.wait_for("u takes it back")
        assert note_of(tmp_path) == "a first try and\na second"
        opened.send("u")
        opened.wait_for("Taken back")
        assert note_of(tmp_path) == "a first try"
        opened.send("q")
        assert opened.wait_for_exit() == 0
        assert opened.is_restored()


def note_of(directory: Path) -> str:
    reader = open_reader(Store(directory / ".tracker"))
    try:
        return edits.words(reader, [1])[0].note
    finally:
        reader.close()


def test_a_columns_border_follows_the_mouse(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        header = next(line for line in opened.text().splitlines() if "val/loss" in line and "status" in line)
        row = opened.text().splitlines().index(header) + 1
        border = header.index("val/acc") + len("val/acc") + 1
        place = header.index("val/loss")
        opened.send(f"\x1b[<0;{border};{row}M\x1b[<32;{border + 6};{row}M\x1b[<0;{border + 6};{row}m")
        opened.wait_until(
            lambda: opened.text().splitlines()[row - 1].find("val/loss") == place + 6, "a wider column"
        )
