"""The app in terminals that are small, plain, hung up or suspended."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.terminal import ALTERNATE_OFF, ALTERNATE_ON, ENTER, ESCAPE, Terminal, terminal
from tests.sample import sample_store

VIEWER = (sys.executable, "-m", "tui_tracker")
CTRL_L, CTRL_Z = "\x0c", "\x1a"
# Select Graphic Rendition with a colour in it: 30-37, 38, 40-47, 48, 90-97, 100-107.
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")


@contextmanager
def viewer(directory: Path, **environment: str) -> Iterator[Terminal]:
    """The app on a sample store, as soon as it shows the runs and their curves."""
    sample_store(directory)
    with terminal(VIEWER, directory=directory, environment=environment) as opened:
        opened.wait_for("run-00", "run-11", " step")
        yield opened


def quit_cleanly(opened: Terminal) -> None:
    opened.send("q")
    assert opened.wait_for_exit() == 0
    assert opened.is_restored() and "Traceback" not in opened.text()


def test_what_something_else_wrote_goes_when_the_screen_is_drawn_anew(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.write_over("GARBAGE")
        opened.wait_for("GARBAGE")
        opened.send(CTRL_L)
        opened.wait_for("run-00", absent=["GARBAGE"])
        quit_cleanly(opened)


def test_a_terminal_shrinks_to_20_by_5_and_grows_again(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.resize(20, 5)
        # Where there is no room for more, there are rows.
        opened.wait_for("run-00", "? help", absent=["run-11", "tracker-tui"])
        opened.send("?")
        opened.wait_for("Keys")
        opened.send(ESCAPE)
        opened.wait_for("? help", absent=["Keys"])
        opened.resize(160, 45)
        opened.wait_for("run-00", "run-11", "all runs", " step")
        quit_cleanly(opened)


@pytest.mark.parametrize("command", [(), ("demo",)])
def test_a_dumb_terminal_is_told_of_the_commands(tmp_path: Path, command: tuple[str, ...]) -> None:
    sample_store(tmp_path)
    with terminal((*VIEWER, *command), directory=tmp_path, environment={"TERM": "dumb"}) as opened:
        assert opened.wait_for_exit() == 2
        sentence = opened.text().strip()
        assert "TERM=dumb" in sentence and "`tracker-tui " in sentence and "\n" not in sentence
        assert b"\x1b" not in opened.output


def test_the_locale_c_has_curves_of_ascii_and_is_told_of_finer_ones(tmp_path: Path) -> None:
    with viewer(tmp_path, LC_ALL="C") as opened:
        opened.wait_for("LC_ALL=C.UTF-8", "val/acc")
        assert not any("\u2800" <= character <= "\u28ff" for character in opened.text())
        quit_cleanly(opened)


def test_no_color_sends_none(tmp_path: Path) -> None:
    with viewer(tmp_path, NO_COLOR="1") as opened:
        # The marks that colour makes easier to see can be told apart without it.
        opened.wait_for("● run-00", "✓ run-01", "✗ run-03")
        grey = [code for code in COLOUR.findall(bytes(opened.output)) if not _is_grey(code)]
        assert not grey
        quit_cleanly(opened)


def _is_grey(code: bytes) -> bool:
    """Whether all its true colours have equally much red, green and blue."""
    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", code)
    return bool(colours) and all(len(set(colour)) == 1 for colour in colours)


def test_a_terminal_that_hangs_up_ends_the_app(tmp_path: Path) -> None:
    with viewer(tmp_path) as opened:
        opened.hang_up()
        assert opened.process.wait(timeout=30) == 128 + signal.SIGHUP


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM])
def test_a_polite_kill_ends_it_and_restores_the_terminal(tmp_path: Path, ending: signal.Signals) -> None:
    with viewer(tmp_path) as opened:
        opened.process.send_signal(ending)
        assert opened.wait_for_exit() == 128 + ending
        assert opened.is_restored() and "Traceback" not in opened.text()


def wait_for_output(opened: Terminal, keys: str, *wanted: bytes) -> None:
    """Send keys and wait until all of these have come in answer; the emulator has no alternate screen."""
    before = len(opened.output)
    opened.send(keys)
    opened.wait_until(lambda: all(part in opened.output[before:] for part in wanted), str(wanted))


def test_control_z_suspends_it_to_the_shell_and_fg_brings_it_back(tmp_path: Path) -> None:
    sample_store(tmp_path)
    shell = ("bash", "--norc", "--noprofile", "-i")
    with terminal(shell, directory=tmp_path, environment={"PS1": "ready> "}) as opened:
        opened.wait_for("ready>")
        opened.send(f"{sys.executable} -m tui_tracker{ENTER}")
        opened.wait_for("run-00", " step")
        wait_for_output(opened, CTRL_Z, ALTERNATE_OFF, b"Stopped", b"ready> ")
        wait_for_output(opened, f"fg{ENTER}", ALTERNATE_ON, b"run-00")
        wait_for_output(opened, "q", ALTERNATE_OFF, b"ready> ")
        opened.send(f"exit{ENTER}")
        assert opened.wait_for_exit() == os.EX_OK
        assert opened.is_restored()
