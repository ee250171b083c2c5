"""The differences between the code of two runs, coloured as diffs are."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui_tracker.model.code_diff import CodeDiff
from tui_tracker.model.text import clean
from tui_tracker.widgets.moved import MovedPage

_LONGEST_LINE = 500
_STYLES = (
    ("+++", "bold"),
    ("---", "bold"),
    ("@@", "$accent"),
    ("+", "$success"),
    ("-", "$error"),
    ("diff ", "bold $accent"),
)


class CodeDiffView(MovedPage):
    """Shows a `CodeDiff`."""

    DEFAULT_CSS = """
    CodeDiffView {
        height: 1fr;
        background: $surface;
        padding: 0 1;
        & > #diff-remark { color: $secondary; }
        & > #diff-lines { width: auto; text-wrap: nowrap; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="diff-remark", markup=False)
        yield Static(id="diff-lines", markup=False)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of a diff."""
        self.show(CodeDiff(sentence, ()))

    def show(self, diff: CodeDiff) -> None:
        self.query_one("#diff-remark", Static).update(Content(clean(diff.remark)))
        lines = [_line(line) for line in diff.lines]
        self.query_one("#diff-lines", Static).update(Content("\n").join(lines))
        self.scroll_home(animate=False)


def _line(text: str) -> Content:
    style = next((style for start, style in _STYLES if text.startswith(start)), "")
    return Content.styled(clean(text.replace("\t", "    "), _LONGEST_LINE), style)
