"""Taking a table or a picture elsewhere: into a file that is not there yet."""

from __future__ import annotations

from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from tui_tracker.model.sheet import FORMS, SUFFIXES, Sheet
from tui_tracker.model.text import clean
from tui_tracker.screens.dialog import LinesDialog
from tui_tracker.screens.pictures import html_of, svg_of
from tui_tracker.widgets.plain_input import PlainInput

_PICTURES = (".svg", ".html")


class PathDialog(LinesDialog[Path]):
    """Answers a path at which nothing is yet, whose name ends in one of the suffixes."""

    def __init__(self, proposed: str, suffixes: tuple[str, ...]) -> None:
        super().__init__("Write to a file", "Write")
        self._proposed = proposed
        self._suffixes = suffixes

    def compose_body(self) -> ComposeResult:
        with Horizontal(classes="dialog--line"):
            yield Label("path", classes="dialog--label")
            yield PlainInput(self._proposed, compact=True)
        yield Static(
            Content(f"The end of the name says what is written: {', '.join(self._suffixes)}."),
            classes="dialog--remark",
            markup=False,
        )

    def answer(self) -> Path | None:
        text = self.query_one(Input).value.strip()
        path = Path(text).expanduser()
        problem = self._problem(text, path)
        if problem:
            self.query_one(".dialog--remark", Static).update(Content(clean(problem)))
            return None
        return path

    def _problem(self, text: str, path: Path) -> str:
        if not text or "\0" in text:
            return "A file needs a name."
        if path.suffix.lower() not in self._suffixes:
            return f"The name has to end in one of {', '.join(self._suffixes)}."
        try:
            if path.exists() or path.is_symlink():
                return f"{path} is there already: choose another name."
            if not path.parent.is_dir():
                return f"There is no directory {path.parent}."
        except OSError as error:
            return f"This cannot be a path: {error.strerror}."
        return ""


async def write_file(app: App[object], sheet: Sheet | None, name: str) -> None:
    """Ask for a path and write there the picture of the screen, or the sheet if there is one."""
    # Taken before the dialog covers it.
    pictures = {".svg": svg_of(app), ".html": html_of(app)}
    suffixes = (*_PICTURES, *(SUFFIXES if sheet is not None else ()))
    path = await app.push_screen_wait(PathDialog(f"{name}{suffixes[0]}", suffixes))
    if path is None:
        return
    suffix = path.suffix.lower()
    text = pictures[suffix] if sheet is None or suffix in pictures else FORMS[SUFFIXES[suffix]](sheet)
    try:
        # Exclusively: what has come into being since the question is not written over either.
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        said = f"Cannot write {path}: {error.strerror}."
        app.notify(clean(said), severity="error", markup=False)
    else:
        app.notify(clean(f"Wrote {path}."), markup=False)
