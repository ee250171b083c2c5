"""Pictures of every screen and dialog, in three sizes and two themes, compared with those that a person has looked at.

A picture is a text file (see `pictures.py`): what differs is told line by line and cell by cell. After a wanted change

    pytest tests/screens/test_snapshots.py --snapshot-update

takes the pictures anew; read what git calls changed. `--pictures-to DIR` draws them all as SVG, to be looked at.
Nothing in them depends on the machine: clock, time zone, host, processes, store path and cursor stand still.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Tooltip
from textual.widgets._toast import Toast, ToastHolder, ToastRack

from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from tests.screens.picture_snapshots import PictureExtension
from tests.screens.pictured_store import pictured_store, stand_still
from tests.screens.pictures import Picture
from tests.screens.rest import at_rest
from tests.screens.walks import WALKS, Shot, walk
from tui_tracker.app import TrackerApp
from tui_tracker.theme import TRACKER_ANSI, TRACKER_CONTRAST, TRACKER_DARK, TRACKER_LIGHT

Size = tuple[int, int]

THEMES = (TRACKER_DARK.name, TRACKER_LIGHT.name)
OTHER_THEMES = (TRACKER_CONTRAST.name, TRACKER_ANSI.name)
SIZES: Sequence[Size] = ((80, 24), (120, 36), (220, 60))
# The screens on which there is most to lay out.
_TELLING = {name: WALKS[name][:1] for name in ("explorer", "run", "compare", "registry", "moving", "system")}
_WIDE = ("explorer", "run", "registry")


def _name_of(size: Size) -> str:
    return "x".join(map(str, size))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of whoever looks at the store in it, and so by a path that is always the same."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def pictured(home: Path) -> Store:
    return pictured_store(home)


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[None]:
    stand_still(monkeypatch)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir("/")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(PictureExtension)


@pytest.mark.parametrize("size", SIZES, ids=_name_of)
@pytest.mark.parametrize("name", WALKS)
async def test_screens(
    name: str, size: Size, pictured: Store, pictures: SnapshotAssertion, pytestconfig: pytest.Config
) -> None:
    await _compare(pictured, WALKS[name], size, THEMES, pictures, pytestconfig)


@pytest.mark.parametrize(
    ("name", "size"),
    [*((name, (60, 20)) for name in _TELLING), *((name, (300, 80)) for name in _WIDE)],
    ids=lambda value: value if isinstance(value, str) else _name_of(value),
)
async def test_other_sizes(
    name: str, size: Size, pictured: Store, pictures: SnapshotAssertion, pytestconfig: pytest.Config
) -> None:
    await _compare(pictured, _TELLING[name], size, THEMES, pictures, pytestconfig)


@pytest.mark.parametrize("name", _TELLING)
async def test_other_themes(
    name: str, pictured: Store, pictures: SnapshotAssertion, pytestconfig: pytest.Config
) -> None:
    await _compare(pictured, _TELLING[name], (80, 24), OTHER_THEMES, pictures, pytestconfig)


@pytest.mark.parametrize("size", SIZES, ids=_name_of)
async def test_empty_store(
    size: Size, home: Path, pictures: SnapshotAssertion, pytestconfig: pytest.Config
) -> None:
    store = for_writing(home / "empty" / ".tracker")
    with writing(store):
        pass
    shots = [Shot("runs", (), "ExplorerScreen"), Shot("models", ("2",), "RegistryScreen")]
    await _compare(store, shots, size, THEMES, pictures, pytestconfig)


async def _compare(
    store: Store,
    shots: Sequence[Shot],
    size: Size,
    themes: Sequence[str],
    pictures: SnapshotAssertion,
    config: pytest.Config,
) -> None:
    """Take pictures on one way, and tell of all that look otherwise."""
    app = TrackerApp(store, watching=False)
    app.animation_level = "none"
    told: list[str] = []
    async with app.run_test(size=size) as pilot:
        for shot in shots:
            await walk(pilot, shot)
            taken = Picture.of(
                await _taken(pilot, shot, themes, _file_for(config, pictures, shot)), _region(app)[:2]
            )
            if pictures(name=shot.name) != taken:
                told += [f"\n{shot.name} looks otherwise:", *pictures.get_assert_diff()]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


async def _taken(
    pilot: Pilot[None], shot: Shot, themes: Sequence[str], file: Path | None
) -> Mapping[str, Sequence[Strip]]:
    """What the screen looks like in each theme, of a dialog only its box."""
    app = pilot.app
    taken = {}
    # The theme of the last picture is there already.
    for theme in sorted(themes, key=lambda theme: theme != app.theme):
        if theme != app.theme:
            app.theme = theme
            await at_rest(pilot)
            if shot.anew:
                await walk(pilot, shot)
        shown = app.screen._compositor.render_strips()
        left, top, width, height = _region(app)
        taken[theme] = [strip.crop(left, left + width) for strip in shown[top : top + height]]
        if file is not None:
            file.with_name(f"{file.stem} {theme}.svg").write_text(app.export_screenshot())
    return {theme: taken[theme] for theme in themes}


def _region(app: App[None]) -> Region:
    """The screen, or the box of the dialog on it: what it stands before has a picture of its own."""
    screen = app.screen
    if not screen.is_modal:
        return screen.region
    boxes = [
        box for box in screen.walk_children() if not isinstance(box, (Tooltip, ToastRack, Toast, ToastHolder))
    ]
    shown = [box.region for box in boxes if box.region]
    return Region.from_union(shown).intersection(screen.region)


def _file_for(config: pytest.Config, pictures: SnapshotAssertion, shot: Shot) -> Path | None:
    """Where the picture is to be drawn, if somebody wants to look at it; the theme is added to the name."""
    directory = config.getoption("--pictures-to")
    if not directory:
        return None
    Path(directory).mkdir(parents=True, exist_ok=True)
    return Path(directory) / re.sub(r"[^\w-]+", "-", f"{pictures.test_location.testname} {shot.name}")
