"""A look at one file of a run: text, a table, Markdown, a picture or bytes, drawn as it comes from the worker."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import ScrollableContainer, Vertical
from textual.content import Content
from textual.highlight import highlight
from textual.widget import Widget
from textual.widgets import Markdown, Static

from tui_tracker.model.previews.preview import Preview
from tui_tracker.model.text import clean
from tui_tracker.widgets import terminal_images
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.plain_markdown import plain_parser


class ArtifactPreview(Vertical):
    """What the file is above, a remark on what is not shown below, the file between, to be scrolled."""

    DEFAULT_CSS = """
    ArtifactPreview {
        & > Static { height: auto; max-height: 4; padding: 0 1; }
        & > #preview-remark { background: $panel; color: $secondary; }
        & > #preview-body { height: 1fr; padding: 0 1; scrollbar-size: 1 1; background: $surface; }
        & > #preview-body > Static { width: auto; height: auto; text-wrap: nowrap; }
        & > #preview-body.-fits > Static { width: 1fr; text-wrap: wrap; }
        & > #preview-body > Markdown { padding: 0; background: $surface; }
        & > #preview-body.-picture { align: center middle; }
        & > #preview-body.-picture > .picture { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts = Static(id="preview-facts", markup=False)
        self._body = ScrollableContainer(id="preview-body", can_focus=True)
        self._remark = Static(id="preview-remark", markup=False)

    def compose(self) -> ComposeResult:
        yield self._facts
        yield self._body
        yield self._remark

    @property
    def shown_text(self) -> str:
        """The text that is shown, without its colours; of Markdown its source."""
        return "\n".join(
            child.source if isinstance(child, Markdown) else str(getattr(child, "content", ""))
            for child in self._body.children
        )

    async def show(self, facts: Content, preview: Preview, *, stays: bool) -> None:
        """Show a look at a file; `stays`: at the same place, as it is the same file."""
        self._facts.update(facts)
        remark = clean(preview.remark)
        self._remark.update(Content(remark))
        self._remark.display = bool(remark)
        self._body.set_class(preview.picture is not None, "-picture")
        self._body.set_class(not preview.text.count("\n"), "-fits")
        place = self._body.scroll_offset
        with self.app.batch_update():
            await self._body.remove_children()
            await self._body.mount(_widget(preview))
        if stays:
            self._body.scroll_to(place.x, place.y, animate=False)
        else:
            self._body.scroll_home(animate=False)


def _widget(preview: Preview) -> Widget:
    if preview.is_markdown:
        return Markdown(preview.text, parser_factory=plain_parser, open_links=False)
    if preview.picture is not None:
        shown = terminal_images.picture(preview.picture)
        shown.add_class("picture")
        return shown
    if preview.language:
        return Static(highlight(preview.text, language=preview.language), markup=False)
    return Static(
        Content(preview.text) if preview.text else Content.styled("Nothing to show.", QUIET), markup=False
    )
