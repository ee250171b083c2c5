"""What a training process leaves behind: its store, private, and nothing anywhere else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from logger.store import filesystem
from logger.store.locate import Store

ROOT = Path(__file__).parents[2]

# Says on its error stream which files it opens for writing, makes, renames or removes, outside the store.
WATCHED = """
import os, sys
store = os.path.realpath(os.environ["TRACKER_STORE"])
cache = os.path.realpath(os.environ["XDG_CACHE_HOME"])
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.rmdir"}

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else False
        paths = [path] if writes else []
    else:
        paths = [path for path in arguments[:2] if isinstance(path, (str, bytes))] if event in CHANGES else []
    for path in paths:
        if isinstance(path, int):
            continue
        real = os.path.realpath(os.fsdecode(path))
        if not real.startswith((store, cache, "/dev/", "/proc/")):
            os.write(2, f"OUTSIDE {event} {real}\\n".encode())

sys.addaudithook(watch)
"""
TRAINS = """
import logger
from pathlib import Path
with logger.start_run("churn", params={"lr": 0.1}, tags={"team": "x"}) as run:
    print("a line on the console")
    for step in range(1000):
        run.log({"loss": 1 / (step + 1)}, step=step)
    run.log_text("weights", "model/deep/weights.txt")
    run.log_dict({"a": 1}, "config.json")
    run.log_artifact(__import__("sys").argv[1], "data")
    run.note("a note")
assert len(logger.search_runs()) >= 1
assert len(run.history("loss").values) == 1000
"""
REGISTERS = "    run.register_model('clf', 'model/deep/weights.txt')\n"
READS = """
from tui_tracker.cli import main
for command in (["ls"], ["show", "churn-run"], ["doctor"], ["gc", "--yes"], ["export", "--points"]):
    main(command)
"""


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Where programs like to put things, all empty."""
    found = {name: tmp_path / name for name in ("home", "tmp", "cache", "config", "data", "work", "input")}
    for place in found.values():
        place.mkdir()
    (found["input"] / "data.csv").write_text("1,2\n")
    return found


def run_watched(places: dict[str, Path], script: str, **environment: str) -> str:
    """Run a script with a umask that hides nothing; what it changed outside the store, a line each."""
    directories = {
        "HOME": "home",
        "TMPDIR": "tmp",
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "data",
    }
    result = subprocess.run(
        [sys.executable, "-c", WATCHED + script, str(places["input"] / "data.csv")],
        cwd=places["work"],
        env={
            **os.environ,
            **{variable: str(places[name]) for variable, name in directories.items()},
            "TRACKER_STORE": str(places["work"] / ".tracker"),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        umask=0,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return "\n".join(line for line in result.stderr.splitlines() if line.startswith("OUTSIDE"))


def exposed(directory: Path) -> list[str]:
    """Files and directories that others than their owner could use."""
    found = [directory, *directory.rglob("*")]
    return [
        f"{stat.filemode(path.lstat().st_mode)} {path.relative_to(directory)}"
        for path in found
        if path.lstat().st_mode & 0o077 or path.lstat().st_mode & 0o777 not in (0o700, 0o600)
    ]


def left_in(places: dict[str, Path]) -> list[Path]:
    return [path for name, place in places.items() if name != "input" for path in place.iterdir()]


def test_nothing_is_written_outside_the_store_and_all_in_it_is_private(places: dict[str, Path]) -> None:
    script = TRAINS.replace("    run.note", f"{REGISTERS}    run.note")
    assert run_watched(places, script) == ""
    assert run_watched(places, READS) == ""
    store = Store(places["work"] / ".tracker")
    assert left_in(places) == [store.directory]
    assert exposed(store.directory) == []
    # Journals are gone once they are filed.
    assert list(store.journals.iterdir()) == []


def test_of_a_shared_store_only_the_cache_is_used_beside_it(places: dict[str, Path]) -> None:
    network = {filesystem.ENVIRONMENT_VARIABLE: filesystem.NETWORK}
    assert run_watched(places, TRAINS, **network) == ""
    assert run_watched(places, READS, **network) == ""
    store = Store(places["work"] / ".tracker")
    assert left_in(places) == [places["cache"] / "tui-tracker", store.directory]
    assert exposed(store.directory) == []
    assert exposed(places["cache"] / "tui-tracker") == []
    assert {path.name for path in store.directory.iterdir()} <= {"journal", "artifacts", "console"}
