"""The README says what is so: commands that exist, keys that do what it says, pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from logger.store.fields import Names
from logger.store.query import compile_filter
from tui_tracker.cli import main
from tui_tracker.commands.general import GENERAL_COMMANDS
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.registry import RegistryScreen

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
# Keys of the table itself, which no command stands for.
TABLE_KEYS = {"left", "right"}
NAMES = {"enter": "⏎", "esc": "escape", "/": "slash"}


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table_rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("|---")][1:]


def test_every_documented_command_exists(capsys: pytest.CaptureFixture[str]) -> None:
    documented = set(re.findall(r"^    tracker-tui ([a-z-]+)", section("Without the app"), re.MULTILINE))
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out.partition("examples:")[0]
    listed = set(re.findall(r"^  ([a-z][a-z-]*)  ", shown, re.MULTILINE))
    assert documented | {"demo"} == listed


@pytest.mark.parametrize(
    ("title", "screens"),
    [
        ("Look", (ExplorerScreen,)),
        ("Models, from a run to Production and back", (RegistryScreen,)),
    ],
)
def test_every_documented_key_has_a_command(title: str, screens: tuple[type[TrackerScreen], ...]) -> None:
    classes = [command for screen in screens for command in screen.COMMAND_CLASSES]
    keys = {
        key
        for command in (*classes, *GENERAL_COMMANDS)
        for key in (command.key_label(), *command.key.split(","))
    }
    cells = [re.split(r"(?<!\\)\|", row)[1] for row in table_rows(section(title))]
    documented = {key.replace("\\", "") for cell in cells for key in re.findall(r"`([^`]+)`", cell)}
    missing = {key for key in documented - TABLE_KEYS if not {key, NAMES.get(key)} & keys}
    assert documented and not missing


def test_every_documented_filter_is_one() -> None:
    names = Names(frozenset(("val/acc", "val/loss")), frozenset(("lr", "depth")), frozenset(("best", "team")))
    filters = [re.match(r"\| (`+) ?(.+?) ?\1 \|", row) for row in table_rows(section("Filter"))]
    assert len(filters) > 5
    for found in filters:
        assert found is not None
        compile_filter(found[2], names)


def test_pictures_are_there_and_the_test_command_is_one_line() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 5 and all((PROJECT / picture).is_file() for picture in pictures)
    commands = re.findall(r"^    (.+)$", section("Tests"), re.MULTILINE)
    assert len(commands) == 1 and "pytest" in commands[0]
