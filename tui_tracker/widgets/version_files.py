"""The files of a version: sizes, hashes, and whether they still lie where they were logged."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui_tracker.model import formats
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET, Cell, aligned
from tui_tracker.widgets.moved import MovedPage

_WIDEST = 44
# More files than this are told as a number.
MOST_FILES = 500


class VersionFiles(MovedPage):
    """One line a file."""

    DEFAULT_CSS = """
    VersionFiles {
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="version-files", markup=False)

    def show_nothing(self) -> None:
        """There is no version."""
        self.query_one("#version-files", Static).update("")

    def show_version(self, view: VersionView) -> None:
        self.query_one("#version-files", Static).update(_files(view))


def _files(view: VersionView) -> Content:
    version = view.version
    if not view.files:
        reason = view.problem or "No file was recorded for this version."
        return Content.styled(clean(reason), "$warning" if view.problem else QUIET)
    titles = ("file", "size", "on disk", "sha256")
    rows = [[Cell(title, QUIET, "right" if title == "size" else "left") for title in titles]]
    rows += [
        [
            Cell(file.path),
            Cell(formats.size(file.size), align="right"),
            Cell(file.problem or "there", "bold $error" if file.problem else "$success"),
            Cell(file.sha256, QUIET),
        ]
        for file in view.files[:MOST_FILES]
    ]
    parts = [aligned(rows, widest=_WIDEST)]
    if len(view.files) > MOST_FILES:
        parts.append(Content.styled(f"showing {MOST_FILES} of {len(view.files):,}", QUIET))
    total = formats.size(sum(file.size for file in view.files))
    count = len(view.files)
    parts += [
        Content(""),
        Content.styled(f"{count:,} {'file' if count == 1 else 'files'}, {total}", QUIET),
        Content.styled(clean(f"version sha256 {version.sha256}"), QUIET),
        Content.styled(clean(formats.place(Path(view.path)) if view.path else ""), QUIET),
    ]
    return Content("\n").join(parts)
