"""Makes the pictures in the README by driving the real app over a store that the demo has made.

    python screenshots/make.py [DIRECTORY]

Every picture is 140 x 40 cells, an SVG beside this file or in DIRECTORY. Needs the extra `demo`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from logger.store.locate import ENVIRONMENT_VARIABLE, Store
from tui_tracker.app import TrackerApp

PROJECT = Path(__file__).parents[1]
SIZE = (140, 40)
# The demo's models take a few seconds each, so that durations are worth showing.
_DEMO = ("demo", "--no-app", "--seconds", "20")

Drive = Callable[["Pilot[None]"], Awaitable[None]]


async def explorer(pilot: Pilot[None]) -> None:
    """The runs of the sweep, three of them marked."""
    await pilot.press("space", "down", "space", "down", "down", "space", *"+++")


async def compare(pilot: Pilot[None]) -> None:
    """Three runs side by side."""
    await explorer(pilot)
    await pilot.press("c")


async def run(pilot: Pilot[None]) -> None:
    """One run: its overview beside its curves."""
    await pilot.press("down", "down", "enter")


async def filter_error(pilot: Pilot[None]) -> None:
    """A filter with a mistake in it."""
    await pilot.press("slash")
    await settle(pilot)
    await pilot.press(*"val/acc > 0.9 and optimizer = ")


async def registry(pilot: Pilot[None]) -> None:
    """The models that the sweep registered."""
    await pilot.press("2")


PICTURES: dict[str, Drive] = {
    "explorer": explorer,
    "run": run,
    "compare": compare,
    "filter-error": filter_error,
    "registry": registry,
}


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is read or drawn any more."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.3)


async def picture(store: Store, drive: Drive, file: Path) -> None:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await drive(pilot)
        await settle(pilot)
        file.write_text(app.export_screenshot(title="tracker-tui"), encoding="utf-8")


def make_store(directory: Path) -> Store:
    """Train the demo's sweep into `directory`."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    environment.pop(ENVIRONMENT_VARIABLE, None)
    command = [sys.executable, "-m", "tui_tracker.cli", *_DEMO, "--store", str(directory)]
    subprocess.run(command, check=True, env=environment)
    return Store(directory)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    with tempfile.TemporaryDirectory() as directory:
        # The store's path is shown as it would be at home.
        os.environ["HOME"] = directory
        # As in a terminal that has all colours, wherever the script runs.
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.environ.pop("NO_COLOR", None)
        store = make_store(Path(directory) / "digits" / ".tracker")
        for name, drive in PICTURES.items():
            asyncio.run(picture(store, drive, target / f"{name}.svg"))
            print(target / f"{name}.svg")


if __name__ == "__main__":
    main()
