"""Opening the app imports no subcommand: a person waits for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui_tracker.cli import _opens_app


@pytest.mark.parametrize("typed", [[], ["--store", "x"], ["--store=x"], ["--store", "x", "--store=y"]])
def test_these_open_the_app(typed: list[str]) -> None:
    assert _opens_app(typed)


@pytest.mark.parametrize("typed", [["ls"], ["--help"], ["--store", "x", "ls"], ["--version"], ["nonsense"]])
def test_these_do_not(typed: list[str]) -> None:
    assert not _opens_app(typed)


def test_the_app_opens_without_what_only_commands_need() -> None:
    code = (
        "import sys; from tui_tracker import cli; cli._parser(with_commands=False); import tui_tracker.app;"
        " print(sorted(name for name in sys.modules if name.startswith((*sys.argv[1:],))))"
    )
    unwanted = ("tui_tracker.demo", "tui_tracker.serving", "tui_tracker.text.ls", "tui_tracker.key_list")
    heavy = ("numpy", "plotext", "logger.monitor", "logger.recorder", "tui_tracker.screens.run_words")
    found = subprocess.run(
        [sys.executable, "-c", code, *unwanted, *heavy], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
