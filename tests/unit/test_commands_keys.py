"""On the explorer, in a comparison and among pictures of runs, a key does one thing."""

from __future__ import annotations

import pytest

from tui_tracker.commands.base import CommandHost
from tui_tracker.commands.general import GENERAL_COMMANDS
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.plots import PlotsScreen


@pytest.mark.parametrize("screen", [ExplorerScreen, CompareScreen, PlotsScreen])
def test_no_key_stands_for_two_commands(screen: type[CommandHost]) -> None:
    holders: dict[str, list[str]] = {}
    for command in (*screen.COMMAND_CLASSES, *GENERAL_COMMANDS):
        for key in filter(None, command.key.split(",")):
            holders.setdefault(key, []).append(command.id)
    assert {key: ids for key, ids in holders.items() if len(ids) > 1} == {}
