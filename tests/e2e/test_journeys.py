"""What people come for, key by key, in a real terminal."""

from __future__ import annotations

import base64
import math
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from logger.store.locate import for_writing
from tests.e2e.terminal import DOWN, ENTER, Terminal, terminal
from tests.sample import add_run

VIEWER = (sys.executable, "-m", "tui_tracker.cli")
COPY = "\x19"
F11 = "\x1b[23~"
ALT_RIGHT = "\x1b[1;3C"


REACHED = {"plain": 0.81, "wide": 0.93, "deep": 0.88, "tiny": 0.62, "warm": 0.915, "lost": math.nan}


def sweep(directory: Path) -> None:
    """Short runs of the last days, one of which is above 0.92."""
    store = for_writing(directory / ".tracker")
    for place, (name, accuracy) in enumerate(REACHED.items()):
        add_run(
            store,
            name,
            started=time.time() - 86_400 * (place + 1),
            params={"lr": str(10.0 ** -(1 + place % 3)), "depth": str(2 + place)},
            metrics={"val/acc": [accuracy * step / 20 for step in range(21)]},
        )


@contextmanager
def viewer(directory: Path, columns: int = 160, rows: int = 45, **environment: str) -> Iterator[Terminal]:
    with terminal(VIEWER, columns=columns, rows=rows, directory=directory, environment=environment) as opened:
        opened.wait_for("wide", "warm", "plain")
        yield opened


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    sweep(tmp_path)
    return tmp_path


def test_which_hyperparameters_gave_us_92_percent(trained: Path) -> None:
    with viewer(trained) as opened:
        opened.send("/")
        opened.wait_for("keep the filter")
        opened.send("val/acc >= 0.92 and started > 30d ago")
        opened.wait_for("1 of 6")
        opened.send(ENTER)
        opened.wait_for("wide", absent=["plain", "deep"])
        opened.send(ENTER)
        opened.wait_for("depth", "0.01", "val/acc")


def test_the_best_run_is_the_first_once_sorted_by_a_click_on_a_heading(trained: Path) -> None:
    with viewer(trained) as opened:
        opened.wait_for("val/acc")
        lines = opened.text().splitlines()
        row = next(place for place, line in enumerate(lines) if "duration" in line)
        column = lines[row].index("val/acc")
        opened.send(f"\x1b[<0;{column + 2};{row + 1}M\x1b[<0;{column + 2};{row + 1}m")
        opened.wait_until(
            lambda: "wide" in opened.text().splitlines()[row + 1], "the best run in the first line"
        )
        assert "▼" in opened.text().splitlines()[row]


def test_a_double_click_opens_a_run(trained: Path) -> None:
    with viewer(trained) as opened:
        lines = opened.text().splitlines()
        row = next(place for place, line in enumerate(lines) if " wide " in line)
        click = f"\x1b[<0;60;{row + 1}M\x1b[<0;60;{row + 1}m"
        opened.send(click + click)
        opened.wait_for("wide", "train.py --lr 1e-3", absent=["Experiments"])


def test_a_name_is_copied_over_ssh(trained: Path) -> None:
    with viewer(trained) as opened:
        opened.send(COPY)
        opened.wait_for("run name", "command line", "table, TSV")
        opened.send("name" + ENTER)
        opened.wait_until(lambda: b"\x1b]52;c;" in opened.output, "OSC 52")
        found = re.search(rb"\x1b\]52;c;([^\x07]*)\x07", bytes(opened.output))
        assert found is not None and base64.b64decode(found[1]).decode() in opened.text()


def test_a_pane_is_widened_and_maximised_and_so_it_is_in_the_next_session(trained: Path) -> None:
    with viewer(trained) as opened:
        before = opened.text().splitlines()[1].find("all runs")
        for cells in (3, 6, 9):
            opened.send(ALT_RIGHT)
            opened.wait_until(
                lambda cells=cells: opened.text().splitlines()[1].find("all runs") == before + cells,  # type: ignore[misc]
                f"{cells} cells more",
            )
        opened.send(F11)
        opened.wait_for("wide", absent=["Experiments"])
        opened.send("q")
        assert opened.wait_for_exit() == 0
    with viewer(trained) as opened:
        opened.wait_for("wide", absent=["Experiments"])
        opened.send(F11)
        opened.wait_until(
            lambda: opened.text().splitlines()[1].find("all runs") == before + 9,
            "the width of the session before",
        )


def test_a_key_of_ones_own_marks(trained: Path) -> None:
    place = trained / ".config" / "tui-tracker" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[keys]\n"runs.mark" = "ctrl+k"\n')
    with viewer(trained) as opened:
        opened.wait_for("^k mark")
        opened.send("\x0b" + DOWN + "\x0b" + "c")
        opened.wait_for("depth", "val/acc", absent=["Experiments"])


def test_a_note_is_written_and_found_again(trained: Path) -> None:
    with viewer(trained) as opened:
        opened.send("n")
        opened.wait_for("ctrl+s")
        opened.send("the one with warm restarts\x13")
        opened.wait_for("Wrote the note")
        opened.send("/")
        opened.wait_for("keep the filter")
        opened.send("restarts" + ENTER)
        opened.wait_for("1 of 6")


def test_a_deleted_run_comes_back(trained: Path) -> None:
    with viewer(trained) as opened:
        opened.wait_for("6 runs")
        opened.send("D")
        opened.wait_for("Delete")
        opened.send("\x13")
        opened.wait_for("5 runs")
        opened.send("u")
        opened.wait_for("6 runs", "Taken back")
