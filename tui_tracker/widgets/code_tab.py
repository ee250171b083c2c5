"""The code of a run: where it was in its history, how it was started, with which packages, what was not committed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from logger.store.connection import Reader, StoreError
from logger.store.runs import StoredRun
from tui_tracker.model.cells import fit, hanging
from tui_tracker.model.code import CodeState, read_code, read_patch
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.model.text import clean
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.moved import MovedPage
from tui_tracker.widgets.patch_view import PatchView
from tui_tracker.widgets.run_tab import RunTab

_LABEL_WIDTH = 12
_LONGEST = 2000
_PACKAGE_WIDTH = 26
_NONE_KEPT = (
    "This run kept no code: it was started with TRACKER_CODE=0, by an older version, or it begins just now."
)
Piece = Content | str | tuple[str, str]


@dataclass(frozen=True)
class _Answer:
    """What was read: the state and the patch, as text."""

    code: CodeState | None
    patch: str
    problem: str = ""


class CodeTab(RunTab):
    """The state at the left, the uncommitted changes at the right."""

    DEFAULT_CSS = """
    CodeTab > Horizontal { height: 1fr; }
    CodeTab VerticalScroll {
        width: 1fr; min-width: 40; padding: 0 2; scrollbar-size: 0 1;
        border: round $border; border-title-color: $secondary;
        &:focus { border: round $accent; border-title-color: $accent; }
    }
    CodeTab PatchView {
        width: 2fr;
        border: round $border; border-title-color: $secondary;
        &:focus { border: round $accent; border-title-color: $accent; }
    }
    .-narrow CodeTab > Horizontal { layout: vertical; }
    .-narrow CodeTab VerticalScroll { width: 1fr; height: 1fr; }
    .-narrow CodeTab PatchView { width: 1fr; height: 1fr; }
    """

    _run: StoredRun | None = None
    _code: CodeState | None = None
    _answer: _Answer | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            with MovedPage() as state:
                state.border_title = "Code"
                yield Static("", markup=False)
            changes = PatchView()
            changes.border_title = "Uncommitted changes"
            yield changes

    def on_mount(self) -> None:
        self._questions = Questions(self, self.source)

    def show_sheet(self, sheet: RunSheet) -> None:
        # The code is kept once, soon after the start: when it is there it does not change.
        if self._code is None:
            self._run = sheet.run
            self._questions.ask("code", self._read, self._show, self._fail)

    def _read(self, reader: Reader) -> _Answer:
        """In a worker's thread."""
        assert self._run is not None
        store = self.source.store
        try:
            code = read_code(reader, store, self._run)
            if code is None:
                return _Answer(None, "")
        except StoreError as error:
            return _Answer(None, "", str(error))
        try:
            return _Answer(code, read_patch(store, code).decode("utf-8", "replace"))
        except StoreError as error:
            return _Answer(code, "", str(error))

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _show(self, answer: _Answer) -> None:
        self._code, self._answer = answer.code, answer
        self._draw()
        if answer.patch:
            self.query_one(PatchView).show_patch(answer.patch)

    def _draw(self) -> None:
        answer = self._answer
        if answer is None:
            return
        said = self.query_one(Static)
        changes = self.query_one(PatchView)
        changes.display = bool(answer.patch)
        if answer.code is None:
            said.update(Content(clean(answer.problem, _LONGEST) or _NONE_KEPT))
            return
        room = self.query_one(MovedPage).scrollable_content_region.width
        said.update(Content.assemble(*_lines(answer.code, self._run, answer.problem, room)))

    def _fail(self, reason: str) -> None:
        self.query_one(Static).update(Content(clean(reason)))


def _lines(code: CodeState, run: StoredRun | None, problem: str, room: int) -> Iterator[Piece]:
    """In lines of `room` cells."""

    def line(label: str, value: str) -> Iterator[Piece]:
        return _line(label, hanging(value, room, _LABEL_WIDTH))

    if run is not None and code.run.id != run.id:
        yield from line("kept by", f"the run that started this one, {clean(code.run.name, 60)}")
    if code.git is not None:
        yield from line("commit", clean(code.git.commit[:16]) or "none yet")
        yield from line("branch", clean(code.git.branch))
        yield from line("remote", clean(code.git.remote, _LONGEST))
        yield from line("repository", clean(code.git.root, _LONGEST))
        yield from line("changes", "uncommitted ones" if code.changed else "none, the tree was clean")
    else:
        yield from line("commit", "none: it was in no git repository")
    yield from line("directory", clean(code.directory, _LONGEST))
    yield from line("notebook", clean(code.notebook, _LONGEST))
    yield from line("command", clean(" ".join(code.command), _LONGEST))
    yield from line("python", clean(f"{code.python}  {code.executable}", _LONGEST))
    yield from line("platform", clean(code.platform, _LONGEST))
    yield from line("hash seed", clean(code.hash_seed))
    for sentence in [*code.problems, *([problem] if problem else [])]:
        yield "\n"
        yield clean(sentence, _LONGEST), "$warning"
        yield "\n"
    yield from _listed("Files that git did not have", [clean(name, 200) for name in code.files])
    yield from _listed("To have it back", [f"tracker-tui reproduce {clean(code.run.uid[:8])}"])
    packages = [
        f"{fit(clean(name), _PACKAGE_WIDTH)} {clean(version, 40)}" for name, version in code.packages.items()
    ]
    yield from _listed(f"Packages  {len(packages)}", packages)


def _listed(title: str, lines: list[str]) -> Iterator[Piece]:
    if lines:
        yield "\n"
        yield title, "bold $accent"
        yield "\n" + "\n".join(lines) + "\n"


def _line(label: str, value: str) -> Iterator[Piece]:
    if value:
        yield fit(label, _LABEL_WIDTH), "$secondary"
        yield f"{value}\n"
