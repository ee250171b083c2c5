"""The page of a run's files: a tree, a look into each, what can be done with them, live."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from logger.artifacts import write_bytes
from logger.store import artifacts, partials
from logger.store.artifacts import Artifact
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run
from tests.screens.driving import until
from tui_tracker.app import TrackerApp
from tui_tracker.commands.run import PAGES
from tui_tracker.messages import StoreChanged
from tui_tracker.model.artifact_tree import listing
from tui_tracker.screens.artifact_errands import DestinationDialog
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.artifact_tab import ArtifactTab
from tui_tracker.widgets.artifact_tree import ArtifactTree

UID = "a" * 32


def keep(store: Store, path: str, content: bytes, **values: object) -> None:
    """Log a file of the run."""
    with writing(store) as database:
        artifacts.record(database, 1, {**write_bytes(store, UID, content, path), "created": NOW, **values})


@pytest.fixture
def filed(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "keeps", uid=UID, status="RUNNING", metrics={"loss": [1.0]})
    keep(store, "config/config.json", json.dumps({"lr": 0.1}).encode())
    keep(store, "config/notes.md", b"# Notes\n\nsome")
    keep(store, "table.csv", b"id,name\n1,a\n", step=3)
    return store


@asynccontextmanager
async def page(
    store: Store, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[ArtifactTab, Pilot[None]]]:
    app = TrackerApp(store, watching=False)
    async with app.run_test(size=size) as pilot:
        app.push_screen(RunScreen(1))
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press(str(PAGES.index("Artifacts") + 1))
        await until(pilot, lambda: app.screen.query(ArtifactTab))
        tab = app.screen.query_one(ArtifactTab)
        await until(pilot, lambda: tab.query("#artifact-status") and (tab.has_class("-empty") or labels(tab)))
        yield tab, pilot


def labels(tab: ArtifactTab) -> list[str]:
    return [str(node.label) for node in tab.tree_of_files.walk() if node.data is not None]


def status(tab: ArtifactTab) -> str:
    return str(tab.query_one("#artifact-status").render())


async def stand_on(tab: ArtifactTab, pilot: Pilot[None], path: str) -> None:
    node = next(node for node in tab.tree_of_files.walk() if node.data is not None and node.data.path == path)
    tab.tree_of_files.move_cursor(node)
    await until(pilot, lambda: path in str(tab.query_one("#preview-facts").render()))


async def test_files_are_a_tree_and_the_one_under_the_cursor_is_shown(filed: Store) -> None:
    async with page(filed) as (tab, pilot):
        assert labels(tab) == [
            "config/  24 B  2 files",
            "config.json  11 B",
            "notes.md  13 B",
            "table.csv  12 B  step 3",
        ]
        assert "3 files" in status(tab)
        await stand_on(tab, pilot, "config/config.json")
        await until(pilot, lambda: '"lr": 0.1' in tab.preview.shown_text)
        await stand_on(tab, pilot, "config/notes.md")
        await until(pilot, lambda: "# Notes" in tab.preview.shown_text)
        await stand_on(tab, pilot, "table.csv")
        await until(pilot, lambda: " 1  a" in tab.preview.shown_text)
        await stand_on(tab, pilot, "config")
        await pilot.press("space")
        await until(pilot, lambda: not tab.tree_of_files.root.children[0].is_expanded)
        await pilot.press("enter")
        await until(pilot, lambda: tab.tree_of_files.root.children[0].is_expanded)


async def test_a_run_without_files_says_what_to_do_and_files_appear(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "bare", uid=UID, status="RUNNING", metrics={"loss": [1.0]})
    async with page(store) as (tab, pilot):
        assert tab.has_class("-empty")
        assert "log_artifact" in str(tab.query_one("#artifact-empty").render())
        keep(store, "a.txt", b"first")
        tab.screen.post_message(StoreChanged(frozenset((1,))))
        await until(pilot, lambda: labels(tab) == ["a.txt  5 B"])
        await until(pilot, lambda: tab.preview.shown_text == "first")
        keep(store, "a.txt", b"second")
        tab.screen.post_message(StoreChanged(frozenset((1,))))
        await until(pilot, lambda: tab.preview.shown_text == "second")


async def test_a_file_that_is_not_whole_is_marked_and_grows(filed: Store) -> None:
    with writing(filed) as database:
        values = {"size": 0, "sha256": "", "kind": "", "step": None, "created": NOW, "state": "incomplete"}
        artifacts.record(database, 1, {"path": "big.bin", **values})
    partial = filed.artifacts / UID / f"{partials.prefix('big.bin')}x{partials.SUFFIX}"
    partial.write_bytes(bytes(1000))
    async with page(filed) as (tab, pilot):
        await until(pilot, lambda: "big.bin  incomplete  1.0 kB" in labels(tab))
        assert "1 incomplete" in status(tab)
        partial.write_bytes(bytes(5000))
        await until(pilot, lambda: "big.bin  incomplete  5.0 kB" in labels(tab))


async def test_files_are_compared_with_their_hashes(filed: Store) -> None:
    (filed.artifacts / UID / "table.csv").write_bytes(b"id,name\n2,a\n")
    async with page(filed) as (tab, pilot):
        await stand_on(tab, pilot, "table.csv")
        await pilot.press("v")
        await until(pilot, lambda: "1 of 3 differ" in status(tab))
        assert any(label.startswith("table.csv  ✗ another content") for label in labels(tab))
        assert any(label.startswith("config.json  ✓") for label in labels(tab))


async def test_a_folder_is_copied_out_and_nothing_is_overwritten(filed: Store, tmp_path: Path) -> None:
    async with page(filed) as (tab, pilot):
        await stand_on(tab, pilot, "config")
        for place in ("new", "new/config", "new/config"):
            await pilot.press("s")
            await until(pilot, lambda: isinstance(pilot.app.screen, DestinationDialog))
            pilot.app.screen.query_one(Input).value = str(tmp_path / place)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
            await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))
        told = [str(notice.message) for notice in pilot.app._notifications]
        assert told[0].startswith("Copied to")
    assert (tmp_path / "new" / "config.json").read_text() == '{"lr": 0.1}'


async def test_the_path_is_copied(filed: Store) -> None:
    async with page(filed) as (tab, pilot):
        await stand_on(tab, pilot, "table.csv")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard)
        assert pilot.app.clipboard == str(filed.artifacts / UID / "table.csv")


async def test_a_file_opens_as_a_copy_of_it(
    filed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tui_tracker.screens.artifact_errands.shown_elsewhere",
        lambda _app, path: opened.append(
            (path.name, path.read_bytes(), os.access(path, os.W_OK) and os.getuid() != 0)
        ),
    )
    opened: list[tuple[str, bytes, bool]] = []
    async with page(filed) as (tab, pilot):
        await stand_on(tab, pilot, "table.csv")
        await pilot.press("o")
        await until(pilot, lambda: opened)
    assert opened == [("table.csv", b"id,name\n1,a\n", False)]


async def test_hostile_names_and_contents_are_harmless(filed: Store) -> None:
    with writing(filed) as database:
        values = {"size": 1, "sha256": "", "kind": "x\x1b[2J", "step": None, "created": NOW}
        for place, text in enumerate(HOSTILE):
            artifacts.record(
                database, 1, {"path": f"{place}/{text[:300]}" if text.strip() else f"e{place}", **values}
            )
    keep(filed, "hostile.md", "\n\n".join(HOSTILE[:-6]).encode("utf-8", "surrogatepass")[:10_000])
    keep(filed, "deep.json", b"[" * 100_000)
    async with page(filed) as (tab, pilot):
        for node in list(tab.tree_of_files.walk()):
            if node.data is not None:
                tab.tree_of_files.move_cursor(node)
                await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))
        for label in labels(tab):
            assert_harmless(label)
        assert_harmless(str(tab.query_one("#preview-facts").render()))
        assert tab.is_mounted
    assert "evil" not in sys.modules


class _Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield ArtifactTree()


async def test_a_key_that_comes_before_the_files_leaves_the_cursor_to_the_first() -> None:
    async with _Bare().run_test() as pilot:
        tree = pilot.app.query_one(ArtifactTree)
        tree.focus()
        await pilot.press("j", "down")
        assert tree.entry is None
        tree.show_listing(listing([Artifact("a.txt", 1, "", "text/plain", None, NOW)]))
        tree.choose_first()
        await until(pilot, lambda: tree.entry is not None and tree.entry.path == "a.txt")
