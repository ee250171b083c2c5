"""How the parts of the run table look: their CSS, and their styles as they are drawn."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

PARTS = (
    "header",
    "header-sorted",
    "header-current",
    "cursor",
    "name",
    "marked",
    "mark",
    "value",
    "quiet",
    "best",
    "worst",
    "trend",
    "heading",
    "dim",
    "running",
    "scheduled",
    "finished",
    "failed",
    "killed",
    "lost",
)
_PREFIX = "run-table--"
CLASSES = {f"{_PREFIX}{part}" for part in PARTS}
# Only these have a ground of their own; the others lie on what is under them.
_GROUNDS = frozenset(("header", "header-current", "cursor"))

CSS = """
RunTablePicture {
    height: 1fr;
    background: $surface;
    color: $foreground;
    scrollbar-size: 0 1;

    & > .run-table--header { color: $text-muted; background: $panel; }
    & > .run-table--header-sorted { color: $accent; }
    & > .run-table--header-current { color: $foreground; background: $foreground 15%; }
    & > .run-table--cursor { background: $foreground 8%; }
    &:focus > .run-table--cursor { background: $primary 30%; }
    & > .run-table--name { color: $foreground; }
    & > .run-table--marked { text-style: bold; }
    & > .run-table--mark { color: $accent; }
    & > .run-table--value { color: $foreground; }
    & > .run-table--quiet { color: $text-muted; }
    & > .run-table--best { color: $success; text-style: bold; }
    & > .run-table--worst { color: $error; }
    & > .run-table--trend { color: $primary; }
    & > .run-table--heading { color: $accent; }
    & > .run-table--dim { color: $text-disabled; }
    & > .run-table--running { color: $primary; text-style: bold; }
    & > .run-table--scheduled { color: $text-muted; }
    & > .run-table--finished { color: $success; }
    & > .run-table--failed { color: $error; }
    & > .run-table--killed { color: $warning; }
    & > .run-table--lost { color: $warning; }
}"""


class PartStyles:
    """The styles of a table's parts, by name, until its own style changes."""

    def __init__(self, table: Widget) -> None:
        self._table = table
        self._styles: dict[str, Style] = {}

    def __call__(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            blended = self._table.get_component_rich_style(f"{_PREFIX}{part}")
            style = self._styles[part] = Style(
                color=blended.color,
                bgcolor=blended.bgcolor if part in _GROUNDS else None,
                bold=blended.bold or None,
                italic=blended.italic or None,
                underline=blended.underline or None,
                reverse=blended.reverse or None,
            )
        return style

    def forget(self) -> None:
        """The theme has changed, or what the table lies on."""
        self._styles = {}
