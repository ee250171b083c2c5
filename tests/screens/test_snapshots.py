"""Pictures of the screens, compared with those that a person has looked at.

After a wanted change: `pytest tests/screens/test_snapshots.py --snapshot-update`, then look at every picture that
git calls changed. Nothing in them depends on the machine: clock, time zone, store path and cursor stand still.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from logger.artifacts import write_bytes
from logger.store import artifacts, registry
from logger.store.connection import writing
from logger.store.locate import Store
from tests.fake_nvml import FakeNvml, install
from tests.sample import NOW, sample_store
from tests.screens.driving import until
from tui_tracker.app import TrackerApp
from tui_tracker.commands.run import PAGES
from tui_tracker.model import clock
from tui_tracker.model.plot_kind import PLOT_KINDS, PlotKind
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.help import HelpScreen
from tui_tracker.screens.plots import PlotsScreen
from tui_tracker.screens.promote import PromoteDialog
from tui_tracker.screens.registry import RegistryScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.filter_input import FilterInput

# The screen is at rest when it has looked the same for so many looks, so far apart: longer together than any pause
# that the viewer makes before it reads or draws.
_LOOKS = 5
_LOOK_SECONDS = 0.06
# The workers of these groups end when the person has answered.
_ASKING_A_PERSON = frozenset({"errand"})

Drive = Callable[["Pilot[None]"], Awaitable[None]]


class Picture(Protocol):
    """The fixture `snap_compare`: whether the app, once driven, looks as it did."""

    def __call__(self, app: TrackerApp, *, terminal_size: tuple[int, int], run_before: Drive) -> bool: ...


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two hours after the newest run of the sample began, in Greenwich."""
    monkeypatch.setattr(clock, "time", lambda: NOW + 7200)
    install(monkeypatch, FakeNvml(driver=False))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The sample, in the home of whoever looks at it, and so by a path that is always the same."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return sample_store(tmp_path / "churn")


@pytest.fixture
def models(sample: Store) -> Store:
    """The sample with three versions of a model: the second in Production, which was the first's before."""
    with writing(sample) as database:
        for number, uid in enumerate((f"{place:032x}" for place in (3, 2, 1)), start=1):
            (sample.artifacts / uid).mkdir(parents=True)
            (sample.artifacts / uid / "model.pkl").write_bytes(b"weights")
            registry.register_version(
                database,
                "churn-clf",
                run_uid=uid,
                path="model.pkl",
                sha256="0123456789abcdef" * 4,
                size=1_500_000,
                user="ada",
            )
            registry.set_tag(database, "churn-clf", "data", f"week {39 + number}", version=number, user="ada")
        for number, reason in ((1, "the first"), (2, "better on val/loss")):
            registry.transition(
                database,
                "churn-clf",
                number,
                registry.PRODUCTION,
                archive_existing=True,
                reason=reason,
                user="bob",
            )
        registry.set_alias(database, "churn-clf", "champion", 2, user="bob")
        database.execute("DROP TRIGGER registry_events_not_changed")
        database.execute("UPDATE registry_events SET time = ? + 60 * id", (NOW,))
        database.execute("UPDATE model_versions SET created = ? + 60 * version", (NOW,))
    return sample


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until nothing is read or drawn any more."""
    same = 0
    before = ""
    while same < _LOOKS:
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        await until(pilot, lambda: not _is_busy(pilot))
        await pilot.pause(_LOOK_SECONDS)
        now = pilot.app.export_screenshot()
        same = same + 1 if now == before else 0
        before = now


def _is_busy(pilot: Pilot[None]) -> bool:
    """Whether anything but a person is waited for."""
    return any(not worker.is_finished for worker in pilot.app.workers if worker.group not in _ASKING_A_PERSON)


def drive(*keys: str, to: type, charts: bool = False) -> Drive:
    """Press keys in the explorer, then wait until the screen wanted is there, its charts drawn, and at rest."""

    async def driven(pilot: Pilot[None]) -> None:
        app = pilot.app
        await at_rest(pilot)
        for key in keys:
            await pilot.press(key)
            await at_rest(pilot)
        await until(pilot, lambda: isinstance(app.screen, to))
        if charts:
            await until(pilot, lambda: any(grid.titles for grid in app.screen.query(CurveGrid)))
        await at_rest(pilot)

    return driven


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (220, 60)], ids=["80x24", "160x45", "220x60"])
def test_explorer(snap_compare: Picture, sample: Store, size: tuple[int, int]) -> None:
    app = TrackerApp(sample, watching=False)
    driven = drive("space", "j", "j", "space", "j", to=ExplorerScreen, charts=True)
    assert snap_compare(app, terminal_size=size, run_before=driven)


def test_filter_with_a_mistake(snap_compare: Picture, sample: Store) -> None:
    async def typed(pilot: Pilot[None]) -> None:
        await drive("slash", to=ExplorerScreen, charts=True)(pilot)
        line = pilot.app.screen.query_one(FilterInput)
        # Whole filters: which of the shorter ones were applied on the way would depend on how fast keys are typed.
        for text in ("val/acc > 0.5", "val/acc > 0.5 and optimzer = adam"):
            line.value = text
            line.cursor_position = len(text)
            await at_rest(pilot)

    app = TrackerApp(sample, watching=False)
    assert snap_compare(app, terminal_size=(110, 32), run_before=typed)


def test_help(snap_compare: Picture, sample: Store) -> None:
    app = TrackerApp(sample, watching=False)
    assert snap_compare(app, terminal_size=(120, 40), run_before=drive("question_mark", to=HelpScreen))


def test_run(snap_compare: Picture, sample: Store) -> None:
    app = TrackerApp(sample, watching=False)
    assert snap_compare(app, terminal_size=(140, 40), run_before=drive("enter", to=RunScreen, charts=True))


def test_compare(snap_compare: Picture, sample: Store) -> None:
    app = TrackerApp(sample, watching=False)
    driven = drive("space", "j", "space", "j", "space", "c", to=CompareScreen, charts=True)
    assert snap_compare(app, terminal_size=(140, 40), run_before=driven)


def test_compare_many_in_percent(snap_compare: Picture, sample: Store) -> None:
    app = TrackerApp(sample, watching=False)
    driven = drive("M", "c", "percent_sign", "l", "l", to=CompareScreen, charts=True)
    assert snap_compare(app, terminal_size=(80, 24), run_before=driven)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])
@pytest.mark.parametrize("kind", PLOT_KINDS)
def test_plots(snap_compare: Picture, sample: Store, kind: PlotKind, size: tuple[int, int]) -> None:
    app = TrackerApp(sample, watching=False)
    key = dict(zip(PLOT_KINDS, "spoi", strict=True))[kind]
    keys = {"scatter": ("X", "right", "right"), "parallel": ("right", "down")}.get(kind, ("down",))
    driven = drive("L", key, *keys, to=PlotsScreen)
    assert snap_compare(app, terminal_size=size, run_before=driven)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)], ids=["80x24", "120x36", "160x45"])
def test_registry(snap_compare: Picture, models: Store, size: tuple[int, int]) -> None:
    app = TrackerApp(models, watching=False)
    assert snap_compare(app, terminal_size=size, run_before=drive("2", "left", to=RegistryScreen))


def test_registry_list_and_history(snap_compare: Picture, models: Store) -> None:
    app = TrackerApp(models, watching=False)
    driven = drive("2", "b", *["right_square_bracket"] * 3, to=RegistryScreen)
    assert snap_compare(app, terminal_size=(120, 36), run_before=driven)


def test_registry_curves(snap_compare: Picture, models: Store) -> None:
    app = TrackerApp(models, watching=False)
    driven = drive("2", "left", "right_square_bracket", to=RegistryScreen, charts=True)
    assert snap_compare(app, terminal_size=(160, 45), run_before=driven)


def test_promotion(snap_compare: Picture, models: Store) -> None:
    app = TrackerApp(models, watching=False)
    driven = drive("2", "left", "p", to=PromoteDialog)
    assert snap_compare(app, terminal_size=(120, 36), run_before=driven)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_artifacts(snap_compare: Picture, sample: Store, size: tuple[int, int]) -> None:
    """Of the run that the explorer has at the top."""
    uid = f"{0:032x}"
    files = {
        "config/model.json": (
            b'{"columns": ["layer", "width"], "data": [["hidden", 64], ["output", 10]]}',
            None,
        ),
        "samples/00000100.csv": (b"id,label,score\n1,cat,0.97\n2,dog,0.88\n", 100),
        "train.py": (
            b'"""Trains."""\n\nimport logger\n\n\ndef main() -> None:\n    logger.log({"loss": 0.5})\n',
            None,
        ),
    }
    with writing(sample) as database:
        (run_id,) = database.execute("SELECT id FROM runs WHERE uid = ?", (uid,)).fetchone()
        for path, (content, step) in files.items():
            values = write_bytes(sample, uid, content, path, step)
            artifacts.record(database, run_id, {**values, "created": NOW})
        unfinished = {"path": "weights.bin", "size": 41_000_000, "sha256": "", "kind": "", "step": None}
        artifacts.record(database, run_id, {**unfinished, "created": NOW, "state": "incomplete"})
    app = TrackerApp(sample, watching=False)
    driven = drive("enter", str(PAGES.index("Artifacts") + 1), "end", "k", to=RunScreen)
    assert snap_compare(app, terminal_size=size, run_before=driven)
