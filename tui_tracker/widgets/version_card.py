"""The card of a version: the page of Markdown that `tracker-tui card` writes, rendered.

What a store holds is escaped by whoever wrote the page. Should any of it get through all the same, it finds no links,
images, HTML or entities here: the parser does not know them.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Markdown, Static

from logger.store.connection import Reader
from tui_tracker.model.card import card, read_card
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.source import Source
from tui_tracker.model.sparkline import ASCII_BARS, BARS
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.moved import MovedPage
from tui_tracker.widgets.plain_markdown import plain_parser

# More than the longest card with sensible names; text beyond it is cut.
_LONGEST = 100_000


class VersionCard(MovedPage):
    """The card of one version; nothing is read while it is not shown."""

    DEFAULT_CSS = """
    VersionCard {
        & > Markdown { padding: 0; background: $surface; }
        & > #card-problem { display: none; }
        & MarkdownH1 { content-align: left middle; margin: 0 0 1 0; }
        & MarkdownH2 { margin: 1 0; }
    }
    """

    def __init__(self, source: Source, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source = source
        self._questions = Questions(self, source)
        self._view: VersionView | None = None
        self._page = ""

    def compose(self) -> ComposeResult:
        yield Static(id="card-problem", markup=False)
        yield Markdown(parser_factory=plain_parser, open_links=False)

    def show_version(self, view: VersionView) -> None:
        """Show the card of this version, now or when the widget comes into view."""
        if self._view is not None and self._view.version.version != view.version.version:
            self.scroll_home(animate=False)
        self._view = view
        self._read()

    def show_nothing(self) -> None:
        """There is no version."""
        self._view = None
        self._show("")

    def on_show(self) -> None:
        self._read()

    def _read(self) -> None:
        if self._view is None or not self.size:
            return
        store, version = self._source.store, self._view.version

        def question(reader: Reader) -> str:
            # Files are not hashed here: that takes as long as they are large, and other questions wait meanwhile.
            facts = read_card(reader, store, version.model, version.version, verify=False)
            return card(facts, bars=BARS if has_unicode() else ASCII_BARS)

        self._questions.ask("card", question, self._show, self._fail)

    def _show(self, page: str) -> None:
        self.query_one("#card-problem").display = False
        if page != self._page:
            self._page = page
            self.query_one(Markdown).update(clean_lines(page, _LONGEST))

    def _fail(self, reason: str) -> None:
        problem = self.query_one("#card-problem", Static)
        problem.update(Content.styled(clean(reason), "$error"))
        problem.display = True
