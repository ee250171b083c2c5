"""Printing in a real terminal while it is recorded, and a killed training that explains itself in the viewer."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from logger.console.reading import consoles
from logger.store import locate
from tests.e2e.terminal import ENTER, terminal
from tui_tracker.commands.run import PAGES

VIEWER = (sys.executable, "-m", "tui_tracker.cli")

TALKS = """
import logger, os, shutil, sys, time
with logger.start_run("e", run_name="talks") as run:
    print("tty", sys.stdout.isatty(), sys.stderr.isatty(), os.isatty(1))
    print("columns", shutil.get_terminal_size().columns)
    for part in range(101):
        print(f"\\r{part}% done", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    os.system("echo from a shell")
    name = input("your name? ")
    print("hello", name)
    input("resized? ")
    time.sleep(0.2)
    print("then", shutil.get_terminal_size().columns)
print("after the run")
"""

DIES = """
import logger, os, signal
run = logger.start_run("e", run_name="dies")
for step in range(50):
    run.log({"train/loss": 1.5}, step=step)
    print("step", step, "loss 1.5")
print("last words", end="", flush=True)
os.write(1, b" of it")
os.kill(os.getpid(), signal.SIGKILL)
"""


def script(directory: Path, text: str) -> list[str]:
    path = directory / "script.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def recorded(directory: Path) -> list[str]:
    store = locate.find(directory)
    assert store is not None
    [place] = (store.directory / "console").iterdir()
    [console] = consoles(place)
    console.refresh()
    return [line.text.decode() for line in console.lines(0, console.count)]


def test_a_script_finds_its_terminal_as_it_was(tmp_path: Path) -> None:
    with terminal(script(tmp_path, TALKS), columns=100, rows=30, directory=tmp_path) as opened:
        shown = opened.wait_for(
            "tty True True True", "columns 100", "100% done", "from a shell", "your name?"
        )
        assert "50% done" not in shown
        assert b"\r50% done" in opened.output
        opened.send("ada\n")
        opened.wait_for("hello ada", "resized?")
        opened.resize(90, 30)
        opened.send("\n")
        opened.wait_for("then 90", "after the run")
        assert opened.wait_for_exit() == 0
        assert b"\x1b_" not in opened.output
        shown = opened.text()
        assert shown.index("from a shell") < shown.index("your name?") < shown.index("hello ada")
    found = recorded(tmp_path)
    assert [line for line in found if "%" in line] == ["100% done"]
    assert found[0] == "tty True True True"
    assert found[-1].endswith("then 90") and "after the run" not in found


def test_what_a_killed_training_printed_last_is_on_its_terminal_and_in_the_viewer(tmp_path: Path) -> None:
    # The shell keeps the terminal, which the end of its session's first process would hang up.
    shell = ["sh", "-c", f"{shlex.join(script(tmp_path, DIES))}; echo ended with $?; read line"]
    with terminal(shell, columns=100, rows=60, directory=tmp_path) as opened:
        opened.wait_for("step 49 loss 1.5", "last words of it", "ended with 137")
        opened.send("\n")
        opened.wait_for_exit()
    with terminal(VIEWER, columns=160, rows=45, directory=tmp_path) as opened:
        opened.wait_until(
            lambda: any("dies" in line and "lost" in line for line in opened.screen.display),
            "the run to be lost",
        )
        opened.send(ENTER)
        opened.wait_for("Console")
        opened.send(str(PAGES.index("Console") + 1))
        opened.wait_for("step 49 loss 1.5", "last words of it", "of 51")
        opened.send("/step 7" + ENTER)
        opened.wait_for("lines 1 to", "step 7 loss")
        opened.send("q")
        assert opened.wait_for_exit() == 0
    assert recorded(tmp_path)[-1] == "last words of it"
